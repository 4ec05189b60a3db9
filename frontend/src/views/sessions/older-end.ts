/** The end of the list: fetches what lies further back as a person comes near it. */
import { type Child, h } from "../../lib/dom.ts";
import { effect, onCleanup, signal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { olderSessions } from "../../state/sessions/older-sessions.ts";
import { listEdge } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { Waiting } from "../frame/waiting.ts";

/** Nothing to see while there is nothing to fetch. */
export function OlderEnd(shelf: () => keyof typeof olderSessions): HTMLElement {
  const isNear = signal(false);
  const end = h("div", { class: "sessions-end" }, (): Child => {
    const older = olderSessions[shelf()];
    const phase = older.phase.value;
    if (phase.state === "loading") return Waiting(text.sessions.older);
    if (phase.state !== "failed") return null;
    return h(
      "div",
      { class: "sessions-end-failed" },
      h("p", null, text.failure(phase.failure, machineName())),
      h(
        "button",
        { type: "button", class: "button", onclick: () => void older.load() },
        text.search.tryAgain,
      ),
    );
  });
  const sight = new IntersectionObserver(
    (seen) => {
      isNear.value = seen.at(-1)?.isIntersecting === true;
    },
    { rootMargin: "600px" },
  );
  sight.observe(end);
  onCleanup(() => sight.disconnect());
  effect(() => {
    const older = olderSessions[shelf()];
    if (isNear.value && listEdge.value !== null && older.phase.value.state === "more")
      // Not within the effect that asks for it: it writes what this one reads.
      queueMicrotask(() => void older.load());
  });
  return end;
}
