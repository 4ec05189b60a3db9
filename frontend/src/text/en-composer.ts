/** Every sentence of what is written and sent: the composer, the queue, the turn that works. */
import { counted, grouped } from "./counts.ts";

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
  removed: "Removed from the queue.",
  undo: "Undo",
  edit: (words: string) => `Edit: ${words}`,
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
  edit: "Edit",
  remove: "Remove",
  goOn: "Continue",
  allowed: (question: string | null) => `Allowed: ${question ?? "a question"}`,
  denied: (question: string | null) => `Denied: ${question ?? "a question"}`,
} as const;
