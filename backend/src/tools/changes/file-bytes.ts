/** A file's bytes for the tools that change it. */
import { binaryKind, type FileBytes, readBytes } from "../../workspace/files/file-text.ts";
import { WorkspaceError } from "../../workspace/workspace-error.ts";
import { asToolError, type Place } from "../place.ts";

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

const mark = Buffer.from("\uFEFF", "utf8");

/** The file's bytes after a byte order mark, which stays what it is. */
export function bodyOf(bytes: Buffer): { mark: Buffer; body: string } {
  const start = bytes.subarray(0, mark.length).equals(mark) ? mark.length : 0;
  return { mark: bytes.subarray(0, start), body: bytes.subarray(start).toString("latin1") };
}
