/** Digests of the requests that make sessions: the same id and body gives the same answer, another body is refused. */
import { createHash } from "node:crypto";
import type { CreateSession } from "../../protocol/session.ts";

/** Of what makes a session. */
export function digestOfCreation(request: CreateSession): string {
  const { project, title, engine, model, mode, modeEndsAt } = request;
  const fields = [project, title, engine, model, mode].map((field) => field ?? null);
  // Behind the others, and only where it is: the digests of older logs stay what they are.
  const all = modeEndsAt === undefined ? fields : [...fields, modeEndsAt];
  return digestOfText(JSON.stringify(all));
}

/** Of anything that is written as one text. */
export function digestOfText(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}
