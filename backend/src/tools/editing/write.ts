/** Makes a file, or replaces one whole. */

import * as z from "zod";
import { type Tool, ToolError } from "../../agent/tool.ts";
import type { FileBytes } from "../../workspace/files/file-text.ts";
import { pathSynonyms } from "../argument-names.ts";
import { bytesOf } from "../changes/file-bytes.ts";
import { filesPlan } from "../changes/files-plan.ts";
import { omissionIn } from "../changes/omission.ts";
import { type Place, placeOf } from "../place.ts";

const Input = z.object({
  path: z.string().min(1).describe("File, relative to the project"),
  content: z.string().describe("The whole file"),
});
type Input = z.infer<typeof Input>;

/** The `write` tool. */
export const writeTool: Tool<Input> = {
  name: "write",
  kind: "edit",
  description:
    "Create a file with its folders, or replace a whole file (read it first). For a change in an existing file use edit.",
  brief: "Create a file, or replace a whole one (read it first).",
  input: Input,
  synonyms: {
    ...pathSynonyms,
    contents: "content",
    text: "content",
    file_text: "content",
    data: "content",
    code: "content",
  },
  readOnly: false,
  title: (input) => input.path,
  async plan(input, context) {
    const place = await placeOf(context, input.path);
    const before = await bytesOf(place);
    if (before !== null) refuseUnread(place, before, context.seen.hashOf(place.absolute));
    refuseOmission(input.content, before);
    const after = Buffer.from(input.content, "utf8");
    if (before?.bytes.equals(after))
      throw new ToolError(`${place.shown} already has this content. Go on with the next step.`);
    return filesPlan([{ place, before, after, movedFrom: null, notes: [], isKnown: true }]);
  },
};

function refuseUnread(place: Place, before: FileBytes, seen: string | undefined): void {
  if (seen === before.hash) return;
  const why =
    seen === undefined ? "exists and was not read in this session" : "has changed since you last saw it";
  throw new ToolError(`${place.shown} ${why}; nothing was written. Read it first, or use edit.`);
}

function refuseOmission(content: string, before: FileBytes | null): void {
  const omission = omissionIn(content, before?.bytes.toString("utf8") ?? "");
  if (omission === null) return;
  throw new ToolError(
    `The content leaves code out ("${omission}"). Write the whole file, or use edit for a piece of it.`,
  );
}
