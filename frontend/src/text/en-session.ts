/** Every sentence of the session screen. The server sends codes and data; the words are here. */
/** `1,204`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}

/** `1 file`, `3 files`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

export const session = {
  more: "More",
  transcript: "Transcript",
  loading: "Loading the session",
  loadingEntries: (count: number) => `Loading ${grouped(count)} entries`,
  missing: "There is no such session.",
  missingTitle: "Not found",
  toSessions: "Show sessions",
  unreachable: (machine: string) => `${machine} does not answer. What you wrote is kept.`,
  notLoaded: "This session cannot be loaded now.",
  tryNow: "Try now",
  notSaving: (machine: string) => `Not saving: ${machine}’s disk is full. New messages wait on this phone.`,
  you: "You",
  agent: "Agent",
  thought: "Thought",
  copy: "Copy",
  copied: "Copied",
  notCopied: "Copying is not allowed here. Select the text instead.",
  showAll: "Show all",
  showLess: "Show less",
  cannotShow: "This entry cannot be shown.",
  showRaw: "Show raw",
  copyReport: "Copy report",
  image: (image: { readonly alt: string; readonly host: string }) =>
    image.host === ""
      ? `Image${image.alt === "" ? "" : `: ${image.alt}`}`
      : `Image from ${image.host}${image.alt === "" ? "" : `: ${image.alt}`}`,
  moreLines: (count: number) => counted(count, "more line"),
  today: "Today",
  yesterday: "Yesterday",
} as const;

export const receipt = {
  phone: "On this phone",
  machine: "On the machine",
  refused: "Not accepted",
  again: "Send again",
  toField: "Edit",
} as const;

export const pill = {
  latest: "Latest",
  fresh: (count: number) => `${grouped(count)} new`,
} as const;

export const empty = {
  branch: "Branch",
  instructions: (files: readonly string[]) => `Reads ${files.join(", ")}`,
  noInstructions: "No AGENTS.md here",
  hint: "It asks before it edits or runs anything. Change that with ",
  examples: [
    "Make the tests pass",
    "Explain how this project is built",
    "List the TODOs and fix the smallest",
  ],
  examplesTitle: "Start with one of these, or write your own",
} as const;

export const composer = {
  label: "Message",
  placeholder: "Message",
  instead: "Or say what to do instead",
  whileRunning: "Message for after this turn",
  send: "Send",
  fullScreen: "Write on the whole screen",
  smaller: "Back to the session",
  stop: "Stop",
  chips: "Mode, model and permissions",
  mode: (mode: string) => `Mode: ${mode}`,
  model: (model: string) => `Model: ${model}`,
  defaultModel: "Default model",
  context: (percent: string) => `Context ${percent} full`,
  grant: (thing: string) => `Allowed: ${thing}. Ends it.`,
  denies: "This denies the question.",
  queueInstead: "Queue instead",
  queues: "This waits for the turn’s end.",
  denyInstead: "Deny instead",
  readOnly: (device: string) => `This ${device} may only read.`,
  continueTurn: "Continue",
} as const;

export const working = {
  working: "Working",
  waiting: "Needs you",
  stop: "Stop",
  stopping: "Stopping…",
  still: (thing: string) => `Still stopping ${thing}`,
  theTurn: "the turn",
  notStopped: "The turn could not be stopped.",
} as const;

export const queue = {
  title: (count: number) => counted(count, "queued message"),
  remove: "Remove",
  edit: "Edit",
  notRemoved: "That message is already taken up.",
} as const;

/** Verbs of a tool row: waiting, running, done. */
export const toolVerbs = {
  read: ["read", "Reading", "Read"],
  edit: ["edit", "Editing", "Edited"],
  delete: ["delete", "Deleting", "Deleted"],
  move: ["move", "Moving", "Moved"],
  search: ["search", "Searching", "Searched"],
  execute: ["run", "Running", "Ran"],
  think: ["think", "Thinking", "Thought"],
  fetch: ["fetch", "Fetching", "Fetched"],
  switch_mode: ["switch to", "Switching to", "Switched to"],
  other: ["use", "Using", "Used"],
} as const;

