/** Writes what happens to standard error, one line each. */
import type { Config } from "../config.ts";
import type { Logger } from "../server/parts.ts";

const levels = ["debug", "info", "warn", "error"] as const;

/** A logger that writes from `level` up. Callers give facts, never secrets. */
export function createLogger(level: Config["logLevel"]): Logger {
  const write =
    (own: (typeof levels)[number]) =>
    (message: string, facts: Readonly<Record<string, unknown>> = {}) => {
      if (levels.indexOf(own) < levels.indexOf(level)) return;
      process.stderr.write(`${new Date().toISOString()} ${own} ${message}${describeFacts(facts)}\n`);
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
