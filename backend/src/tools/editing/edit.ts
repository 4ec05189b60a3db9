/** Replaces pieces of text in a file. */
import * as z from "zod";
import { type Tool, ToolError } from "../../agent/tool.ts";
import { pathSynonyms, withOwnNames } from "../argument-names.ts";
import { differenceSince } from "../changes/change-report.ts";
import { bytesOf, kindOf } from "../changes/file-bytes.ts";
import { filesPlan } from "../changes/files-plan.ts";
import { missingFile, placeOf } from "../place.ts";
import { editedBytes, type TextChange } from "./edit-application.ts";

const synonyms = {
  old_string: "old",
  oldString: "old",
  old_str: "old",
  oldStr: "old",
  oldText: "old",
  old_text: "old",
  old_content: "old",
  find: "old",
  search: "old",
  new_string: "new",
  newString: "new",
  new_str: "new",
  newStr: "new",
  newText: "new",
  new_text: "new",
  new_content: "new",
  replace: "new",
  replacement: "new",
  replace_all: "all",
  replaceAll: "all",
  allow_multiple: "all",
};

const Change = z
  .preprocess(
    (value) => withOwnNames(value, synonyms),
    z.object({ old: z.string(), new: z.string(), all: z.boolean().optional() }),
  )
  .meta({
    type: "object",
    properties: { old: { type: "string" }, new: { type: "string" }, all: { type: "boolean" } },
    required: ["old", "new"],
  });
const Input = z.object({
  path: z.string().min(1).describe("File, relative to the project"),
  old: z.string().optional().describe("Text as it stands in the file, unique in it"),
  new: z.string().optional().describe("Text to put there"),
  all: z.boolean().optional().describe("Replace every place"),
  edits: z.array(Change).max(100).optional().describe("Several changes at once, instead of old and new"),
});
type Input = z.infer<typeof Input>;

/** The `edit` tool. */
export const editTool: Tool<Input> = {
  name: "edit",
  kind: "edit",
  description:
    "Replace text in a file. `old` must be in the file exactly once (or set all); give enough lines around it, without line numbers. Use edits for several changes, each found in the file as it is now, all made or none.",
  brief: "Replace text in a file: `old` must stand there exactly once. edits: several at once.",
  input: Input,
  synonyms: {
    ...pathSynonyms,
    ...synonyms,
    changes: "edits",
  },
  readOnly: false,
  editFormat: "edit",
  title: (input) => input.path,
  async plan(input, context) {
    const place = await placeOf(context, input.path);
    const changes = changesOf(input);
    const seen = context.seen.hashOf(place.absolute);
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
    const isStale = seen !== undefined && seen !== before.hash;
    const difference = isStale ? differenceSince(context.seen.bytesOf(place.absolute), before.bytes) : null;
    const edited = editedBytes({ shown: place.shown, changes, bytes: before.bytes, difference });
    return filesPlan([{ place, before, ...edited, movedFrom: null, isKnown: seen === before.hash }]);
  },
};

function changesOf(input: Input): readonly TextChange[] {
  const single =
    input.old !== undefined && input.new !== undefined
      ? [{ old: input.old, new: input.new, all: input.all }]
      : [];
  const changes = input.edits !== undefined && input.edits.length > 0 ? input.edits : single;
  if (changes.length > 0) return changes;
  throw new ToolError("`old` and `new` are missing. Give both, or edits: [{old, new}].");
}
