/** The open search: its field in the place of the list's header, and beneath it what is to be shown only. */

import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { type Child, h, list } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { closeSearch, keepSearch, searchWords } from "../../state/navigation.ts";
import { chosenFilter } from "../../state/sessions/search.ts";
import type { StatusFilter } from "../../state/sessions/session-groups.ts";
import { sessionProjects } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { Clearable } from "../clearable.ts";

const statuses: readonly StatusFilter[] = ["needs_you", "working", "unread", "archived"];

/** Back and ‹ close it. */
export function SearchHeader(): HTMLElement {
  return h(
    "search",
    { class: "sessions-search" },
    h("h1", { class: "visually-hidden", tabindex: -1 }, text.search.open),
    h(
      "div",
      { class: "header" },
      h(
        "button",
        {
          type: "button",
          class: "icon-button header-back",
          "aria-label": text.search.close,
          title: text.search.close,
          onclick: closeSearch,
        },
        icon("back"),
      ),
      Field(),
    ),
    Chips(),
  );
}

function Field(): HTMLElement {
  const field = h("input", {
    class: "field search-field",
    type: "search",
    maxlength: 200,
    dir: "auto",
    "aria-label": text.search.field,
    placeholder: text.search.field,
    enterkeyhint: "search",
    autocapitalize: "off",
    autocomplete: "off",
    autocorrect: "off",
    spellcheck: false,
    value: () => searchWords.value ?? "",
    oninput: () => keepSearch(field.value),
    onkeydown: (event) => {
      if (event.isComposing) return;
      if (event.key === "Escape" && field.value === "") closeSearch();
      if (event.key === "ArrowDown" || (event.key === "Enter" && hasFinePointer.peek())) toFirst(event);
      else if (event.key === "Enter") field.blur();
    },
  });
  const isFilled = computed(() => (searchWords.value ?? "") !== "");
  return Clearable(field, isFilled, () => keepSearch(""));
}

function toFirst(event: Event): void {
  const row = document.querySelector<HTMLElement>(
    ".nav-pane :is(.search-results, .sessions-body:not([hidden])) :is(.session-row, .search-hit, .needs-you-head)",
  );
  if (row === null) return;
  event.preventDefault();
  row.focus();
}

function Chips(): HTMLElement {
  const row = h("div", { class: "filter-chips", role: "group", "aria-label": text.search.filters });
  row.append(
    ...statuses.map((status) =>
      FilterChip(
        () => text.search.statuses[status],
        () => chosenFilter.value.status === status,
        (isOn) => {
          chosenFilter.value = { ...chosenFilter.peek(), status: isOn ? status : null };
        },
      ),
    ),
  );
  list(
    row,
    () => (sessionProjects.value.length > 1 ? sessionProjects.value : []),
    (project) => project.id,
    (project) =>
      FilterChip(
        () => project.value.name,
        () => chosenFilter.value.projectId === project.value.id,
        (isOn) => {
          chosenFilter.value = { ...chosenFilter.peek(), projectId: isOn ? project.peek().id : null };
        },
      ),
  );
  return row;
}

function FilterChip(name: () => Child, isOn: () => boolean, choose: (isOn: boolean) => void): HTMLElement {
  const chip = h(
    "button",
    {
      type: "button",
      class: "chip filter-chip",
      "aria-pressed": isOn,
      // The keyboard stays as it is.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => {
        choose(!isOn());
        chip.scrollIntoView({ inline: "nearest", block: "nearest" });
      },
    },
    name,
  );
  return chip;
}
