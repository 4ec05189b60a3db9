/** Looks for words in one session, also in what of it is not drawn; a tap goes there. */
import type { SearchResults } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { openSheet } from "../../lib/sheet.ts";
import { signal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { followSearch, type SearchPhase } from "../../state/sessions/search.ts";
import { text } from "../../text/en.ts";
import { find as words } from "../../text/en-session.ts";
import { Waiting } from "../frame/waiting.ts";
import { Marked } from "../search/search-results.ts";
import { NoMatch, SheetSearch } from "../sheet-search.ts";

type Hit = SearchResults["results"][number]["hits"][number];

/** Opens the sheet, its field ready to be written in. */
export function openFindSheet(sessionId: string): void {
  let address: string | null = null;
  openSheet({
    title: words.title,
    onClose: () => {
      const wanted = address;
      if (wanted !== null) queueMicrotask(() => go(wanted));
    },
    content: (close) => {
      const typed = signal("");
      const search = followSearch(() => typed.value, sessionId);
      const choose = (hit: Hit) => {
        address = `/s/${sessionId}?at=${hit.seq}`;
        close();
      };
      const field = SheetSearch(words.title, typed);
      requestAnimationFrame(() => field.querySelector("input")?.focus());
      return [
        field,
        h("div", { class: "find-results", role: "status" }, (): Child => {
          const phase = search.phase.value;
          return untracked(() =>
            phase.state === "found" && placesOf(phase).length === 0 ? NoMatch(typed) : Phase(phase, choose),
          );
        }),
      ];
    },
  });
}

function Phase(phase: SearchPhase, choose: (hit: Hit) => void): Child {
  switch (phase.state) {
    case "nothing":
      return h("p", { class: "sheet-note" }, words.hint);
    case "searching":
      return [Waiting(text.search.searching), Places(placesOf(phase), choose)];
    case "found":
      return Places(placesOf(phase), choose);
    case "failed":
      return h("p", { class: "sheet-note" }, text.failure(phase.failure, machineName()));
  }
}

/** The title is no place of the session. */
function placesOf(phase: Extract<SearchPhase, { readonly found: unknown }>): readonly Hit[] {
  return (phase.found?.results ?? []).flatMap(({ hits }) => hits.filter(({ kind }) => kind !== "title"));
}

/** As many as the machine tells of one session. */
const mostPlaces = 50;

function Places(hits: readonly Hit[], choose: (hit: Hit) => void): Child {
  return [
    hits.length < mostPlaces ? null : h("p", { class: "sheet-note" }, words.newest(hits.length)),
    h(
      "ul",
      { class: "option-list" },
      hits.map((hit) => Place(hit, choose)),
    ),
  ];
}

function Place(hit: Hit, choose: (hit: Hit) => void): HTMLElement {
  return h(
    "li",
    null,
    h(
      "button",
      { type: "button", class: "option-row", onclick: () => choose(hit) },
      h(
        "span",
        { class: "option-words find-words" },
        h("span", { class: "option-line" }, text.search.kinds[hit.kind]),
        h("span", { class: "find-text", "data-kind": hit.kind, dir: "auto" }, Marked(hit)),
      ),
    ),
  );
}
