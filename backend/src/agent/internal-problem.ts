/** What should not happen and did, as the problem that ends a turn. */
import type { TurnProblem } from "../protocol/session.ts";

/** With the words of whatever was thrown. */
export function internalProblem(error: unknown): TurnProblem {
  return { code: "internal", detail: error instanceof Error ? error.message : String(error) };
}
