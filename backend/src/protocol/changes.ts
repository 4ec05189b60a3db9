/** What a turn changed in the project's files, line by line, as git sees it. */
import * as z from "zod";
import { ChangedFile, ChangeSummary } from "./session.ts";

/** One line of a diff, without its newline. */
export const DiffLine = z
  .object({
    type: z.enum(["context", "added", "removed"]),
    text: z.string(),
    /** 1-based; absent on an added line. */
    oldLine: z.int().optional(),
    /** 1-based; absent on a removed line. */
    newLine: z.int().optional(),
    /** The file ends here without a newline. */
    noNewline: z.boolean().optional(),
  })
  .meta({ id: "DiffLine" });
export type DiffLine = z.infer<typeof DiffLine>;

/** Neighbouring lines of a diff. `heading` is what git shows behind the `@@`: the function around it, or "". */
export const DiffHunk = z
  .object({ heading: z.string(), oldStart: z.int(), newStart: z.int(), lines: z.array(DiffLine) })
  .meta({ id: "DiffHunk" });
export type DiffHunk = z.infer<typeof DiffHunk>;

/** One file's diff. `truncated`: it is longer than the server sends in one answer. */
export const FileDiff = z
  .object({ file: ChangedFile, hunks: z.array(DiffHunk), truncated: z.boolean() })
  .meta({ id: "FileDiff" });
export type FileDiff = z.infer<typeof FileDiff>;

/** What one turn changed, between the checkpoints of its start and its end. */
export const TurnChanges = z
  .object({ turnId: z.string(), summary: ChangeSummary, diffs: z.array(FileDiff) })
  .meta({ id: "TurnChanges" });
export type TurnChanges = z.infer<typeof TurnChanges>;
