/** What a model is told of a change to a file: how the text was found, what stands there now, and why it was not found. */
import { ToolError } from "../../agent/tool.ts";
import { numbered } from "../numbered-lines.ts";
import { commonEnds, fromByteString, lineAt } from "./file-lines.ts";
import { nearestLines } from "./nearest-lines.ts";
import {
  type FindOutcome,
  type MatchStage,
  matchStages,
  type Splice,
  type TextSpan,
} from "./text-matching.ts";

const stageNotes: Readonly<Record<MatchStage, string | null>> = {
  exact: null,
  line_ends: null,
  trailing_space: "old was found ignoring white space at line ends",
  unicode: "old was found ignoring the kind of quotes, dashes and spaces",
  indentation: "old was found ignoring indentation; new was indented like the file",
  line_numbers: "old was found after taking line numbers away",
};

/** Says so when the text was not found as it was written. */
export function stageNote(stage: MatchStage, name: string): string[] {
  const note = stageNotes[stage];
  return note === null ? [] : [`(${name}${note})`];
}

/** Found once, and as it was written: what may still be meant in a file that has changed since it was read. */
export function isCertain(outcome: FindOutcome): boolean {
  return (
    outcome.type === "found" &&
    outcome.splices.length === 1 &&
    matchStages.indexOf(outcome.stage) <= matchStages.indexOf("line_ends")
  );
}

/** What is other in a file than the model last saw it, as lines of the file as it is now; `seen` null: that is no longer known. */
export function differenceSince(seen: Buffer | null, now: Buffer): string {
  if (seen === null) return "it is not known where";
  const [old, lines] = [seen, now].map((bytes) => bytes.toString("latin1").split("\n"));
  if (old === undefined || lines === undefined) return "";
  const { head, tail } = commonEnds(old, lines);
  const [from, to] = [head + 1, lines.length - tail];
  if (to < from) return `lines are gone before line ${from}`;
  return from === to ? `line ${from} differs` : `lines ${from} to ${to} differ`;
}

/** A change of a file that has changed since the model saw it, and cannot be told for certain. */
export function staleFile(shown: string, difference: string): ToolError {
  return new ToolError(
    `${shown} has changed since you last saw it (${difference}); nothing was changed. Read it again.`,
  );
}

/** For a result: the file was not what the model had seen. */
export function staleNote(difference: string): string {
  return `The file had changed since you last saw it; ${difference}. Read it again before you rely on the rest of it.`;
}

const mostLines = 10;

/** `12, 40, 96`. */
export function lineList(lines: readonly number[]): string {
  return lines.slice(0, mostLines).join(", ") + (lines.length > mostLines ? ", …" : "");
}

const shownLines = 6;

/** The first changed lines of one splice with their numbers, as they are now. `at`: where its text stands in `after`. */
export function changedLines(before: string, splice: Splice, { after, at }: ChangedText): string[] {
  const region = before.slice(splice.start, splice.end);
  const { head, tail } = commonEnds(region, splice.text);
  const from = lineAt(after, at + head);
  const to = lineAt(after, Math.max(at + head, at + splice.text.length - tail - 1));
  const last = Math.min(to, from + shownLines - 1);
  const lines = linesAt(after, at + head, last - from + 1);
  return [numbered(lines, from, 300), ...(to > last ? ["…"] : [])];
}

interface ChangedText {
  readonly after: string;
  readonly at: number;
}

function linesAt(text: string, position: number, count: number): string[] {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  let end = start - 1;
  for (let line = 0; line < count; line += 1) {
    const newline = text.indexOf("\n", end + 1);
    end = newline < 0 ? text.length : newline;
  }
  return fromByteString(text.slice(start, end))
    .split("\n")
    .map((line) => line.replace(/\r$/, ""));
}

export interface LostEdit {
  readonly oldText: string;
  readonly newText: string;
  /** The first sentence: what was not found, and where. */
  readonly start: string;
  /** What the new text is called. */
  readonly newName: string;
  /** The next step after the nearest lines. */
  readonly advice: string;
}

/** Says what is there instead: the new text already, or what is most like the old one. */
export function notFound(body: string, edit: LostEdit): ToolError {
  const lines = fromByteString(body).replaceAll("\r\n", "\n").split("\n");
  const there = alreadyThere(lines.join("\n"), edit.newText);
  if (there !== null)
    return new ToolError(
      `${edit.start} ${edit.newName} already in the file, ${there}. Read these lines before you edit again.`,
    );
  const near = nearestLines(lines, edit.oldText.replace(/\n$/, "").split("\n"));
  if (near.length === 0) return new ToolError(`${edit.start} Nothing like it is there. Read the file again.`);
  const places = near.map((place) => `lines ${place.from} to ${place.to}:\n${place.text}`).join("\n");
  return new ToolError(`${edit.start} The nearest text:\n${places}\n${edit.advice}`);
}

function alreadyThere(text: string, newText: string): string | null {
  const wanted = newText.replaceAll("\r\n", "\n").replace(/\n$/, "");
  if (wanted.trim().length < 4) return null;
  const at = text.indexOf(wanted);
  if (at < 0) return null;
  const from = lineAt(text, at);
  const to = from + wanted.split("\n").length - 1;
  return from === to ? `line ${from}` : `lines ${from} to ${to}`;
}

/** Whether two spans have a byte in common: two insertions at one place do not. */
export function overlaps(one: TextSpan, other: TextSpan): boolean {
  return one.start < other.end && other.start < one.end;
}
