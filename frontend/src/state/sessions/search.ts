/** The search over titles and text: what is looked for, what was found; the answer to the last words counts. */
import { api, ask } from "../../api/client.ts";
import type { Failure, SearchResults } from "../../api/types.ts";
import { effect, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { noFilter, type SessionFilter } from "./session-groups.ts";

export type SearchPhase =
  | { readonly state: "nothing" }
  /** `words` are not answered yet; `found` answers those before them. */
  | { readonly state: "searching"; readonly words: string; readonly found: Found | null }
  | { readonly state: "found"; readonly found: Found }
  | { readonly state: "failed"; readonly words: string; readonly failure: Failure };

export interface Found {
  readonly words: string;
  readonly results: SearchResults["results"];
  readonly hasMore: boolean;
}

/** Where a person was in what was found, and what was opened from there. */
interface LeftPlace {
  readonly words: string;
  readonly top: number;
  readonly address: string;
}

/** What the chips of the open search let through. */
export const chosenFilter: Signal<SessionFilter> = signal(noFilter);

const debounceMs = 200;
const resultLimit = 20;
const mostCharacters = 200;
/** Kept for whoever comes back to it. */
let last: Found | null = null;
let left: LeftPlace | null = null;

/** Keeps the place for coming back. */
export function leaveResults(place: LeftPlace): void {
  left = place;
}

/** The place in what these words found; null: they were not left. */
export function leftResults(words: string | null): LeftPlace | null {
  return left?.words === words ? left : null;
}

/** Forgets what was found, and where a person was in it. */
export function forgetSearch(): void {
  last = null;
  left = null;
  chosenFilter.value = noFilter;
}

/** Follows the words. What was found before stays until there is an answer; `again` asks once more. Only in one session, if any. */
export function followSearch(
  words: () => string,
  sessionId: string | null = null,
): {
  readonly phase: ReadonlySignal<SearchPhase>;
  readonly again: () => void;
} {
  const phase = signal<SearchPhase>({ state: "nothing" });
  const tries = signal(0);
  let isFirst = true;
  effect(() => {
    const wanted = words().trim().slice(0, mostCharacters);
    const isRetry = tries.value > 0;
    const known = isFirst && sessionId === null && last?.words === wanted ? last : null;
    isFirst = false;
    if (wanted === "") {
      phase.value = { state: "nothing" };
      return;
    }
    if (known !== null) phase.value = { state: "found", found: known };
    else phase.value = { state: "searching", words: wanted, found: foundIn(phase.peek()) };
    let isOver = false;
    const timer = setTimeout(
      () => void find(wanted, () => isOver),
      isRetry || known !== null ? 0 : debounceMs,
    );
    return () => {
      clearTimeout(timer);
      isOver = true;
    };
  });
  const find = async (wanted: string, isOver: () => boolean) => {
    const place = sessionId === null ? {} : { session: sessionId };
    const query = { q: wanted, limit: resultLimit, ...place };
    const outcome = await ask(api.GET("/api/search", { params: { query } }));
    // Other words, or nobody any longer: the answer to the last ones counts.
    if (isOver()) return;
    if (!outcome.ok) {
      phase.value = { state: "failed", words: wanted, failure: outcome.failure };
      return;
    }
    const found = { words: wanted, ...outcome.data };
    if (sessionId === null) last = found;
    phase.value = { state: "found", found };
  };
  return {
    phase,
    again: () => {
      tries.value += 1;
    },
  };
}

function foundIn(phase: SearchPhase): Found | null {
  return phase.state === "found" || phase.state === "searching" ? phase.found : null;
}
