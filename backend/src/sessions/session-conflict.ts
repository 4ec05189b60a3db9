/** The one error of this folder that a client is told of. */
import type * as z from "zod";
import type { ProblemCode } from "../protocol/problem.ts";

type ConflictCode = z.infer<typeof ProblemCode>;

/** What was asked does not fit what the session is doing or has done; `data` holds the facts behind `code`. */
export class SessionConflict extends Error {
  override readonly name = "SessionConflict";
  readonly code: ConflictCode;
  readonly data: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ConflictCode, message: string, data?: Readonly<Record<string, unknown>>) {
    super(message);
    this.code = code;
    this.data = data;
  }
}

/** There is none of that id, or no longer. */
export function noSession(): SessionConflict {
  return new SessionConflict("session_not_found", "There is no session of that id.");
}

/** The disk refused; `what` says what could not be done. */
export function notSaving(cause: unknown, what = "This cannot be saved on the machine now"): SessionConflict {
  const error = new SessionConflict("not_saving", `${what}: ${messageOf(cause)}`);
  error.cause = cause;
  return error;
}

/** Nothing new begins on a disk that is nearly full: throws `disk_full`. */
export async function assertRoom(parts: { hasRoom(): Promise<boolean> }): Promise<void> {
  if (await parts.hasRoom()) return;
  throw new SessionConflict(
    "disk_full",
    "Less than 50 MB are free on this machine. Make room, then try again.",
  );
}

/** What a failure says of itself. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
