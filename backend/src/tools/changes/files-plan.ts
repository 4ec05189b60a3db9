/** Changes of one file or several that are made together or not at all: worked out on known bytes, shown as diffs, taken back on failure. */

import {
  changeCounts,
  type ToolContext,
  ToolError,
  type ToolPlan,
  type ToolResult,
} from "../../agent/tool.ts";
import type { DiffContent, ToolCallLocation } from "../../protocol/tool-call.ts";
import { type FileBytes, hashOf } from "../../workspace/files/file-text.ts";
import { removeFile, replaceFile } from "../../workspace/files/open-file.ts";
import { shortTitle } from "../call-title.ts";
import { asToolError, checkUnmoved, type Place } from "../place.ts";
import { bytesOf } from "./file-bytes.ts";
import { fileChange } from "./file-diff.ts";

/** New files get the rights that editors give them. */
const newFileMode = 0o644;

/** One file before and after; null: there is none. */
export interface FileState {
  readonly place: Place;
  readonly before: FileBytes | null;
  readonly after: Buffer | null;
  /** Where its content came from, when it was moved. */
  readonly movedFrom: FileState | null;
  readonly notes: readonly string[];
  /** The model knows the file as it will be. */
  readonly isKnown: boolean;
}

/** Makes the plan; `run` throws ToolError when one of the files is no longer what the plan was made on. */
export function filesPlan(states: readonly FileState[]): ToolPlan {
  const changes = states.filter((state) => !isMovedAway(state, states)).map(describeState);
  const added = changes.reduce((sum, change) => sum + change.added, 0);
  const removed = changes.reduce((sum, change) => sum + change.removed, 0);
  const created = states.every((state) => state.before === null);
  const title = changes.map((change) => change.path).join(", ");
  const content = changes.flatMap((change) => change.content);
  return {
    title: shortTitle(title),
    locations: states.map((state) => locationOf(state, content)),
    access: { type: "write", paths: [...new Set(states.flatMap(({ place }) => place.accessPaths))] },
    subject: { type: "edit", path: title, added, removed, created, ...lossOf(states) },
    content,
    basis: states.map(basisOf).join("\n"),
    async run(context): Promise<ToolResult> {
      await makeAll(states, context);
      const text = changes.map((change) => change.text).join("\n");
      return { text, content, output: { type: "edit", added, removed, created } };
    },
  };
}

/** With the first line that changes, where it is shown. */
function locationOf({ place }: FileState, content: readonly DiffContent[]): ToolCallLocation {
  const line = content.find(({ path }) => path === place.shown)?.newLine;
  return { path: place.shown, ...(line === undefined ? {} : { line }) };
}

/** What a person must see who is asked, and what no earlier permission covers. */
function lossOf(states: readonly FileState[]): { deleted?: true; moved?: true } {
  const isDeleted = states.some((state) => state.after === null && !isMovedAway(state, states));
  const isMoved = states.some((state) => state.movedFrom !== null);
  return { ...(isDeleted ? { deleted: true } : {}), ...(isMoved ? { moved: true } : {}) };
}

function basisOf({ place, before, after }: FileState): string {
  return `${place.absolute} ${before?.hash ?? "new"} ${after === null ? "deleted" : hashOf(after)}`;
}

function isMovedAway(state: FileState, states: readonly FileState[]): boolean {
  return state.after === null && states.some((other) => other.movedFrom?.place === state.place);
}

interface DescribedChange {
  readonly path: string;
  readonly text: string;
  readonly content: readonly DiffContent[];
  readonly added: number;
  readonly removed: number;
}

function describeState(state: FileState): DescribedChange {
  const { place, before, after, movedFrom } = state;
  const path = movedFrom === null ? place.shown : `${movedFrom.place.shown} → ${place.shown}`;
  const origin = movedFrom?.before ?? before;
  const change = fileChange(path, origin?.bytes.toString("utf8") ?? null, after?.toString("utf8") ?? "");
  const verb =
    after === null ? "Deleted" : movedFrom !== null ? "Moved" : before === null ? "Created" : "Changed";
  const text = [`${verb} ${path}: ${changeCounts(change)}`, ...state.notes].join("\n");
  return { ...change, path, text };
}

async function makeAll(states: readonly FileState[], context: ToolContext): Promise<void> {
  for (const state of states) await checkUnchanged(state, context);
  context.signal.throwIfAborted();
  const made: FileState[] = [];
  try {
    for (const state of states) {
      made.push(state);
      await put(state.place, state.after, state.before?.mode ?? state.movedFrom?.before?.mode);
    }
  } catch (error) {
    const left = await takenBack(made);
    const advice =
      left.length === 0
        ? "Nothing was changed; call the tool again."
        : `Not everything could be taken back: look at ${left.join(", ")}.`;
    throw asToolError(error, advice);
  }
  for (const state of states) remember(state, context);
}

async function checkUnchanged({ place, before }: FileState, context: ToolContext): Promise<void> {
  await checkUnmoved(context, place);
  const now = await bytesOf(place);
  if ((now?.hash ?? null) === (before?.hash ?? null)) return;
  throw new ToolError(
    `${place.shown} was changed by someone else in the meantime; nothing was written. Read it again.`,
  );
}

async function put(place: Place, bytes: Buffer | null, mode = newFileMode): Promise<void> {
  if (bytes === null) await removeFile(place.absolute);
  else await replaceFile(place.absolute, bytes, mode);
}

/** Gives files their old content again, the last first; names those that could not be. */
async function takenBack(made: readonly FileState[]): Promise<string[]> {
  const left: string[] = [];
  for (const { place, before } of [...made].reverse()) {
    try {
      const now = await bytesOf(place);
      if ((now?.hash ?? null) !== (before?.hash ?? null))
        await put(place, before?.bytes ?? null, before?.mode);
    } catch {
      // What cannot be taken back is told to the model with the failure itself.
      left.push(place.shown);
    }
  }
  return left;
}

function remember({ place, after, isKnown }: FileState, context: ToolContext): void {
  if (after === null) context.seen.forget(place.absolute);
  else if (isKnown) context.seen.see(place.absolute, hashOf(after), after);
}
