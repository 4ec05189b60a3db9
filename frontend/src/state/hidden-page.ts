/**
 * A browser keeps six connections to one machine, for all its pages together: a page that nobody looks at gives its
 * stream back, and asks for the newest sessions now and then, so that its title stays true.
 */
import { api, ask } from "../api/client.ts";
import type { SessionSummary } from "../api/types.ts";

const restsAfterMs = 10_000;
const asksEveryMs = 60_000;

interface HiddenPage {
  /** Nobody has looked for a while. */
  readonly rest: () => void;
  /** The first page of the machine's sessions; comes only while the page is hidden. */
  readonly newest: (list: readonly SessionSummary[]) => void;
}

/** Follows whether the page is hidden, until the answer is called. */
export function followHidden(page: HiddenPage): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Another one for each time of being hidden. */
  let hidden: object | null = null;
  const askNewest = async (during: object) => {
    const outcome = await ask(api.GET("/api/sessions"));
    if (hidden !== during) return;
    if (outcome.ok) page.newest(outcome.data.sessions);
    timer = setTimeout(() => void askNewest(during), asksEveryMs);
  };
  const look = () => {
    const isHidden = document.visibilityState === "hidden";
    if (isHidden === (hidden !== null)) return;
    clearTimeout(timer);
    hidden = isHidden ? {} : null;
    if (hidden === null) return;
    const during = hidden;
    timer = setTimeout(() => {
      page.rest();
      timer = setTimeout(() => void askNewest(during), asksEveryMs);
    }, restsAfterMs);
  };
  document.addEventListener("visibilitychange", look);
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    clearTimeout(timer);
    hidden = null;
  };
}
