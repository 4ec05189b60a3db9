/** The list above the field: six rows of what matches, the best nearest the thumb. */
import { type Child, h } from "../../lib/dom.ts";
import { effect, type ReadonlySignal } from "../../lib/signal.ts";

export interface PickerRow {
  readonly key: string;
  readonly name: string;
  /** Which letters of the name were looked for. */
  readonly places: readonly number[];
  /** What stands behind the name, muted. */
  readonly detail: string;
  readonly isPath: boolean;
}

interface PickerList {
  readonly label: string;
  /** The best first. */
  readonly rows: ReadonlySignal<readonly PickerRow[]>;
  readonly current: ReadonlySignal<number>;
  readonly note: () => string;
  readonly choose: (row: PickerRow) => void;
}

/** The id of the rows, for the field that they belong to. */
export const listId = "picker-rows";

/** The id of the row that a screen reader is told of. */
export const rowId = (index: number) => `picker-row-${index}`;

/** Draws the list; drawn from the bottom, so that the first row is the lowest. */
export function PickerList({ label, rows, current, note, choose }: PickerList): HTMLElement {
  const list = h("div", { class: "picker-rows", id: listId, role: "listbox", "aria-label": label }, () =>
    rows.value.map((row, index) => Row(row, index, { current, choose })),
  );
  effect(() => {
    const row = list.querySelector(`#${rowId(current.value)}`);
    if (rows.value.length > 0) row?.scrollIntoView({ block: "nearest" });
  });
  return h(
    "div",
    { class: "picker" },
    (): Child => (rows.value.length === 0 ? h("p", { class: "picker-note", role: "status" }, note) : list),
  );
}

function Row(
  row: PickerRow,
  index: number,
  { current, choose }: Pick<PickerList, "current" | "choose">,
): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      id: rowId(index),
      class: "picker-row",
      role: "option",
      tabindex: -1,
      "aria-selected": () => current.value === index,
      // The tap must not close the keyboard before it counts.
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => choose(row),
    },
    h("span", { class: row.isPath ? "picker-name picker-path" : "picker-name", title: row.name }, Name(row)),
    row.detail === "" ? null : h("span", { class: "picker-detail one-line", dir: "auto" }, row.detail),
  );
}

/** A long path loses its folders first, never the file's name. */
function Name(row: PickerRow): Child {
  const cut = row.isPath ? row.name.lastIndexOf("/") + 1 : 0;
  if (cut === 0) return h("span", { class: "path-name" }, Marked(row, 0, row.name.length));
  return [
    h("span", { class: "path-folders" }, Marked(row, 0, cut)),
    h("span", { class: "path-name" }, Marked(row, cut, row.name.length)),
  ];
}

/** A part of the name, runs of letters that were looked for marked. */
function Marked({ name, places }: PickerRow, start: number, end: number): Child {
  const wanted = new Set(places);
  const parts: Child[] = [];
  let from = start;
  while (from < end) {
    const isMarked = wanted.has(from);
    let to = from + 1;
    while (to < end && wanted.has(to) === isMarked) to += 1;
    const text = name.slice(from, to);
    parts.push(isMarked ? h("mark", null, text) : text);
    from = to;
  }
  return parts;
}
