/** Sessions, the home screen: what needs a person first, then what works, what is pinned, then the rest by day. */
import { type Child, h, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { hasLooked } from "../../state/models.ts";
import { go, openSearch, openSessionId, route, searchWords } from "../../state/navigation.ts";
import { chosenFilter } from "../../state/sessions/search.ts";
import { type Group, noFilter } from "../../state/sessions/session-groups.ts";
import {
  followGroups,
  isListLoaded,
  needsYouCount,
  sessionCount,
  touchList,
} from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { ConnectionDot, MachineGone } from "../frame/connection-dot.ts";
import { DemoNote } from "../frame/demo-note.ts";
import { DiskBar } from "../frame/disk-bar.ts";
import { Loaded } from "../frame/loaded.ts";
import { NotEncrypted } from "../frame/not-encrypted.ts";
import { UpdateChip } from "../frame/update-chip.ts";
import { Waiting } from "../frame/waiting.ts";
import { Mark } from "../mark.ts";
import { SearchHeader } from "../search/search-header.ts";
import { groupedRows } from "./grouped-rows.ts";
import { OlderEnd } from "./older-end.ts";
import type { ListPlace } from "./session-row.ts";

/** The list with its header and *New*. The search stands in the place of its header; the drawer has none. */
export function SessionsScreen(place: ListPlace = "pane"): HTMLElement {
  const isSearching = computed(() => place === "pane" && searchWords.value !== null);
  const isAsking = computed(() => isSearching.value && searchWords.value?.trim() !== "");
  const groups = followGroups(() => (isSearching.value ? chosenFilter.value : noFilter));
  const body = h("div", {
    class: "sessions-body",
    hidden: () => isAsking.value,
    onpointerdown: touchList,
    onpointerup: touchList,
    onscroll: touchList,
  });
  body.append(h("div", { class: "sessions-notes" }, NotEncrypted(), DemoNote(), MachineGone(), DiskBar()));
  groupedRows(body, groups, place);
  body.append(
    h("div", { class: "sessions-empty" }, Empty(groups, isSearching)),
    OlderEnd(() => (isSearching.value && chosenFilter.value.status === "archived" ? "archived" : "in_use")),
  );
  const scroll = h(
    "div",
    { class: "sessions-scroll" },
    when(() => isSearching.value, SearchHeader, SessionsHeader),
    body,
    when(() => isAsking.value, SearchResults),
  );
  keepListPlace([scroll, body], isSearching);
  return h(
    "div",
    { class: "sessions-screen" },
    scroll,
    when(() => !isSearching.value, NewButton),
  );
}

/** The list is where it was once the search is closed. */
function keepListPlace(scrollers: readonly HTMLElement[], isSearching: ReadonlySignal<boolean>): void {
  let tops: readonly number[] | null = null;
  effect(() => {
    if (isSearching.value) {
      tops ??= scrollers.map((each) => each.scrollTop);
      return;
    }
    const before = tops;
    tops = null;
    if (before === null) return;
    const frame = requestAnimationFrame(() => {
      for (const [index, each] of scrollers.entries()) each.scrollTop = before[index] ?? 0;
    });
    return () => cancelAnimationFrame(frame);
  });
}

function SearchResults(): Child {
  return Loaded(async () => (await import("../search/search-results.ts")).SearchResults, {
    unreachable: () => text.search.offline(machineName()),
  });
}

function SessionsHeader(): HTMLElement {
  const header = h(
    "div",
    { class: "header sessions-header" },
    Mark(28, () => needsYouCount.value > 0),
    h("h1", { class: "wordmark", tabindex: -1 }, text.appName),
    h("span", { class: "header-space" }),
    NotEncrypted(),
    ConnectionDot(),
    UpdateChip(),
    when(() => canDecide() && isFirstThingKnown(), HeaderNewButton),
    when(() => sessionCount.value > 0, SearchButton),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": text.sessions.settings,
        title: text.sessions.settings,
        onclick: () => go("/settings"),
      },
      icon("settings"),
    ),
  );
  return header;
}

function SearchButton(): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": text.search.open,
      title: text.search.open,
      onclick: () => search(),
    },
    icon("search"),
  );
}

/** The field has the focus within the same tap, or phones show no keyboard. */
function search(): void {
  chosenFilter.value = noFilter;
  openSearch();
  document.querySelector<HTMLElement>(".search-field")?.focus();
}

/** Without a model the first thing to do is another one: until that is known, nothing is said and nothing offered. */
function isFirstThingKnown(): boolean {
  return sessionCount.value > 0 || (isListLoaded.value && hasLooked.value);
}

/** What stands there instead of rows, and what to do next. */
function Empty(groups: ReadonlySignal<readonly Group[]>, isSearching: ReadonlySignal<boolean>): Child {
  const isEmpty = computed(() => groups.value.length === 0);
  return (): Child => {
    if (sessionCount.value === 0) {
      if (!isFirstThingKnown()) return Waiting(text.sessions.loading);
      return h(
        "p",
        { class: "empty-words" },
        canDecide() ? text.sessions.empty : text.sessions.emptyReadOnly,
      );
    }
    if (!isEmpty.value) return null;
    if (isSearching.value) return NothingShown();
    return [
      h("p", { class: "empty-words" }, text.sessions.allArchived),
      EmptyAct(text.sessions.showArchived, () => {
        openSearch();
        chosenFilter.value = { status: "archived", projectId: null };
      }),
    ];
  };
}

function NothingShown(): Child {
  const { status } = chosenFilter.value;
  return [
    h("p", { class: "empty-words" }, text.search.none[status ?? "project"]),
    EmptyAct(text.search.all, () => {
      chosenFilter.value = noFilter;
    }),
  ];
}

function EmptyAct(label: string, act: () => void): HTMLElement {
  return h("button", { type: "button", class: "button empty-act", onclick: act }, label);
}

/** In a low window, where the large one would cover the rows. */
function HeaderNewButton(): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button header-new",
      "aria-label": text.sessions.create,
      title: text.sessions.create,
      onclick: () => go("/new"),
    },
    icon("plus"),
  );
}

/** The one primary button of the screen, unless a question's own button is. */
function NewButton(): Child {
  return () =>
    canDecide() && isFirstThingKnown()
      ? h(
          "button",
          {
            type: "button",
            class: () => (isAnotherFirst() ? "new-button button" : "new-button button button-primary"),
            "aria-label": text.sessions.create,
            "aria-keyshortcuts": "n",
            onclick: () => go("/new"),
          },
          icon("plus"),
          h("span", { class: "new-button-words" }, () =>
            sessionCount.value === 0 && isListLoaded.value ? text.sessions.create : text.sessions.createShort,
          ),
        )
      : null;
}

/** One primary button on a screen: a question's, or that of the screen beside the list. */
function isAnotherFirst(): boolean {
  return needsYouCount.value > 0 || openSessionId() !== null || route.value.screen === "settings";
}
