/** What was found, by session: its title, and each place with the words marked, a tap away. */
import type { SearchResults as Answer } from "../../api/types.ts";
import { minutes } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatListTime } from "../../lib/format.ts";
import { onCleanup, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { go, keepSearch, openSessionId, route, searchWords } from "../../state/navigation.ts";
import {
  chosenFilter,
  type Found,
  followSearch,
  leaveResults,
  leftResults,
  type SearchPhase,
} from "../../state/sessions/search.ts";
import { isShown, noFilter, type SessionFilter } from "../../state/sessions/session-groups.ts";
import { isRemoved, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { Waiting } from "../frame/waiting.ts";
import { titleOf } from "../sessions/session-title.ts";
import { StatusGlyph, statusOf, statusWord } from "../status-glyph.ts";

type Result = Answer["results"][number];
type Hit = Result["hits"][number];

/** Follows the words of the search's field. */
export function SearchResults(): HTMLElement {
  const search = followSearch(() => searchWords.value ?? "");
  const results = h("div", { class: "search-results", "aria-live": "off" }, (): Child => {
    const phase = search.phase.value;
    const filter = chosenFilter.value;
    return untracked(() => Phase(phase, filter, search.again));
  });
  const words = searchWords.peek();
  const frame = requestAnimationFrame(() => {
    const left = leftResults(words);
    if (left === null) return;
    results.scrollTop = left.top;
    results
      .querySelector<HTMLElement>(`[href="${CSS.escape(left.address)}"]`)
      ?.focus({ preventScroll: true });
  });
  results.addEventListener(
    "click",
    (event) => {
      const link = event.target instanceof Element ? event.target.closest("a") : null;
      const address = link?.getAttribute("href") ?? null;
      if (address !== null)
        leaveResults({ words: searchWords.peek() ?? "", top: results.scrollTop, address });
    },
    { capture: true },
  );
  onCleanup(() => cancelAnimationFrame(frame));
  return results;
}

function Phase(phase: SearchPhase, filter: SessionFilter, again: () => void): Child {
  switch (phase.state) {
    case "nothing":
      return null;
    case "searching":
      return [Waiting(text.search.searching), phase.found === null ? null : Results(phase.found, filter)];
    case "found":
      return Results(phase.found, filter);
    case "failed":
      return Trouble(
        phase.failure === "unreachable"
          ? text.search.offline(machineName())
          : text.failure(phase.failure, machineName()),
        text.search.tryAgain,
        again,
      );
  }
}

function Results({ words, results, hasMore }: Found, filter: SessionFilter): Child {
  if (results.length === 0) return Trouble(text.noMatch(words), text.clear, clear);
  const isAll = filter.status === null;
  const rows = results.filter(({ session }) => {
    const { projectId } = filter;
    const now = summaryOf(session.id) ?? session;
    return !isRemoved(session.id) && (isAll ? fits(now.project.id, projectId) : isShown(now, filter));
  });
  if (rows.length === 0)
    return Trouble(text.search.noMatchHere(words), text.search.all, () => {
      chosenFilter.value = noFilter;
    });
  return [
    h("ul", { class: "search-sessions" }, rows.map(SessionHits)),
    hasMore ? h("p", { class: "search-more" }, text.search.more) : null,
  ];
}

/** What is archived is found too: whoever looks for something does not know where it was put. */
function fits(projectId: string, wanted: string | null): boolean {
  return wanted === null || projectId === wanted;
}

function clear(): void {
  keepSearch("");
  document.querySelector<HTMLElement>(".search-field")?.focus();
}

function Trouble(sentence: string, label: string, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "no-match", role: "status" },
    h("p", { dir: "auto" }, sentence),
    h("button", { type: "button", class: "button", onclick: act }, label),
  );
}

function SessionHits({ session, hits }: Result): HTMLElement {
  const now = () => summaryOf(session.id) ?? session;
  const title = hits.find((hit) => hit.kind === "title");
  const places = hits.filter((hit) => hit.kind !== "title");
  return h(
    "li",
    { class: "search-session" },
    h(
      "a",
      {
        class: "search-hit search-session-head",
        href: `/s/${session.id}`,
        "aria-current": () => (isOpen(session.id, null) ? "page" : null),
        onclick: (event) => follow(event, `/s/${session.id}`),
      },
      StatusGlyph(() => statusOf(now())),
      h(
        "span",
        { class: "session-row-words" },
        h(
          "span",
          { class: "search-title one-line", dir: "auto" },
          title === undefined ? titleOf(session) : Marked(title),
        ),
        h("span", { class: "search-second one-line" }, () => second(now())),
      ),
      h("span", { class: "session-row-end numbers" }, () =>
        formatListTime(new Date(now().updatedAt), new Date(minutes.value)),
      ),
    ),
    places.length === 0
      ? null
      : h(
          "ul",
          null,
          places.map((hit) => HitRow(session.id, hit)),
        ),
  );
}

function second(session: Result["session"]): string {
  const project = `${session.project.name} · ${statusWord(session)}`;
  return session.archived ? `${text.search.archived} · ${project}` : project;
}

function HitRow(sessionId: string, hit: Hit): HTMLElement {
  const address = `/s/${sessionId}?at=${hit.seq}`;
  return h(
    "li",
    null,
    h(
      "a",
      {
        class: "search-hit search-place",
        href: address,
        "aria-current": () => (isOpen(sessionId, hit.seq) ? "page" : null),
        onclick: (event) => follow(event, address),
      },
      h("span", { class: "search-kind" }, text.search.kinds[hit.kind]),
      " ",
      h("span", { class: "search-text", "data-kind": hit.kind, dir: "auto" }, Marked(hit)),
    ),
  );
}

/** The text as nodes, what matches in `mark`. */
export function Marked({ text: whole, marks }: Hit): Child {
  const parts: Child[] = [];
  let at = 0;
  for (const [start, end] of marks) {
    if (start < at || end > whole.length) continue;
    parts.push(whole.slice(at, start), h("mark", null, whole.slice(start, end)));
    at = end;
  }
  return [...parts, whole.slice(at)];
}

function isOpen(sessionId: string, at: number | null): boolean {
  const open = route.value;
  return openSessionId() === sessionId && (open.screen === "session" ? open.at : null) === at;
}

function follow(event: MouseEvent, address: string): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(address);
}
