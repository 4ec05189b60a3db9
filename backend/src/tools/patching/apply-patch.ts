/** Changes, makes, moves and deletes files by one patch, for models that were trained on that form. */

import * as z from "zod";
import { type Tool, type ToolContext, ToolError } from "../../agent/tool.ts";
import { shortTitle } from "../call-title.ts";
import { differenceSince, staleFile, staleNote } from "../changes/change-report.ts";
import { bytesOf, kindOf } from "../changes/file-bytes.ts";
import { type FileState, filesPlan } from "../changes/files-plan.ts";
import { omissionIn } from "../changes/omission.ts";
import { missingFile, type Place, placeOf } from "../place.ts";
import { patchedBytes } from "./patch-application.ts";
import { type FilePatch, readPatch } from "./patch-text.ts";

const Input = z.object({
  patch: z.string().min(1).max(1_000_000).describe("From *** Begin Patch to *** End Patch"),
});
type Input = z.infer<typeof Input>;

/** The `apply_patch` tool: offered to models that know the form, in place of `edit`. */
export const applyPatchTool: Tool<Input> = {
  name: "apply_patch",
  kind: "edit",
  description:
    "Change files by a patch, all or none: *** Begin Patch, then *** Update File: path (with *** Move to: path if moved) and chunks of @@ and lines beginning with space, - or +; *** Add File: path with + lines; *** Delete File: path; *** End Patch. Paths relative to the project.",
  brief: "Change files by a patch (*** Begin Patch … *** End Patch), all or none.",
  input: Input,
  synonyms: {
    input: "patch",
    diff: "patch",
    patchText: "patch",
    patch_text: "patch",
    text: "patch",
    content: "patch",
  },
  readOnly: false,
  editFormat: "patch",
  title: (input) => titleOf(input.patch),
  async plan(input, context) {
    const files = new PatchedFiles(context);
    for (const patch of readPatch(input.patch)) await files.take(patch);
    return filesPlan(files.changed());
  },
};

function titleOf(patch: string): string {
  return shortTitle(
    readPatch(patch)
      .map((file) => file.path)
      .join(", "),
  );
}

/** The files as the patch leaves them, one section after the other; nothing is written. */
class PatchedFiles {
  readonly #context: ToolContext;
  readonly #states = new Map<string, FileState>();

  constructor(context: ToolContext) {
    this.#context = context;
  }

  /** Those that differ from what is on the disk. Throws ToolError when there are none. */
  changed(): readonly FileState[] {
    const states = [...this.#states.values()].filter(
      ({ before, after }) => !(after === null ? before === null : before?.bytes.equals(after)),
    );
    if (states.length > 0) return states;
    throw new ToolError(
      "The patch changes nothing: the files already have this text. Go on with the next step.",
    );
  }

  async take(patch: FilePatch): Promise<void> {
    const state = await this.#stateOf(patch.path);
    switch (patch.type) {
      case "add":
        return this.#add(state, patch.lines);
      case "delete":
        return this.#delete(state);
      case "update":
        return this.#update(state, patch);
    }
  }

  async #stateOf(path: string): Promise<FileState> {
    const place = await placeOf(this.#context, path);
    const known = this.#states.get(place.absolute);
    if (known !== undefined) return known;
    const before = await bytesOf(place);
    const seen = this.#context.seen.hashOf(place.absolute);
    if (place.isGuarded && before !== null && seen !== before.hash)
      throw new ToolError(`${place.shown} must be read before it is changed. Read it first.`);
    const isKnown = before === null || seen === before.hash;
    return { place, before, after: before?.bytes ?? null, movedFrom: null, notes: [], isKnown };
  }

  #put(state: FileState): void {
    this.#states.set(state.place.absolute, state);
  }

  #add(state: FileState, lines: readonly string[]): void {
    if (state.after !== null)
      throw new ToolError(
        `${state.place.shown} already exists; nothing was changed. Use *** Update File for it.`,
      );
    const text = lines.map((line) => `${line}\n`).join("");
    const omission = omissionIn(text, state.before?.bytes.toString("utf8") ?? "");
    if (omission !== null)
      throw new ToolError(
        `The new file ${state.place.shown} leaves code out ("${omission}"); nothing was changed. Write the whole file.`,
      );
    this.#put({ ...state, after: Buffer.from(text, "utf8") });
  }

  async #delete(state: FileState): Promise<void> {
    if (state.after === null) throw await missingFile(this.#context, state.place);
    const difference = this.#differenceOf(state);
    if (difference !== null) throw staleFile(state.place.shown, difference);
    this.#put({ ...state, after: null });
  }

  async #update(state: FileState, patch: Extract<FilePatch, { type: "update" }>): Promise<void> {
    if (state.after === null) throw await missingFile(this.#context, state.place);
    const kind = patch.chunks.length > 0 ? kindOf(state.after) : null;
    if (kind !== null)
      throw new ToolError(
        `${state.place.shown} is not text (${kind}); nothing was changed. Use shell with a program that understands it.`,
      );
    const difference = this.#differenceOf(state);
    const task = { shown: state.place.shown, chunks: patch.chunks, bytes: state.after, difference };
    const { after, notes } = patchedBytes(task);
    const told = difference === null ? notes : [staleNote(difference), ...notes];
    const updated = { ...state, after, notes: [...state.notes, ...told] };
    if (patch.moveTo === null) return this.#put(updated);
    return this.#move(updated, await this.#stateOf(patch.moveTo));
  }

  #move(from: FileState, to: FileState): void {
    if (to.place.absolute === from.place.absolute) return this.#put(from);
    if (to.after !== null) throw occupied(to.place);
    this.#put({ ...from, after: null, notes: [] });
    this.#put({ ...to, after: from.after, movedFrom: from, notes: from.notes, isKnown: from.isKnown });
  }

  /** What is other on the disk than the model last saw it; null: nothing. */
  #differenceOf({ place, before }: FileState): string | null {
    const { seen } = this.#context;
    const hash = seen.hashOf(place.absolute);
    if (hash === undefined || before === null || hash === before.hash) return null;
    return differenceSince(seen.bytesOf(place.absolute), before.bytes);
  }
}

function occupied(place: Place): ToolError {
  return new ToolError(
    `${place.shown} already exists; nothing was changed. Delete it in the same patch first, or move to another path.`,
  );
}
