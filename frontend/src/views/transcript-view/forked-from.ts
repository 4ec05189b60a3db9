/** Where a session comes from that was forked: one line above its first entry. */
import { type Child, h } from "../../lib/dom.ts";
import { computed } from "../../lib/signal.ts";
import type { OpenSession } from "../../state/session/open-session.ts";
import type { Reading } from "../../state/session/reading.ts";
import { isRemoved, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { session as words } from "../../text/en-session.ts";

/** Nothing for any other session, and while its beginning is not there; a link where the other one can still be opened. */
export function ForkedFrom(session: OpenSession, reading: Reading): Child {
  const origin = computed(() => {
    if (reading.hasOlder.value || session.phase.value.state !== "ready") return null;
    return session.summary.value?.forkedFrom ?? session.transcript.value.forkedFrom;
  });
  return (): Child => {
    const from = origin.value;
    if (from === null) return null;
    const title = summaryOf(from.sessionId)?.title ?? from.title ?? text.sessions.untitled;
    return h(
      "p",
      { class: "forked-from one-line" },
      words.forkedFrom,
      isRemoved(from.sessionId)
        ? h("span", { dir: "auto" }, title)
        : h("a", { href: `/s/${from.sessionId}`, dir: "auto" }, title),
    );
  };
}
