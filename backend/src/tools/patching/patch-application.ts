/** Works out what a file becomes by the chunks of a patch: each is found below its headers, in order, by the stages of `edit`. */
import { ToolError } from "../../agent/tool.ts";
import { isCertain, lineList, notFound, overlaps, stageNote, staleFile } from "../changes/change-report.ts";
import { bodyOf } from "../changes/file-bytes.ts";
import { lineAt, SearchedText, toByteString } from "../changes/file-lines.ts";
import { omissionIn } from "../changes/omission.ts";
import { type FindOutcome, findText, type Splice, spliced, type TextSpan } from "../changes/text-matching.ts";
import { type Anchor, PatchAnchors } from "./patch-anchors.ts";
import type { PatchChunk } from "./patch-text.ts";
import type { Scopes } from "./scopes.ts";

export interface PatchTask {
  /** For the model. */
  readonly shown: string;
  readonly chunks: readonly PatchChunk[];
  readonly bytes: Buffer;
  /** What is other in the file than the model last saw it; null: nothing. */
  readonly difference: string | null;
}

/** Throws ToolError when one of the chunks cannot be placed; then none is. */
export function patchedBytes(task: PatchTask): { after: Buffer; notes: string[] } {
  const { mark, body } = bodyOf(task.bytes);
  const notes: string[] = [];
  const splices: Splice[] = [];
  const file = new SearchedText(body);
  const known = { file, anchors: new PatchAnchors(file), bodyEnd: body.trimEnd().length };
  task.chunks.forEach((chunk, index) => {
    const name = task.chunks.length > 1 ? `chunk ${index + 1}` : "the chunk";
    const placed = placeChunk(known, chunk, { task, name, cursor: splices.at(-1)?.end ?? 0 });
    refuseOverlap(placed.splice, splices, name);
    splices.push(placed.splice);
    notes.push(...placed.notes);
  });
  const edited = spliced(
    body,
    [...splices].sort((a, b) => a.start - b.start),
  );
  return { after: Buffer.concat([mark, Buffer.from(edited, "latin1")]), notes };
}

/** What is known of the file, for all chunks. */
interface PatchedText {
  readonly file: SearchedText;
  readonly anchors: PatchAnchors;
  /** Nothing but white space follows. */
  readonly bodyEnd: number;
}

interface ChunkPlace {
  readonly task: PatchTask;
  readonly name: string;
  /** Where the chunk before it ends. */
  readonly cursor: number;
}

interface PlacedChunk {
  readonly splice: Splice;
  readonly notes: readonly string[];
}

function placeChunk(known: PatchedText, chunk: PatchChunk, place: ChunkPlace): PlacedChunk {
  const { body } = known.file;
  const old = sideOf(chunk, "-");
  const text = sideOf(chunk, "+");
  refuseOmission(text, old, place);
  const search = known.anchors.find(chunk.headers);
  if (search.type === "missing") throw lostHeader(body, chunk, place);
  if (search.type === "crowded") throw crowdedHeader(search.count, place);
  const { anchors, scopes } = search;
  if (old === "") return { splice: insertion(body, chunk, { place, anchors, text }), notes: [] };
  const narrow = narrowing(known, chunk, { scopes, cursor: place.cursor });
  const replacement = { old: toByteString(old), new: toByteString(text), all: false };
  const outcome = findText({ body: known.file, narrow }, replacement);
  const { shown, difference } = place.task;
  if (difference !== null && !isCertain(outcome)) throw staleFile(shown, difference);
  return foundChunk(body, outcome, { place, old, text });
}

function foundChunk(
  body: string,
  outcome: FindOutcome,
  { place, old, text }: { place: ChunkPlace; old: string; text: string },
): PlacedChunk {
  const { shown } = place.task;
  switch (outcome.type) {
    case "found": {
      const [splice = { start: 0, end: 0, text: "" }] = outcome.splices;
      return { splice, notes: stageNote(outcome.stage, "").map((note) => note.replace("old", place.name)) };
    }
    case "missing":
      throw notFound(body, {
        oldText: old,
        newText: text,
        start: `${sentence(place.name)}: its lines were not found in ${shown}; nothing was changed.`,
        newName: "Its new lines are",
        advice: "Take the lines with space and - from the file exactly as they stand there.",
      });
    case "ambiguous":
      throw new ToolError(
        `${sentence(place.name)} fits ${outcome.lines.length} places in ${shown} (lines ${lineList(outcome.lines)}); nothing was changed. Add lines of context, or an @@ line with the function or class that it is in.`,
      );
  }
}

