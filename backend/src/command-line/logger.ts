/** Writes what happens to standard error, one line each. */
import type { Config } from "../config.ts";
import type { Logger } from "../server/parts.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** A logger that writes from `level` up. Callers give facts; secrets that stand in them all the same are taken out. */
export function createLogger(level: Config["logLevel"], redaction: Redaction): Logger {
  const write =
    (own: (typeof levels)[number]) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      if (levels.indexOf(own) < levels.indexOf(level)) return;
      const line = redaction.text(`${message}${describeFacts(facts)}`);
      process.stderr.write(`${new Date().toISOString()} ${own} ${line}\n`);
    };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function describeFacts(facts: Readonly<Record<string, unknown>>): string {
  return Object.entries(facts)
    .map(
      ([key, value]) =>
        ` ${key}=${value instanceof Error ? (value.stack ?? value.message) : JSON.stringify(value)}`,
    )
    .join("");
}
