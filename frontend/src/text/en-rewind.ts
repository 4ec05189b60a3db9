/** Going back to before a turn, and taking that back. */
import { counted, grouped } from "./counts.ts";

const files = (count: number) => counted(count, "file");

export const rewind = {
  action: "Rewind to here",
  actionLine: "Files, conversation or both, to before this message",
  editLine: "Goes back to before it, with its words in the composer",
  choose: "Rewind to before",
  chooseNone: "Nothing was asked here yet: there is nothing to go back to.",
  title: (time: string) => `Rewind to before ${time}?`,
  what: "What goes back",
  scopes: { files: "Files", conversation: "Conversation", both: "Both" },
  turns: (count: number) =>
    `${counted(count, "turn")} ${count === 1 ? "leaves" : "leave"} the conversation. The log keeps it, and it can be undone.`,
  files: "Files",
  changes: { recreated: "comes back", deleted: "is removed" },
  changedSince: "changed since by someone else",
  stays: { not_kept: "stays: no checkpoint holds it", ignored: "stays: git ignores it now" },
  allStay: "The files that are other than they were then stay. The conversation alone can go back.",
  tooMany: (listed: number, all: number) =>
    `${files(all)} are other than they were then. These are the first ${grouped(listed)}: so many go back at once, the others stay.`,
  staying: (count: number) =>
    `${files(count)} ${count === 1 ? "was" : "were"} changed since by someone else and ${count === 1 ? "stays" : "stay"}.`,
  overwriting: (count: number) =>
    `What someone else changed since in ${files(count)} is overwritten. Undo brings it back.`,
  more: (count: number) => `${files(count)} more`,
  noFiles: "No file is other than it was then.",
  filesUnknown: "What the files were then was not kept. The conversation alone can go back.",
  looking: "Looking at what changed",
  running: "A turn is running. It stops before anything goes back.",
  stop: "Stop the turn",
  stopping: "Stopping",
  changed: "This changed since you saw it. Nothing was rewound.",
  away: (machine: string) => `${machine} does not answer, and going back needs it. Nothing was rewound.`,
  gone: "This message has left the conversation already.",
  tryAgain: "Try again",
  working: "Rewinding",
  button: {
    files: (count: number) => `Rewind ${files(count)}`,
    conversation: "Rewind conversation",
    both: (count: number) => `Rewind ${files(count)} and conversation`,
    nothing: "Choose a file",
  },
  done: {
    files: (count: number) => `Rewound ${files(count)}.`,
    conversation: "Rewound the conversation.",
    both: (count: number) => `Rewound ${files(count)} and the conversation.`,
  },
  failed: (count: number) => `${files(count)} could not be put back.`,
  undo: "Undo",
  undone: "Undone.",
  undoneExcept: (count: number) => `Undone, but for ${files(count)} that changed since.`,
  undoneBefore: "That was taken back already, or more happened since. Nothing was changed.",
  /** One line of the transcript. */
  line: (parts: readonly string[]) => parts.join(" · "),
  before: (time: string) => `Rewound to before ${time}`,
  earlier: "Rewound",
  filesBefore: (time: string) => `Files as before ${time}`,
  filesEarlier: "Files put back",
  lineUndone: "Rewind undone",
  lineFiles: files,
  lineSkipped: (count: number) => `${files(count)} stayed`,
  compactionUndone: "Summary taken back: the model reads all of it again",
} as const;
