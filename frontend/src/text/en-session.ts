/** Every sentence of the session screen. The server sends codes and data; the words are here. */
import { counted, grouped } from "./counts.ts";

export const session = {
  more: "More",
  transcript: "Transcript",
  loading: "Loading the session",
  loadingEntries: (count: number) => `Loading ${grouped(count)} entries`,
  missing: "There is no such session.",
  missingTitle: "Not found",
  toSessions: "Show sessions",
  notHere: (machine: string, device: string) =>
    `This session is not on this ${device}. It opens when ${machine} answers.`,
  notLoaded: "This session cannot be loaded now.",
  tryNow: "Try now",
  you: "You",
  agent: "Agent",
  thought: "Thought",
  copy: "Copy",
  copied: "Copied",
  notCopied: "Copying is not allowed here. Select the text instead.",
  pictures: (count: number) => counted(count, "picture"),
  told: (names: readonly string[]) => `with ${names.join(", ")}`,
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
  forkedFrom: "Forked from ",
  imported: "Imported. What it says happened elsewhere.",
  today: "Today",
  yesterday: "Yesterday",
} as const;

export const pill = {
  latest: "Latest",
  fresh: (count: number) => `${grouped(count)} new`,
} as const;

/** A person's own block, on a tap. */
export const ownBlock = {
  title: "Your message",
  again: "Edit and resend",
  againLine: "Into the composer, as a new message",
  fork: "Fork from here",
  forkLine: "A new session, through the end of this turn",
} as const;

/** What is done to a session as a whole. */
export const sessionActions = {
  rename: "Rename",
  pin: "Pin",
  unpin: "Unpin",
  pinned: "Pinned at the top of the list.",
  unpinned: "No longer pinned.",
  archive: "Archive",
  unarchive: "Take out of the archive",
  turns: "Turns",
  find: "Find",
  jobs: "Background jobs",
  exportMarkdown: "Export as Markdown",
  exportJson: "Export as JSON",
  fork: "Fork from the last turn",
  forking: "Forking",
  nothingToFork: "There is no finished turn to fork from.",
  delete: "Delete",
  deleteTitle: "Delete this session",
  deleteWords: (title: string, machine: string) =>
    `‘${title}’ goes from ${machine} for good. Files in the project stay as they are.`,
  deleteRunning: "What runs in it is stopped.",
  deleteQueue: (count: number) => `${counted(count, "queued message")} will not be sent.`,
  deleteButton: (count: number) => `Delete ${counted(count, "session")}`,
  deleting: "Deleting",
  deleted: (title: string) => `‘${title}’ is deleted.`,
} as const;

/** The search in one session. */
export const find = {
  title: "Find in this session",
  hint: "Messages, answers, commands and file names, from its beginning.",
  newest: (count: number) => `The newest ${count} places. More words find fewer.`,
} as const;

/** Commands that go on in the background. */
export const jobs = {
  title: "Background jobs",
  loading: "Looking what is running",
  none: "Nothing is running in the background.",
  running: (time: string, folder: string) => `running for ${time}${folder === "." ? "" : ` in ${folder}`}`,
  stopped: (time: string) => `Stopped · ran ${time}`,
  over: (time: string, result: string) =>
    result === "" ? `Over · ran ${time}` : `Over: ${result} · ran ${time}`,
  stop: "Stop",
  stopping: "Stopping",
  stopLabel: (command: string) => `Stop ${command}`,
  count: (count: number) => `${grouped(count)} in the background`,
  gone: "It runs no longer, and what it said later is not kept.",
  omitted: (characters: number) =>
    characters === 0 ? "" : `${counted(characters, "character")} before that`,
} as const;

