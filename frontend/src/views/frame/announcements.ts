/** Says once, to a screen reader, that another session than the open one has come to need a person. */
import { announce } from "../../lib/live-region.ts";
import { effect } from "../../lib/signal.ts";
import { openSessionId } from "../../state/navigation.ts";
import { groups, isListLoaded, summaryOf } from "../../state/session-list.ts";
import { text } from "../../text/en.ts";

/** Listens for the page's life. Sessions that waited already when the page was opened are in the list, and not said. */
export function announceNeedsYou(): void {
  let known: readonly string[] | null = null;
  effect(() => {
    if (!isListLoaded.value) return;
    const waiting = groups.value.find((group) => group.kind === "needs_you")?.ids ?? [];
    const [news] = known === null ? [] : waiting.filter((id) => known?.includes(id) === false);
    known = waiting;
    if (news === undefined || news === openSessionId()) return;
    announce(text.sessions.nowNeedsYou(summaryOf(news)?.title ?? text.sessions.untitled));
  });
}
