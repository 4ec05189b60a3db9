/** Every sentence of a question that a person decides, and of what became of it. */
import { counted } from "./counts.ts";

/** What became of a question. */
type Decided =
  | {
      readonly outcome: "selected";
      readonly kind: "allow_once" | "allow_always" | "reject_once" | "reject_always";
      readonly grant?: { readonly scope: "turn" | "session" } | undefined;
      readonly feedback?: string | undefined;
    }
  | { readonly outcome: "cancelled"; readonly reason: keyof typeof cancelled };

/** Who decided what: `Allowed once on Pixel, 14:02`. */
export function decisionText(
  outcome: Decided,
  by: { readonly kind: string; readonly name: string } | null,
  time: string,
): string {
  if (outcome.outcome === "cancelled") return `${cancelled[outcome.reason]}, ${time}`;
  return `${isAllowing(outcome) ? allowed(outcome) : "Denied"}${whoAndWhen(by, time)}`;
}

type Decider = { readonly kind: string; readonly name: string } | null;

function whoAndWhen(by: Decider, time: string): string {
  if (by === null) return `, ${time}`;
  return ` ${by.kind === "device" ? "on" : "by"} ${deciders[by.kind] ?? by.name}, ${time}`;
}

function isAllowing({ kind }: { readonly kind: string }): boolean {
  return kind === "allow_once" || kind === "allow_always";
}

/** What was decided on, counted. */
const decidedThings = {
  read: ["read", "reads"],
  edit: ["edit", "edits"],
  delete: ["deletion", "deletions"],
  move: ["move", "moves"],
  search: ["search", "searches"],
  execute: ["command", "commands"],
  fetch: ["page", "pages"],
  think: ["other call", "other calls"],
  switch_mode: ["other call", "other calls"],
  other: ["other call", "other calls"],
} as const;

/** Several decisions that are the same: `Allowed 3 edits and 1 command once on Pixel, 14:02`. */
export function decisionsText(
  kinds: readonly (keyof typeof decidedThings)[],
  outcome: Extract<Decided, { outcome: "selected" }>,
  { by, time }: { readonly by: Decider; readonly time: string },
): string {
  const names = kinds.map((kind) => decidedThings[kind]);
  const things = [...new Set(names.map(([one]) => one))].map((name) => {
    const same = names.filter(([one]) => one === name);
    return counted(same.length, name, same[0]?.[1]);
  });
  const end = outcome.grant === undefined ? " once" : ` for this ${outcome.grant.scope}`;
  const what = isAllowing(outcome) ? `Allowed ${joined(things)}${end}` : `Denied ${joined(things)}`;
  return `${what}${whoAndWhen(by, time)}`;
}

function joined(things: readonly string[]): string {
  if (things.length < 2) return things.join("");
  return `${things.slice(0, -1).join(", ")} and ${things.at(-1) ?? ""}`;
}

const deciders: Readonly<Record<string, string | undefined>> = {
  grant: "an earlier permission",
  mode: "the mode",
  rule: "a rule",
};

const cancelled = {
  turn_ended: "Not decided: the turn ended",
  restart: "Not decided: the machine restarted",
  grant_ended: "Permission ended",
} as const;

function allowed(outcome: Extract<Decided, { outcome: "selected" }>): string {
  if (outcome.grant === undefined) return "Allowed once";
  return outcome.grant.scope === "turn" ? "Allowed for this turn" : "Allowed for this session";
}

export const permission = {
  of: (index: number, count: number) => `${index} of ${count}`,
  deny: "Deny",
  allow: "Allow…",
  allowOnce: "Allow once",
  hold: "Hold to allow",
  holding: "Keep holding",
  confirm: (thing: string) => `Confirm: ${thing}`,
  /** Before a folder, and not parted from it. */
  in: "in\u00a0",
  moreLines: (count: number) => counted(count, "more line"),
  denyAll: (count: number) => `Deny all ${count}`,
  readToEnd: "Allow waits for the end",
  hidden: (count: number) => `${counted(count, "hidden or look-alike character")}, written out`,
  openInReview: "Open in Review",
  getOnly: "GET, nothing else is sent",
  allowedSending: "Allowed · sending",
  allowedOnMachine: "Allowed · on the machine",
  deniedSending: "Denied · sending",
  deniedOnMachine: "Denied · on the machine",
  late: (what: string) => `${what}.`,
  alreadyDecided: "Already decided",
  changed: "This changed since you saw it. Nothing was run.",
  lookAgain: "Look again",
  noLongerNeeded: "No longer needed.",
  notSent: "Not accepted. Nothing was decided.",
  readOnly: (device: string) => `This ${device} may only read`,
  others: "Other questions",
  fold: "Fold the question",
  tapToDecide: "Tap to decide",
  sheetTitle: "Allow more than once",
  thisTurn: "This turn",
  thisTurnDetail: "Until the agent stops",
  thisSession: "This session",
  thisSessionDetail: "Until the session ends, or you end it",
  exactly: "Exactly this, nothing wider:",
  needsYou: (question: string) => `Needs you: ${question}`,
  failed: "The decision was not accepted.",
} as const;

