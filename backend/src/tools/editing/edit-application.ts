/** Works out what a file becomes by several replacements, each found in the file as it is, all or none. */
import { ToolError } from "../../agent/tool.ts";
import {
  changedLines,
  isCertain,
  lineList,
  notFound,
  overlaps,
  stageNote,
  staleFile,
  staleNote,
} from "../changes/change-report.ts";
import { bodyOf } from "../changes/file-bytes.ts";
import { SearchedText, toByteString } from "../changes/file-lines.ts";
import { omissionIn } from "../changes/omission.ts";
import { findText, type MatchStage, type Splice, spliced } from "../changes/text-matching.ts";

export interface TextChange {
  readonly old: string;
  readonly new: string;
  readonly all?: boolean | undefined;
}

export interface EditTask {
  /** For the model. */
  readonly shown: string;
  readonly changes: readonly TextChange[];
  readonly bytes: Buffer;
  /** What is other in the file than the model last saw it; null: nothing. */
  readonly difference: string | null;
}

const shownChanges = 8;

/** Throws ToolError when one of the changes cannot be made; then none is. */
export function editedBytes(task: EditTask): { after: Buffer; notes: string[] } {
  const { mark: start, body } = bodyOf(task.bytes);
  const found: FoundChange[] = [];
  const file = new SearchedText(body);
  for (const change of task.changes) found.push(foundChange(file, change, { task, earlier: found }));
  refuseOverlaps(found);
  const splices = inOrder(found);
  const edited = spliced(body, splices);
  const after = Buffer.concat([start, Buffer.from(edited, "latin1")]);
  if (after.equals(task.bytes))
    throw new ToolError(
      "The edit changes nothing: the file already has this text. Go on with the next step.",
    );
  const places = placesAfter(splices);
  const shown = found
    .slice(0, shownChanges)
    .flatMap((change) => changeNotes(body, change, { edited, places }));
  const more = found.length > shownChanges ? [`… and ${found.length - shownChanges} more edits`] : [];
  return {
    after,
    notes: [...(task.difference === null ? [] : [staleNote(task.difference)]), ...shown, ...more],
  };
}

interface FoundChange {
  readonly name: string;
  readonly splices: readonly Splice[];
  readonly stage: MatchStage;
}

interface ChangeContext {
  readonly task: EditTask;
  readonly earlier: readonly FoundChange[];
}

function foundChange(file: SearchedText, change: TextChange, { task, earlier }: ChangeContext): FoundChange {
  const { body } = file;
  const name = task.changes.length > 1 ? `edits[${earlier.length}]: ` : "";
  const oldText = withoutMark(change.old);
  const newText = withoutMark(change.new);
  refuseUseless(oldText, newText, name);
  const replacement = { old: toByteString(oldText), new: toByteString(newText), all: change.all ?? false };
  const outcome = findText({ body: file }, replacement);
  if (task.difference !== null && !isCertain(outcome)) throw staleFile(task.shown, task.difference);
  switch (outcome.type) {
    case "found":
      return { name, splices: outcome.splices, stage: outcome.stage };
    case "missing":
      refuseChain(body, replacement.old, { name, earlier });
      throw notFound(body, {
        oldText,
        newText,
        start: `${name}old was not found in ${task.shown}; nothing was changed.`,
        newName: "new is",
        advice: "Take old from the file exactly as it stands there, without line numbers.",
      });
    case "ambiguous": {
      const what = `${name}old occurs ${outcome.lines.length} times in ${task.shown} (lines ${lineList(outcome.lines)})`;
      throw new ToolError(
        `${what}; nothing was changed. Add lines around it until it is unique, or set all to true.`,
      );
    }
  }
}

/** A text that is there only once earlier edits are made is another thing than a text that is not there. */
function refuseChain(body: string, old: string, at: { name: string; earlier: readonly FoundChange[] }): void {
  const splices = inOrder(at.earlier);
  const isApart = splices.every((splice, index) => splice.start >= (splices[index - 1]?.end ?? 0));
  if (splices.length === 0 || !isApart || !spliced(body, splices).includes(old)) return;
  throw new ToolError(
    `${at.name}old is there only after the edits before it; nothing was changed, since every edit is found in the file as it is now. Make one edit of those.`,
  );
}

function inOrder(found: readonly FoundChange[]): Splice[] {
  return found.flatMap((change) => change.splices).sort((a, b) => a.start - b.start);
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

function refuseOverlaps(found: readonly FoundChange[]): void {
  const placed = found
    .flatMap(({ splices }, index) => splices.map((splice) => ({ index, splice })))
    .sort((one, other) => one.splice.start - other.splice.start);
  let farthest = placed[0];
  for (const one of placed.slice(1)) {
    if (farthest !== undefined && overlaps(farthest.splice, one.splice)) {
      const [first, second] = [farthest.index, one.index].sort((a, b) => a - b);
      throw new ToolError(
        `edits[${second}]: old overlaps that of edits[${first}]; nothing was changed. Make one edit of the two.`,
      );
    }
    if (farthest === undefined || one.splice.end > farthest.splice.end) farthest = one;
  }
}

/** Where the text of each splice begins once all are made. */
function placesAfter(splices: readonly Splice[]): ReadonlyMap<Splice, number> {
  const places = new Map<Splice, number>();
  let shift = 0;
  for (const splice of splices) {
    places.set(splice, splice.start + shift);
    shift += splice.text.length - (splice.end - splice.start);
  }
  return places;
}

function changeNotes(
  body: string,
  change: FoundChange,
  { edited, places }: { edited: string; places: ReadonlyMap<Splice, number> },
): string[] {
  const [first] = change.splices;
  const count = change.splices.length;
  const lines =
    first === undefined ? [] : changedLines(body, first, { after: edited, at: places.get(first) ?? 0 });
  return [...(count > 1 ? [`${count} places`] : []), ...lines, ...stageNote(change.stage, change.name)];
}
