/** What can be wrong with a file or a program in a project; tools turn it into advice for the model. */

export type WorkspaceErrorCode =
  | "not_found"
  | "not_a_file"
  | "is_a_folder"
  | "too_large"
  | "bad_path"
  | "not_allowed"
  | "changed"
  | "bad_pattern"
  | "missing_program"
  | "failed";

/** A failure with a cause that a program can tell apart; the message is for people. */
export class WorkspaceError extends Error {
  override readonly name = "WorkspaceError";
  readonly code: WorkspaceErrorCode;

  constructor(code: WorkspaceErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The code of a failed system call, such as `ENOENT`; null for any other error. */
export function systemErrorCode(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : null;
}
