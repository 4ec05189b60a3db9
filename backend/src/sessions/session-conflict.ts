/** The one error of this folder that a client is told of. */
import type * as z from "zod";
import type { ProblemCode } from "../protocol/problem.ts";

export type ConflictCode = z.infer<typeof ProblemCode>;

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
