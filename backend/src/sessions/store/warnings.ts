/** What an operator is told of failures that keep nobody from going on. */
import { messageOf } from "../session-conflict.ts";

/** Takes a failure, and says what could not be done. */
export function warnOf(what: string): (error: unknown) => void {
  return (error) => process.emitWarning(`${what}: ${messageOf(error)}`);
}
