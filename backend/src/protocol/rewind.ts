/** Going back to before a turn: the project's files, the conversation, or both, and taking that back again. */
import * as z from "zod";
import { ClientId, Seq, Timestamp } from "./identifiers.ts";

/** What goes back. */
export const RewindScope = z.enum(["files", "conversation", "both"]).meta({ id: "RewindScope" });
export type RewindScope = z.infer<typeof RewindScope>;

/** A file that is not as it was before the turn, and what the rewind would do to it. */
export const RewindFile = z
  .object({
    /** Relative to the project. */
    path: z.string(),
    change: z.enum(["restored", "recreated", "deleted"]),
    /** Lines that come and go when it is put back. */
    additions: z.int(),
    deletions: z.int(),
    /** By someone else, after the session's last checkpoint: it stays unless its path is named in `paths`. */
    changedSince: z.boolean(),
    /** Present: it stays whatever is chosen. not_kept: its bytes of then or of now are in no checkpoint; ignored: by git, now. */
    stays: z.enum(["not_kept", "ignored"]).optional(),
  })
  .meta({ id: "RewindFile" });
export type RewindFile = z.infer<typeof RewindFile>;

/** What a rewind would do; nothing has been changed. `digest` stands for exactly this. */
export const RewindPreview = z
  .object({
    turnId: z.string(),
    /** Of the turn's prompt. */
    at: Timestamp,
    keepThrough: Seq,
    /** How many leave the conversation. */
    turns: z.int(),
    files: z.array(RewindFile),
    /** Of all files that differ, where they are more than are listed; so many cannot go back at once. */
    fileCount: z.int().optional(),
    /** False: there is no checkpoint of that turn's start. */
    filesKnown: z.boolean(),
    digest: z.string(),
  })
  .meta({ id: "RewindPreview" });
export type RewindPreview = z.infer<typeof RewindPreview>;

const paths = z.array(z.string().max(4096)).max(10_000).optional();

const PreviewRewind = z.strictObject({
  turnId: z.string(),
  scope: RewindScope,
  paths,
  preview: z.literal(true),
});

const DoRewind = z.strictObject({
  id: ClientId,
  turnId: z.string(),
  scope: RewindScope,
  /** The files that go back, those changed since included; absent: all but those. */
  paths,
  /** Of the preview that the person saw. */
  digest: z.string(),
});
export type DoRewind = z.infer<typeof DoRewind>;

/** `undoes`: the seq of a rewind, or of the compaction_update that completed. */
const UndoRewind = z.strictObject({ id: ClientId, undoes: Seq });
export type UndoRewind = z.infer<typeof UndoRewind>;

/** To look, to do it, to take it back. */
export const RewindRequest = z.union([PreviewRewind, DoRewind, UndoRewind]).meta({ id: "RewindRequest" });
export type RewindRequest = z.infer<typeof RewindRequest>;

/** A file that stayed as it was, and why. */
export const SkippedFile = z
  .object({ path: z.string(), reason: z.enum(["changed_since", "not_kept", "ignored", "failed"]) })
  .meta({ id: "SkippedFile" });
export type SkippedFile = z.infer<typeof SkippedFile>;

/** What became of it; `seq` is what an undo names. */
export const RewindAnswer = z
  .object({ seq: Seq, done: z.array(z.string()), skipped: z.array(SkippedFile) })
  .meta({ id: "RewindAnswer" });
export type RewindAnswer = z.infer<typeof RewindAnswer>;

/** A rewind in a list of all of a session's: what it says of which events stand in the conversation. */
export const RewindMark = z
  .object({
    seq: Seq,
    /** Null: nothing leaves the conversation. */
    keepThrough: Seq.nullable(),
    /** Null: it takes nothing back. */
    undoes: Seq.nullable(),
  })
  .meta({ id: "RewindMark" });
export type RewindMark = z.infer<typeof RewindMark>;
