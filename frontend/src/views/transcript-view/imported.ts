/** Says above the first entry of a session that was imported that this machine did not see it happen. */
import { type Child, h } from "../../lib/dom.ts";
import { computed } from "../../lib/signal.ts";
import type { OpenSession } from "../../state/session/open-session.ts";
import type { Reading } from "../../state/session/reading.ts";
import { session as words } from "../../text/en-session.ts";

/** Nothing for any other session, and while its beginning is not there. */
export function Imported(session: OpenSession, reading: Reading): Child {
  const isShown = computed(
    () =>
      !reading.hasOlder.value &&
      session.phase.value.state === "ready" &&
      session.transcript.value.importedAt !== null,
  );
  return (): Child => (isShown.value ? h("p", { class: "forked-from" }, words.imported) : null);
}
