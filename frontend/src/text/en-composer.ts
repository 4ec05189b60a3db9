/** Every sentence of what is written and sent: the composer, the queue, the turn that works. */
import { counted, grouped } from "./counts.ts";

export const empty = {
  branch: "Branch",
  instructions: (files: readonly string[]) => `Reads ${files.join(", ")}`,
  noInstructions: "No AGENTS.md here",
} as const;

export const composer = {
  label: "Message",
  placeholder: "Message",
  instead: "Or say what to do instead",
  answer: "Or write your own answer",
  changePlan: "Or say what to change",
  whileRunning: "Message for after this turn",
  send: "Send",
  change: "Change the queued message",
  notKept: (device: string) =>
    `This ${device} has no room to keep what you write. It lasts as long as this page is open.`,
  fullScreen: "Write on the whole screen",
  smaller: "Back to the session",
  stop: "Stop",
  chips: "Mode, model and permissions",
  mode: (mode: string) => `Mode: ${mode}`,
  model: (model: string) => `Model: ${model}`,
  context: (percent: string) => `Context ${percent} full`,
  contextUnknown: "Context",
  answers: "This answers the question.",
  changesPlan: "This goes back into the planning.",
  answerInstead: "Answer instead",
  changePlanInstead: "Back into the planning",
  grant: (thing: string) => `Allowed: ${thing}. Ends it.`,
  denies: "This denies the question.",
  queueInstead: "Queue instead",
  queues: "This waits for the turn’s end.",
  denyInstead: "Deny instead",
  readOnly: (device: string) => `This ${device} may only read.`,
  continueTurn: "Continue",
} as const;

/** The lists behind `/` and `@`. */
export const picker = {
  commands: "Commands",
  files: "Files",
  noCommand: "No such command",
  noFile: "No such file",
  searching: "Searching",
  unknown: (name: string) => `There is no command /${name}. Nothing was sent.`,
  unreachable: (machine: string) => `${machine} does not answer: /commands need it. Nothing was sent.`,
  help: "Commands",
  compacting: "The conversation is being summed up.",
  sources: { "built-in": "", project: "project", user: "yours" } as Readonly<Record<string, string>>,
  descriptions: {
    new: "Start a new session",
    model: "Choose the model",
    mode: "Choose what it may do without asking",
    compact: "Sum up what came before, to make room",
    help: "List the commands",
  } as Readonly<Record<string, string>>,
} as const;

/** How full the model’s window is, and what that costs. */
export const contextMeter = {
  title: "Context",
  used: "Used",
  window: "Window",
  fills: "What fills it, by estimate",
  parts: {
    system: "System prompt",
    tools: "Tools",
    instructions: "Instructions",
    notes: "Notes",
    messages: "Messages",
    results: "Results of tools",
  },
  compact: "Compact",
  compacting: "Compacting",
  compactLine: "Sums up what came before. The session keeps all of it.",
  notNow: "It works now. Compacting waits until the turn is over.",
  turn: "This turn",
  lastTurn: "Last turn",
  session: "Session",
  today: "Today, all sessions",
  atLeast: (amount: string) => `over ${amount}`,
  loadedOnly: "Of what is loaded here",
  tokens: (count: string) => `${count} tokens`,
  unknown: "unknown",
  free: (count: string) => `${count} free`,
} as const;

/** What is to be done, as the agent keeps it. */
export const todo = {
  line: (done: number, count: number) => `${done} of ${count}`,
  allDone: "All done",
  label: "What is to be done",
  states: { pending: "to do", in_progress: "now", completed: "done" },
} as const;

export const working = {
  working: "Working",
  waiting: "Needs you",
  stop: "Stop",
  stopping: "Stopping…",
  still: (thing: string) => `Still stopping ${thing}`,
  theTurn: "the turn",
  kill: "Kill",
  killing: (thing: string) => `Killing ${thing}`,
  unheard: (machine: string) => `${machine} has not heard the stop yet`,
  again: "Try again",
  notStopped: "The turn could not be stopped.",
} as const;

export const queue = {
  title: (count: number) => counted(count, "queued message"),
  remove: "Remove",
  removed: "Removed from the queue.",
  undo: "Undo",
  edit: (words: string) => `Edit: ${words}`,
  resting: (count: number) => `${counted(count, "message")} ${count === 1 ? "waits" : "wait"} for you`,
  sendAll: "Send all",
  steerNow: "Steer now",
  sendNow: "Send now",
  goesIn: "Goes in next",
  goesFirst: "Goes next",
  goesOn: "Continue",
  move: (words: string) => `Move: ${words}`,
  menu: "Queued message",
  up: "Move up",
  down: "Move down",
  moved: (place: number, count: number) => `Moved to ${grouped(place)} of ${grouped(count)}`,
  interrupt: "Interrupt",
  interruptLine: "Stops this turn and starts with this",
  editing: "This changes the queued message.",
  editingGone: "It waits no longer. Sent, this is a new message.",
  again: "A new message. Your draft is kept.",
  leaveEdit: "Never mind",
} as const;

/** How a message reaches an agent that works. */
export const delivery = {
  title: "Send",
  caret: "Other ways to send",
  steer: "Steer",
  steerLine: "Now: the agent reads it before its next step",
  queue: "Queue",
  queueLine: "After this turn, behind what waits",
  interrupt: "Interrupt",
  interruptLine: "Stops this turn and starts with this",
} as const;

export const receipt = {
  phone: (device: string) => `On this ${device}`,
  machine: "On the machine",
  refused: "Not accepted",
  again: "Send again",
  toField: "Edit",
} as const;

export const waiting = {
  title: (device: string) => `Waiting on this ${device}`,
  count: (count: number) => (count === 1 ? "1 thing is not sent yet" : `${count} things are not sent yet`),
  note: (machine: string) => `Sent by itself, in this order, as soon as ${machine} answers.`,
  sendNow: "Send now",
  sending: "Sending",
  unanswered: (machine: string) => `${machine} does not answer. Still waiting here.`,
  untaken: (machine: string) => `${machine} takes nothing now. Still waiting here.`,
  edit: "Edit",
  remove: "Remove",
  removed: "Removed.",
  undo: "Undo",
  goOn: "Continue",
  allowed: (question: string | null) => `Allowed: ${question ?? "a question"}`,
  denied: (question: string | null) => `Denied: ${question ?? "a question"}`,
  answered: (question: string) => `Answered: ${question}`,
} as const;