/** The thing that is asked about. */
type Subject =
  | { readonly type: "command"; readonly command: string; readonly background?: boolean | undefined }
  | {
      readonly type: "edit";
      readonly path: string;
      readonly created: boolean;
      readonly deleted?: boolean | undefined;
      readonly moved?: boolean | undefined;
    }
  | { readonly type: "read"; readonly path: string }
  | { readonly type: "fetch"; readonly url: string }
  | { readonly type: "question"; readonly question: string }
  | { readonly type: "plan" }
  | { readonly type: "other"; readonly title: string };

/** What the model asks, and the plan that it proposes: answered, not allowed. */
export const asking = {
  plan: "the plan",
  planTitle: "Start with this plan?",
  question: "Question",
  options: "Answers",
  startAsk: "Start, ask me",
  startEdit: "Start, edits allowed",
  keep: "Keep planning",
  noAnswer: "Let the agent decide",
  editPlan: "Edit",
  showPlan: "Done",
  planField: "The plan",
  edited: "Edited by you",
  answeredSending: "Answered · sending",
  answeredOnMachine: "Answered · on the machine",
} as const;

/** What became of it: `Answered “the second” on Pixel, 14:02`. */
export function answerText(
  answered: { readonly type: "question" | "plan"; readonly choice: string },
  outcome: Extract<Decided, { outcome: "selected" }>,
  who: { readonly by: { readonly kind: string; readonly name: string } | null; readonly time: string },
): string {
  const isTaken = outcome.kind === "allow_once" || outcome.kind === "allow_always";
  const what = isTaken ? taken(answered, outcome.feedback) : leftOpen[answered.type];
  const where = who.by === null ? "" : ` ${who.by.kind === "device" ? "on" : "by"} ${who.by.name}`;
  return `${what}${where}, ${who.time}`;
}

const leftOpen = { question: "Left to the agent", plan: "Plan not taken yet" } as const;

function taken(
  { type, choice }: { readonly type: "question" | "plan"; readonly choice: string },
  feedback: string | undefined,
): string {
  if (type === "plan") return feedback === undefined ? "Plan taken" : "Plan taken as edited";
  return choice === "" ? "Answered" : `Answered “${choice}”`;
}

/** The question, from the thing that is asked about. */
export function questionText(subject: Subject): string {
  switch (subject.type) {
    case "command":
      return subject.background === true ? "Run this in the background?" : "Run this command?";
    case "edit":
      return `${capitalised(changeVerb(subject))} ${subject.path}?`;
    case "read":
      return `Read ${subject.path}?`;
    case "fetch":
      return `Fetch ${hostOf(subject.url)}?`;
    case "question":
      return subject.question;
    case "plan":
      return asking.planTitle;
    case "other":
      return `${subject.title}?`;
  }
}

/** The thing in a few words, for rows, chips and the second step of a hold. */
export function subjectName(subject: Subject): string {
  switch (subject.type) {
    case "command":
      return subject.command;
    case "edit":
      return `${changeVerb(subject)} ${subject.path}`;
    case "read":
      return `read ${subject.path}`;
    case "fetch":
      return `fetch ${subject.url}`;
    case "question":
      return subject.question;
    case "plan":
      return asking.plan;
    case "other":
      return subject.title;
  }
}

function changeVerb({ created, deleted, moved }: Extract<Subject, { type: "edit" }>): string {
  if (moved === true) return "move";
  if (deleted === true) return "delete";
  return created ? "create" : "edit";
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The host of an address; the whole of what is none. */
function hostOf(url: string): string {
  return URL.parse(url)?.host || url;
}

/** How far it reaches; `tone` is the weight that the word has on the card. */
export const reachWords = {
  cannot_be_undone: { text: "Cannot be undone", tone: "danger" },
  controls_voxpilot: { text: "Controls VoxPilot", tone: "danger" },
  deletes_files: { text: "Deletes files", tone: "danger" },
  pushes: { text: "Pushes", tone: "danger" },
  touches_secrets: { text: "Touches secrets", tone: "danger" },
  touches_protected: { text: "Changes what governs the project", tone: "danger" },
  leaves_project: { text: "Leaves the project", tone: "warn" },
  uses_network: { text: "Uses the network", tone: "warn" },
  installs_packages: { text: "Installs packages", tone: "warn" },
  not_understood: { text: "Not understood", tone: "warn" },
  writes_files: { text: "Writes files", tone: "plain" },
  inside_project: { text: "Inside the project", tone: "plain" },
  can_be_undone: { text: "Can be undone", tone: "plain" },
  reads_only: { text: "Reads only", tone: "plain" },
} as const;