export const tool = {
  creating: "Creating",
  created: "Created",
  create: "create",
  waiting: (verb: string) => `Waiting to ${verb}`,
  denied: (verb: string) => `Denied: ${verb}`,
  stopped: (verb: string) => `Stopped: ${verb}`,
  unknown: "Outcome unknown",
  failed: "failed",
  notStarted: "not started",
  notAllowedInMode: "not in this mode",
  invalid: "not understood",
  timedOut: "timed out",
  exit: (code: number) => `exit ${code}`,
  lines: (from: number, to: number) => `${from}–${to}`,
  matches: (count: number) => counted(count, "match", "matches"),
  entries: (count: number) => counted(count, "file"),
  testsFailed: (count: number) => `${grouped(count)} failed`,
  in: (folder: string) => `in ${folder}`,
  noOutput: "No output",
  waitingForOutput: "No output yet",
  skipped: (size: string) => `${size} not shown here`,
  output: "Output",
  command: "Command",
  openFull: "Open full",
  nothing: "Nothing to show",
  readFiles: (count: number) => `Read ${counted(count, "file")}`,
  searched: (count: number) =>
    count === 1 ? "searched once" : count === 2 ? "searched twice" : `searched ${count} times`,
  thought: "thought",
  otherCalls: (count: number) => counted(count, "other call"),
} as const;

export const turnEnd = {
  done: "Done",
  stopped: "Stopped",
  interrupted: "Interrupted",
  tokens: (count: string) => `${count} tokens`,
  interruptedText: "The machine restarted in the middle of this. Nothing was run again.",
  continue: "Continue",
  stepLimitText: "It took as many steps as one turn may. What it did is kept.",
  chooseModel: "Other model",
  chooseAnother: "Choose another",
  tryAgain: "Try again",
  files: (count: number) => counted(count, "file"),
  andMore: (count: number) => `and ${grouped(count)} more`,
  review: "Review",
  doneAnnouncement: (files: number) => (files === 0 ? "Done." : `Done. ${counted(files, "file")} changed.`),
} as const;

/** Why a turn stopped, in lower case behind "Stopped". */
export const stopReasons = {
  cancelled: "by you",
  max_turn_requests: "step limit",
  max_tokens: "length limit",
  refusal: "refused by the model",
} as const;

/** A problem as the log tells it; a code without words does not compile. */
interface TurnTrouble {
  readonly code: keyof typeof problemNames;
  readonly detail?: string | undefined;
  readonly provider?: string | undefined;
  readonly status?: number | undefined;
}

/** What a problem means for the person, in at most two sentences. */
export function problemText(problem: TurnTrouble): string {
  const provider = problem.provider ?? "The model’s server";
  const status = problem.status === undefined ? "" : ` (${problem.status})`;
  const detail = problem.detail === undefined || problem.detail === "" ? "" : ` ${problem.detail}`;
  switch (problem.code) {
    case "model_missing":
      return "There is no model to use. Your message is kept.";
    case "model_unreachable":
      return `${provider} does not answer. Your message is kept.`;
    case "model_auth":
      return `${provider} refused the key${status}. Your message is kept.`;
    case "model_not_found":
      return `${provider} does not know this model${status}.${detail}`;
    case "model_gone":
      return `This model was retired by ${provider}${status}.`;
    case "model_rate_limit":
      return `${provider} allows no more requests now${status}. Your message is kept.`;
    case "model_quota":
      return `${provider} says that the quota is used up${status}.`;
    case "model_context_overflow":
      return `This needs more tokens than the model takes.${detail}`;
    case "model_content_filter":
      return `${provider} refused this by its content filter.`;
    case "model_invalid_request":
      return `${provider} did not accept the request${status}.${detail}`;
    case "model_unavailable":
      return `${provider} is not available${status}. Your message is kept.`;
    case "model_truncated":
      return "The answer broke off. What came is kept.";
    case "model_timeout":
      return `${provider} took too long. Your message is kept.`;
    case "model_invalid_response":
      return `${provider} sent an answer that makes no sense.${detail}`;
    case "not_saving":
      return "The machine cannot save. Nothing more is done until it can.";
    case "internal":
      return `VoxPilot failed in the middle of this.${detail}`;
  }
}