function sentence(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/** The lines as they were (`-`) or as they shall be (`+`). */
function sideOf(chunk: PatchChunk, mark: "-" | "+"): string {
  return chunk.lines
    .filter((line) => line.mark === " " || line.mark === mark)
    .map((line) => `${line.text}\n`)
    .join("");
}

function refuseOmission(text: string, old: string, place: ChunkPlace): void {
  const omission = omissionIn(text, old);
  if (omission === null) return;
  throw new ToolError(
    `${sentence(place.name)} of ${place.task.shown} leaves code out ("${omission}"); nothing was changed. Write all lines, or make the chunk smaller.`,
  );
}

/** Whole lines; below the headers, best in their block; at the file's end where that is said; best after the chunk before. */
function narrowing(known: PatchedText, chunk: PatchChunk, at: { scopes: Scopes; cursor: number }) {
  const { body } = known.file;
  return (spans: readonly TextSpan[]): readonly TextSpan[] => {
    const whole = spans.filter((span) => span.start >= at.scopes.start && isWholeLines(body, span));
    const inBlock = whole.filter((span) => span.end <= at.scopes.reachAt(span.start));
    const atEnd = chunk.isAtEnd ? whole.filter((span) => span.end >= known.bodyEnd) : [];
    const ending = preferred(preferred(whole, inBlock), atEnd);
    return ending.length > 1
      ? preferred(
          ending,
          ending.filter((span) => span.start >= at.cursor),
        )
      : ending;
  };
}

function preferred(all: readonly TextSpan[], better: readonly TextSpan[]): readonly TextSpan[] {
  return better.length > 0 ? better : all;
}

function isWholeLines(body: string, span: TextSpan): boolean {
  const beginsLine = span.start === 0 || body[span.start - 1] === "\n";
  return beginsLine && (span.end === body.length || body[span.end - 1] === "\n");
}

/** A chunk of nothing but new lines stands right below its header, or at the end of the file where that is said. */
function insertion(
  body: string,
  chunk: PatchChunk,
  { place, anchors, text }: { place: ChunkPlace; anchors: readonly Anchor[]; text: string },
): Splice {
  const lineEnd = lineEndOf(body);
  const own = toByteString(text).replaceAll("\n", lineEnd);
  if (chunk.headers.length === 0) {
    if (!chunk.isAtEnd && body !== "")
      throw new ToolError(
        `${sentence(place.name)} of ${place.task.shown} has new lines alone and does not say where; nothing was changed. Put the line before them in front, with a space.`,
      );
    return insertAt(body, body.length, { own, lineEnd });
  }
  const [anchor] = anchors;
  if (anchors.length > 1 || anchor === undefined)
    throw new ToolError(
      `${sentence(place.name)}: its @@ line stands ${anchors.length} times in ${place.task.shown} (lines ${lineList(anchors.map((one) => lineAt(body, one.start)))}); nothing was changed. Put an @@ line with the class or function around it in front.`,
    );
  return insertAt(body, anchor.end, { own, lineEnd });
}

function insertAt(body: string, at: number, { own, lineEnd }: { own: string; lineEnd: string }): Splice {
  const isOpen = at > 0 && body[at - 1] !== "\n";
  // A file without a final newline keeps it that way.
  const text = isOpen ? lineEnd + own.slice(0, own.length - lineEnd.length) : own;
  return { start: at, end: at, text };
}

function lineEndOf(body: string): string {
  const first = body.indexOf("\n");
  return first > 0 && body[first - 1] === "\r" ? "\r\n" : "\n";
}

function crowdedHeader(count: number, place: ChunkPlace): ToolError {
  return new ToolError(
    `${sentence(place.name)}: its @@ line stands on ${count} lines of ${place.task.shown}; nothing was changed. Use a line that stands there once, such as one with the class or function, or @@ alone with lines of context.`,
  );
}

function lostHeader(body: string, chunk: PatchChunk, place: ChunkPlace): ToolError {
  const header = chunk.headers.join("\n");
  return notFound(body, {
    oldText: header,
    newText: "",
    start: `${sentence(place.name)}: its @@ line was not found in ${place.task.shown}; nothing was changed.`,
    newName: "",
    advice: "Use one of these lines after @@, or @@ alone with lines of context.",
  });
}

function refuseOverlap(splice: Splice, earlier: readonly Splice[], name: string): void {
  if (!earlier.some((other) => overlaps(splice, other))) return;
  throw new ToolError(
    `${sentence(name)} overlaps one before it; nothing was changed. Make one chunk of the two.`,
  );
}
