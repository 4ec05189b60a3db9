/** The way back to the end: `↓ Latest`, or `↓ 4 new`. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { pill as words } from "../../text/en-session.ts";
import type { TranscriptRow } from "./rows.ts";

/** Shown while the end is not in view. */
export function Pill(options: {
  readonly isAtEnd: ReadonlySignal<boolean>;
  readonly rows: ReadonlySignal<readonly TranscriptRow[]>;
  readonly toEnd: () => void;
}): Child {
  const seenKey = signal<string | null>(null);
  effect(() => {
    if (options.isAtEnd.value) seenKey.value = options.rows.value.at(-1)?.key ?? null;
    return undefined;
  });
  const label = () => {
    const rows = options.rows.value;
    // A row that was folded away with others is not found; then nothing is known to be new.
    const seen = rows.findLastIndex((row) => row.key === seenKey.value);
    const fresh = seen < 0 ? 0 : rows.length - 1 - seen;
    return fresh > 0 ? words.fresh(fresh) : words.latest;
  };
  return (): Child =>
    options.isAtEnd.value
      ? null
      : h(
          "button",
          { type: "button", class: "pill", onclick: options.toEnd },
          icon("arrow_down"),
          h("span", null, label),
        );
}
