/** What every entry has: an article with a heading for screen readers, which is the way through a transcript. */
import type { TranscriptEntry } from "../../../../transcript/transcript.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatClock } from "../../lib/format.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import type { SessionContext } from "../session/session-context.ts";

export type EntryOf<Type extends TranscriptEntry["type"]> = Extract<TranscriptEntry, { readonly type: Type }>;

/** Draws one kind of entry; it is called once per entry, and the signal brings the changes. */
export type EntryView<Type extends TranscriptEntry["type"]> = (
  entry: ReadonlySignal<EntryOf<Type>>,
  context: SessionContext,
) => HTMLElement;

/** An article named by `heading`. */
export function article(
  className: string,
  heading: () => string,
  ...children: readonly Child[]
): HTMLElement {
  return h(
    "article",
    { class: `entry ${className}` },
    h("h3", { class: "visually-hidden" }, heading),
    ...children,
  );
}

/** The clock time of an entry. */
export function clockOf(at: string): string {
  return formatClock(new Date(at));
}
