/** Replaces pieces of text in a file. */
import * as z from "zod";
import { type Tool, ToolError } from "../agent/tool.ts";
import {
  fromByteString,
  lineAt,
  type MatchOutcome,
  type MatchStage,
  matchStages,
  replaceText,
  toByteString,
} from "./edit-matching.ts";
import { bytesOf, changePlan, kindOf } from "./file-change.ts";
import { nearestLines, numbered } from "./nearest-lines.ts";
import { omissionIn } from "./omission.ts";
import { missingFile, type Place, placeOf } from "./place.ts";

const Change = z.object({
  old: z.string().describe("Text as it stands in the file"),
  new: z.string().describe("Text to put there"),
  all: z.boolean().optional().describe("Replace every place"),
});
const Input = z.object({
  path: z.string().min(1).describe("File, relative to the project"),
  old: z.string().optional().describe("Text as it stands in the file, unique in it"),
  new: z.string().optional().describe("Text to put there"),
  all: z.boolean().optional().describe("Replace every place"),
  edits: z.array(Change).max(100).optional().describe("Several changes at once, instead of old and new"),
});
type Input = z.infer<typeof Input>;
type Change = z.infer<typeof Change>;

/** The `edit` tool. */
export const editTool: Tool<Input> = {
  name: "edit",
  kind: "edit",
  description:
    "Replace text in a file. `old` must be in the file exactly once (or set all); give enough lines around it, without line numbers. Use edits for several changes, made one after the other, all or none.",
  input: Input,
  synonyms: {
    file_path: "path",
    filePath: "path",
    filepath: "path",
    file: "path",
    filename: "path",
    target_file: "path",
    old_string: "old",
    oldString: "old",
    old_str: "old",
    oldText: "old",
    old_text: "old",
    search: "old",
    new_string: "new",
    newString: "new",
    new_str: "new",
    newText: "new",
    new_text: "new",
    replace: "new",
    replacement: "new",
    replace_all: "all",
    replaceAll: "all",
    allow_multiple: "all",
    changes: "edits",
  },
  readOnly: false,
  title: (input) => input.path,
  async plan(input, context) {
    const place = await placeOf(context, input.path);
    const changes = changesOf(input);
    const seen = context.seen.get(place.absolute);
    const before = await bytesOf(place);
    // An error text shows lines of the file: those of a guarded one only to whoever was allowed to read them.
    if (place.isGuarded && (seen === undefined || seen !== before?.hash)) {
      throw new ToolError(`${place.shown} must be read before it is edited. Read it first.`);
    }
    if (before === null) throw await missingFile(context, place);
    const kind = kindOf(before.bytes);
    if (kind !== null)
      throw new ToolError(
        `${place.shown} is not text (${kind}). Use shell with a program that understands it.`,
      );
    const edited = applied({
      place,
      changes,
      bytes: before.bytes,
      isStale: seen !== undefined && seen !== before.hash,
    });
    return changePlan({ place, before, ...edited, isKnown: seen === before.hash });
  },
};

function changesOf(input: Input): readonly Change[] {
  const single =
    input.old !== undefined && input.new !== undefined
      ? [{ old: input.old, new: input.new, all: input.all }]
      : [];
  const changes = input.edits !== undefined && input.edits.length > 0 ? input.edits : single;
  if (changes.length > 0) return changes;
  throw new ToolError("`old` and `new` are missing. Give both, or edits: [{old, new}].");
}

interface EditTask {
  readonly place: Place;
  readonly changes: readonly Change[];
  readonly bytes: Buffer;
  /** The file is not what the model last saw. */
  readonly isStale: boolean;
}

const mark = Buffer.from("\uFEFF", "utf8");

function applied(task: EditTask): { after: Buffer; notes: string[] } {
  const start = task.bytes.subarray(0, mark.length).equals(mark) ? mark.length : 0;
  let body = task.bytes.subarray(start).toString("latin1");
  const notes: string[] = task.isStale
    ? ["The file had changed since you last saw it; read it again before you rely on the rest of it."]
    : [];
  task.changes.forEach((change, index) => {
    const name = task.changes.length > 1 ? `edits[${index}]: ` : "";
    const result = changed(body, change, { task, name });
    notes.push(...result.notes);
    body = result.body;
  });
  const after = Buffer.concat([task.bytes.subarray(0, start), Buffer.from(body, "latin1")]);
  if (after.equals(task.bytes))
    throw new ToolError(
      "The edit changes nothing: the file already has this text. Go on with the next step.",
    );
  return { after, notes };
}