/** In a few words, for the line that ends a turn. */
export const problemNames = {
  model_missing: "no model",
  model_unreachable: "model error",
  model_auth: "model error",
  model_not_found: "model error",
  model_gone: "model error",
  model_rate_limit: "model error",
  model_quota: "model error",
  model_context_overflow: "model error",
  model_content_filter: "model error",
  model_invalid_request: "model error",
  model_unavailable: "model error",
  model_truncated: "model error",
  model_timeout: "model error",
  model_invalid_response: "model error",
  not_saving: "not saving",
  internal: "an error in VoxPilot",
} as const;

export const notices = {
  model_retry: (provider: string, attempt: string, wait: string | null) =>
    wait === null
      ? `${provider} does not answer. Try ${attempt}`
      : `${provider} does not answer. Try ${attempt} in ${wait}`,
  rate_limit: (provider: string, wait: string) => `${provider} allows more in ${wait}. Continues by itself.`,
  theModel: "The model’s server",
  damaged_lines: (count: string) => `${count} damaged lines of this session were put aside`,
  not_saving: "Not saving: the machine’s disk is full",
  saving_again: "Saving again",
  repeated_call: "The agent repeated the same call and was told so",
  mode: (mode: string) => `Mode is now ${mode}`,
  autoOver: "Auto is over: back to Ask",
  modeUntil: (mode: string, time: string) => `${mode} until ${time}`,
  model: (model: string) => `Model is now ${model}`,
} as const;

/** What became of a question. */
type Decided =
  | {
      readonly outcome: "selected";
      readonly kind: "allow_once" | "allow_always" | "reject_once" | "reject_always";
      readonly grant?: { readonly scope: "turn" | "session" } | undefined;
    }
  | { readonly outcome: "cancelled"; readonly reason: keyof typeof cancelled };

/** Who decided what: `Allowed once on Pixel, 14:02`. */
export function decisionText(
  outcome: Decided,
  by: { readonly kind: string; readonly name: string } | null,
  time: string,
): string {
  if (outcome.outcome === "cancelled") return `${cancelled[outcome.reason]}, ${time}`;
  const isAllowed = outcome.kind === "allow_once" || outcome.kind === "allow_always";
  const what = isAllowed ? allowed(outcome) : "Denied";
  if (by === null) return `${what}, ${time}`;
  return `${what} ${by.kind === "device" ? "on" : "by"} ${deciders[by.kind] ?? by.name}, ${time}`;
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
  thisTurnDetail: "until the agent stops",
  thisSession: "This session",
  thisSessionDetail: "until the session ends, or you end it",
  exactly: "Exactly this, nothing wider:",
  needsYou: (question: string) => `Needs you: ${question}`,
  failed: "The decision was not accepted.",
} as const;

/** The thing that is asked about. */
type Subject =
  | { readonly type: "command"; readonly command: string }
  | { readonly type: "edit"; readonly path: string; readonly created: boolean }
  | { readonly type: "read"; readonly path: string }
  | { readonly type: "other"; readonly title: string };

/** The question, from the thing that is asked about. */
export function questionText(subject: Subject): string {
  switch (subject.type) {
    case "command":
      return "Run this command?";
    case "edit":
      return subject.created ? `Create ${subject.path}?` : `Edit ${subject.path}?`;
    case "read":
      return `Read ${subject.path}?`;
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
      return `${subject.created ? "create" : "edit"} ${subject.path}`;
    case "read":
      return `read ${subject.path}`;
    case "other":
      return subject.title;
  }
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
