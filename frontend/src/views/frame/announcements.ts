/** What is said once of sessions that are not open: that one needs a person, and that a decision came back. */
import { announce } from "../../lib/live-region.ts";
import { effect, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go, openSessionId } from "../../state/navigation.ts";
import { waiting } from "../../state/outbox/outbox.ts";
import { groups, isListLoaded, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { showBar } from "./bars.ts";

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

/** A decision that the machine did not take is handed back with words: on its card, or here where no card shows it. */
export function announceHandedBack(): void {
  const said = new Set<string>();
  effect(() => {
    for (const { id, kind, sessionId, phase, failure } of waiting.value) {
      if (kind !== "decision" || phase !== "refused" || failure === null || said.has(id)) continue;
      said.add(id);
      if (document.querySelector(`[data-request="${CSS.escape(id)}"]`) !== null) continue;
      untracked(() =>
        showBar({
          sentence: text.failure(failure, machineName()),
          action: { label: text.sessions.open, run: () => go(`/s/${sessionId}`) },
        }),
      );
    }
  });
}