function changed(
  body: string,
  change: Change,
  at: { task: EditTask; name: string },
): { body: string; notes: string[] } {
  const { task, name } = at;
  const oldText = withoutMark(change.old);
  const newText = withoutMark(change.new);
  refuseUseless(oldText, newText, name);
  const outcome = replaceText(body, {
    old: toByteString(oldText),
    new: toByteString(newText),
    all: change.all ?? false,
  });
  if (task.isStale) refuseGuess(outcome, change.all ?? false, task.place);
  switch (outcome.type) {
    case "missing":
      throw notFound(body, { shown: task.place.shown, oldText, newText, name });
    case "ambiguous": {
      const lines = outcome.lines.slice(0, 10).join(", ") + (outcome.lines.length > 10 ? ", …" : "");
      const what = `${name}old occurs ${outcome.lines.length} times in ${task.place.shown} (lines ${lines})`;
      throw new ToolError(
        `${what}; nothing was changed. Add lines around it until it is unique, or set all to true.`,
      );
    }
    case "replaced":
      return {
        body: outcome.body,
        notes: [...places(body, outcome.body, outcome.count), ...howFound(outcome.stage, name)],
      };
  }
}

function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

function refuseUseless(oldText: string, newText: string, name: string): void {
  if (oldText === "")
    throw new ToolError(`${name}old is empty. Give the text to replace, or use write for a whole file.`);
  if (oldText === newText)
    throw new ToolError(`${name}old and new are the same. Give the text as it shall become in new.`);
  const omission = omissionIn(newText, oldText);
  if (omission === null) return;
  throw new ToolError(
    `${name}new leaves code out ("${omission}"), which would delete it. Give the whole text in new, or edit a smaller piece.`,
  );
}

/** In a file that has changed since, only text that is there once and exactly is what the model means. */
function refuseGuess(outcome: MatchOutcome, isAll: boolean, place: Place): void {
  const isExact =
    outcome.type === "replaced" && matchStages.indexOf(outcome.stage) <= matchStages.indexOf("line_ends");
  if (isExact && !isAll) return;
  throw new ToolError(
    `${place.shown} has changed since you last saw it; nothing was changed. Read it again.`,
  );
}

const stageNotes: Readonly<Record<MatchStage, string | null>> = {
  exact: null,
  line_ends: null,
  trailing_space: "old was found ignoring white space at line ends",
  unicode: "old was found ignoring the kind of quotes, dashes and spaces",
  indentation: "old was found ignoring indentation; new was indented like the file",
  line_numbers: "old was found after taking line numbers away",
};

function howFound(stage: MatchStage, name: string): string[] {
  const note = stageNotes[stage];
  return note === null ? [] : [`(${name}${note})`];
}

const shownLines = 6;

/** The first changed lines with their numbers, as they are now. */
function places(before: string, after: string, count: number): string[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let tail = 0;
  while (tail < Math.min(before.length, after.length) - start && before.at(-1 - tail) === after.at(-1 - tail))
    tail += 1;
  const from = lineAt(after, start);
  const to = lineAt(after, Math.max(start, after.length - tail - 1));
  const lines = fromByteString(after)
    .split("\n")
    .slice(from - 1, Math.min(to, from + shownLines - 1));
  const text = numbered(
    lines.map((line) => line.replace(/\r$/, "")),
    from,
    300,
  );
  return [...(count > 1 ? [`${count} places`] : []), text, ...(to > from + shownLines - 1 ? ["…"] : [])];
}

function notFound(
  body: string,
  edit: { shown: string; oldText: string; newText: string; name: string },
): ToolError {
  const lines = fromByteString(body).replaceAll("\r\n", "\n").split("\n");
  const start = `${edit.name}old was not found in ${edit.shown}; nothing was changed.`;
  const there = alreadyThere(lines.join("\n"), edit.newText);
  if (there !== null)
    return new ToolError(
      `${start} new is already in the file, ${there}. Read these lines before you edit again.`,
    );
  const near = nearestLines(lines, edit.oldText.replace(/\n$/, "").split("\n"));
  if (near.length === 0) return new ToolError(`${start} Nothing like it is there. Read the file again.`);
  const places = near.map((place) => `lines ${place.from} to ${place.to}:\n${place.text}`).join("\n");
  return new ToolError(
    `${start} The nearest text:\n${places}\nTake old from the file exactly as it stands there, without line numbers.`,
  );
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