export const turns = {
  title: "Turns",
  none: "Nothing was asked yet.",
  older: "Loading older turns",
  notLoaded: "Older turns cannot be had now.",
  tryAgain: "Try again",
  working: "Working",
  needsYou: "Needs you",
  steered: "Said while it worked",
  noWords: "Continue",
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

/** The same for our own tools whose kind says too little, by their names. */
export const toolVerbsByName: Readonly<Record<string, readonly [string, string, string]>> = {
  ask: ["ask", "Asking", "Asked"],
  exit_plan: ["propose a plan", "Proposing", "Proposed"],
  todo: ["list", "Listing", "Listed"],
  task: ["work on", "Working on", "Worked on"],
  recall: ["recall", "Recalling", "Recalled"],
  skill: ["use the skill", "Using the skill", "Used the skill"],
  job: ["look at", "Looking at", "Looked at"],
};

/** Of `job`, by what is done to it. */
export const jobVerbs: Readonly<Record<string, readonly [string, string, string]>> = {
  wait: ["wait for", "Waiting for", "Waited for"],
  kill: ["stop", "Stopping", "Stopped"],
  input: ["write to", "Writing to", "Wrote to"],
};

export const tool = {
  creating: "Creating",
  created: "Created",
  create: "create",
  waiting: (verb: string) => `Waiting to ${verb}`,
  denied: (verb: string) => `Denied: ${verb}`,
  stopped: (verb: string) => `Stopped: ${verb}`,
  stoppedAlone: "Stopped",
  unknown: "Outcome unknown",
  failed: "failed",
  notStarted: "not started",
  notAllowedInMode: "not in this mode",
  invalid: "not understood",
  inBackground: "background",
  started: "Started",
  job: (name: string) => `job ${name}`,
  allJobs: "background jobs",
  stillRunning: "running",
  ended: "ended",
  steps: (count: number) => counted(count, "step"),
  todoItems: "things to do",
  listDone: (done: number, count: number) => `${grouped(done)} of ${grouped(count)}`,
  picture: "Picture",
  timedOut: "timed out",
  exit: (code: number) => `exit ${code}`,
  lines: (from: number, to: number) => (from === to ? String(from) : `${from}–${to}`),
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
  asked: "All of what was asked",
  readFiles: (count: number) => `Read ${counted(count, "file")}`,
  searched: (count: number) =>
    count === 1 ? "searched once" : count === 2 ? "searched twice" : `searched ${count} times`,
  thought: "thought",
  listed: "kept its list",
  otherCalls: (count: number) => counted(count, "other call"),
} as const;

export const turnEnd = {
  done: "Done",
  stopped: "Stopped",
  interrupted: "Interrupted",
  tokens: (count: string) => `${count} tokens`,
  compact: "Compact and retry",
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

/** A web server's own words for an address that it does not know: nobody looked for a model there. */
function isNothingThere(detail = ""): boolean {
  return /^(?:HTTP 404|(?:404:? )?(?:page |file |resource )?not found|cannot (?:get|post)\b.*|no route\b.*|(?:invalid|unknown request) url\b.*)?[.!]?$/is.test(
    detail.trim(),
  );
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
    case "model_sign_in":
      return `${provider} wants you signed in with GitHub. Your message is kept.`;
    case "model_not_found":
      return isNothingThere(problem.detail)
        ? `${provider} has nothing at this address${status}, which often ends in /v1, or does not know this model.${detail}`
        : `${provider} does not know this model${status}.${detail}`;
    case "model_gone":
      return `This model was retired by ${provider}${status}.`;
    case "model_rate_limit":
      return `${provider} allows no more requests now${status}. Your message is kept.`;
    case "model_quota":
      return `${provider} says that the quota is used up${status}.`;
    case "model_context_overflow":
      return `This needs more tokens than the model takes.${detail}`;
    case "compaction_stuck":
      return "Summing up failed twice. Sum up again, take a model with more room, or go on with notes in place of older steps.";
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
  model_sign_in: "sign in",
  model_not_found: "model error",
  model_gone: "model error",
  model_rate_limit: "model error",
  model_quota: "model error",
  model_context_overflow: "model error",
  compaction_stuck: "no summary",
  model_content_filter: "model error",
  model_invalid_request: "model error",
  model_unavailable: "model error",
  model_truncated: "model error",
  model_timeout: "model error",
  model_invalid_response: "model error",
  not_saving: "not saving",
  internal: "an error in VoxPilot",
} as const;

/** What was summed up for the model. */
export const compaction = {
  running: "Summing up what came before",
  done: (before: string, after: string) => `Summed up: ${before} → ${after} tokens`,
  doneAlone: "Summed up what came before",
  failed: "Summing up failed. Nothing is lost.",
  noGain: "Nothing to gain yet: a summary would be no shorter. All stays as it is.",
  summary: "Summary for the model",
} as const;

export const notices = {
  model_retry: (provider: string, wait: string) => `${provider} gives no answer. Tries again in ${wait}`,
  retried: (provider: string, attempts: number) =>
    attempts === 1
      ? `${provider} gave no answer. Tried again`
      : `${provider} gave no answer. Tried again ${grouped(attempts)} times`,
  rate_limit: (provider: string, wait: string) => `${provider} allows more in ${wait}. Continues by itself.`,
  theModel: "The model’s server",
  damaged_lines: (count: string) => `${count} damaged lines of this session were put aside`,
  not_saving: "Not saving: the machine’s disk is full",
  saving_again: "Saving again",
  repeated_call: "The agent repeated the same call and was told so",
  repeated_text: "The agent went on repeating itself and was cut short",
  rate_limit_over: (provider: string) => `${provider} allowed no more for a while`,
  limitLearned: (model: string, tokens: string) =>
    model === "" ? `The model takes ${tokens} tokens` : `${model} takes ${tokens} tokens`,
  limitLearnedAlone: "The model takes fewer tokens than was known",
  jobEnded: (job: string, result: string) =>
    result === "" ? `${job} in the background is over` : `${job} in the background is over: ${result}`,
  jobStopped: (job: string, time: string) =>
    time === ""
      ? `${job} in the background was stopped`
      : `${job} in the background was stopped after ${time}`,
  job: "A command",
  instructions: (files: readonly string[]) => `Reads ${files.join(", ")}`,
  cutShort: (path: string) => `${path} (its beginning)`,
  hidden: (count: number, path: string) => `${counted(count, "hidden character")} in ${path}`,
  mode: (mode: string) => `Mode is now ${mode}`,
  autoOver: "Auto is over: back to Ask",
  modeUntil: (mode: string, time: string) => `${mode} until ${time}`,
  model: (model: string) => `Model is now ${model}`,
  effort: (effort: string) => `How hard it thinks: ${effort}`,
} as const;
