/** What `edit` and `write` share: a change worked out on known bytes, shown as a diff, and made only on those bytes. */
import { type ToolContext, ToolError, type ToolPlan, type ToolResult } from "../../agent/tool.ts";
import { binaryKind, type FileBytes, hashOf, readBytes } from "../../workspace/file-text.ts";
import { replaceFile } from "../../workspace/open-file.ts";
import { WorkspaceError } from "../../workspace/workspace-error.ts";
import { asToolError, checkUnmoved, type Place } from "../place.ts";
import { fileChange } from "./file-diff.ts";

/** New files get the rights that editors give them. */
const newFileMode = 0o644;

export interface PlannedChange {
  readonly place: Place;
  /** Null: the file is new. */
  readonly before: FileBytes | null;
  readonly after: Buffer;
  /** For the model, after the change was made. */
  readonly notes: readonly string[];
  /** The model has seen `before`, so it knows `after` too. */
  readonly isKnown: boolean;
}

/** The file's bytes, or null when there is none. Throws ToolError for folders, devices, files that are too large. */
export async function bytesOf(place: Place): Promise<FileBytes | null> {
  try {
    return await readBytes(place.absolute);
  } catch (error) {
    if (error instanceof WorkspaceError && error.code === "not_found") return null;
    throw asToolError(error, "Choose a regular text file.");
  }
}

/** What a file that cannot be edited as text is; null for text. */
export function kindOf(bytes: Buffer): string | null {
  return binaryKind(bytes.subarray(0, 8_192));
}

/** Makes the plan; `run` throws ToolError when the file is no longer what the plan was made on. */
export function changePlan(change: PlannedChange): ToolPlan {
  const { place, before, after } = change;
  const difference = fileChange(
    place.shown,
    before === null ? null : before.bytes.toString("utf8"),
    after.toString("utf8"),
  );
  const { added, removed } = difference;
  const created = before === null;
  const line = difference.content[0]?.newLine;
  return {
    title: place.shown,
    locations: [{ path: place.shown, ...(line === undefined ? {} : { line }) }],
    access: { type: "write", paths: place.accessPaths },
    subject: { type: "edit", path: place.shown, added, removed, created },
    content: difference.content,
    basis: `${place.absolute}\n${before?.hash ?? "new"}\n${hashOf(after)}`,
    async run(context): Promise<ToolResult> {
      await makeChange(change, context);
      const verb = created ? "Created" : "Changed";
      const text = [`${verb} ${place.shown}: +${added} −${removed}`, ...change.notes].join("\n");
      return { text, content: difference.content, output: { type: "edit", added, removed, created } };
    },
  };
}

async function makeChange(change: PlannedChange, context: ToolContext): Promise<void> {
  const { place, before, after } = change;
  await checkUnmoved(context, place);
  const now = await bytesOf(place);
  if ((now?.hash ?? null) !== (before?.hash ?? null)) {
    throw new ToolError(
      `${place.shown} was changed by someone else in the meantime; nothing was written. Read it again.`,
    );
  }
  context.signal.throwIfAborted();
  await replaceFile(place.absolute, after, before?.mode ?? newFileMode).catch((error: unknown) => {
    throw asToolError(error, "Nothing was written; call the tool again.");
  });
  if (change.isKnown) context.seen.set(place.absolute, hashOf(after));
}
