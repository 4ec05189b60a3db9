/** Every sentence of review. */
import { counted, grouped } from "./counts.ts";

export const review = {
  title: "Review",
  close: "Close review",
  jump: "All files",
  wrap: "Wrap lines",
  textSize: "Text size",
  smaller: "Smaller text",
  larger: "Larger text",
  next: "Next file",
  previous: "Previous file",
  position: (index: number, count: number) => `${index}/${count}`,
  noChanges: "No changes in this turn.",
  back: "Show the session",
  proposed: "Proposed. Nothing is changed yet.",
  notAsked: "This is no longer asked.",
  loading: "Loading the changes",
  failed: "The changes cannot be had now.",
  tryAgain: "Try again",
  binary: (path: string) => `${path} is not text. Not shown.`,
  renamed: (from: string) => `Renamed from ${from}, nothing else changed.`,
  renamedFrom: (from: string) => `Renamed from ${from}`,
  truncated: "The rest of this file’s changes is too long to show here.",
  large: (count: number) => `${grouped(count)} changed lines. Not drawn yet.`,
  draw: "Show them",
  noNewline: "No newline at the end of the file",
  diffOf: (path: string) => `Changes in ${path}`,
  added: "added",
  removed: "removed",
  unchanged: "",
  emptyFile: "Nothing but the file itself changed.",
  notListed: (count: number) => `and ${counted(count, "more file")}, not listed`,
} as const;

export const fileStatus = {
  added: { letter: "A", word: "added" },
  modified: { letter: "M", word: "modified" },
  deleted: { letter: "D", word: "deleted" },
  renamed: { letter: "R", word: "renamed" },
} as const;
