/** What `/` and `@` open while one writes: the list, its keys, and what a choice puts into the field. */
import { type Child, h } from "../../lib/dom.ts";
import { fuzzyMatch, fuzzySort } from "../../lib/fuzzy.ts";
import { computed, effect, owned, type Signal, signal } from "../../lib/signal.ts";
import type { PromptCommand } from "../../state/session/prompt-words.ts";
import { picker as words } from "../../text/en-composer.ts";
import { commandDetail } from "./command-words.ts";
import { listId, PickerList, type PickerRow, rowId } from "./picker-list.ts";
import { type Trigger, withChoice } from "./trigger.ts";

/** Where the lists are about; null is answered when the machine does not. */
export interface PickerPlace {
  /** Asked at every letter. */
  readonly commands: () => Promise<readonly PromptCommand[] | null>;
  readonly files: (letters: string) => Promise<readonly string[] | null>;
}

interface PickerOptions {
  readonly field: HTMLTextAreaElement;
  readonly place: PickerPlace;
  /** Takes the text that a choice makes. */
  readonly change: (text: string) => void;
}

export interface Picker {
  /** Stands above the field; empty while nothing is looked for. */
  readonly element: HTMLElement;
  /** Follows what is written; null closes the list. */
  show(trigger: Trigger | null): void;
  /** True: the key was meant for the list. */
  takeKey(event: KeyboardEvent): boolean;
}

/** What is looked for, and what was found. */
interface Found {
  readonly trigger: Signal<Trigger | null>;
  readonly rows: Signal<readonly PickerRow[]>;
  /** Which row a key would choose; the best one is the first. */
  readonly current: Signal<number>;
  readonly isLooking: Signal<boolean>;
  readonly close: () => void;
  readonly choose: (row: PickerRow) => void;
}

/** Begins with nothing shown. */
export function picker(options: PickerOptions): Picker {
  const found = finding(options);
  const { trigger, close } = found;
  const look = looking(options.place, found);
  let dismissed = "";
  followActive(options.field, found);
  return {
    element: h("div", { class: "picker-place" }, Shown(found)),
    show(next) {
      const spot = next === null ? "" : spotOf(next);
      if (next === null) dismissed = "";
      // Until the word is another one.
      if (next === null || spot === dismissed) return close();
      const known = trigger.peek();
      if (known?.letters === next.letters && spotOf(known) === spot) return;
      trigger.value = next;
      void look(next);
    },
    takeKey(event) {
      const at = trigger.peek();
      if (at === null || event.isComposing) return false;
      if (event.key !== "Escape") return moveOrChoose(event, at, found);
      dismissed = spotOf(at);
      close();
      return true;
    },
  };
}

function finding({ field, change }: PickerOptions): Found {
  const trigger = signal<Trigger | null>(null);
  const rows = signal<readonly PickerRow[]>([]);
  const close = () => {
    trigger.value = null;
    rows.value = [];
  };
  const choose = (row: PickerRow) => {
    const at = trigger.peek();
    if (at === null) return;
    const next = withChoice(field.value, at, row.key);
    change(next.text);
    close();
    field.focus();
    field.setSelectionRange(next.cursor, next.cursor);
  };
  return { trigger, rows, current: signal(0), isLooking: signal(false), close, choose };
}

/** Asks the machine; what was written meanwhile is looked for by itself. */
function looking(place: PickerPlace, { trigger, rows, current, isLooking }: Found) {
  return async (wanted: Trigger): Promise<void> => {
    isLooking.value = true;
    const isCommand = wanted.letter === "/";
    const next = isCommand
      ? commandRows((await place.commands()) ?? [], wanted.letters)
      : await fileRows(place, wanted);
    if (trigger.peek() !== wanted) return;
    rows.value = next;
    current.value = 0;
    isLooking.value = false;
  };
}

function Shown({ trigger, rows, current, isLooking, choose }: Found): () => Child {
  const letter = computed(() => trigger.value?.letter ?? null);
  return () => {
    const looked = letter.value;
    if (looked === null) return null;
    const nothing = looked === "/" ? words.noCommand : words.noFile;
    return PickerList({
      label: looked === "/" ? words.commands : words.files,
      rows,
      current,
      note: () => (isLooking.value ? words.searching : nothing),
      choose,
    });
  };
}

/** A screen reader hears the row, while the focus stays in the field. */
function followActive(field: HTMLElement, { trigger, rows, current }: Found): void {
  effect(() => {
    const isShown = trigger.value !== null && rows.value.length > 0;
    set(field, "aria-controls", isShown ? listId : null);
    set(field, "aria-activedescendant", isShown ? rowId(current.value) : null);
  });
}

function moveOrChoose(event: KeyboardEvent, at: Trigger, { rows, current, choose }: Found): boolean {
  const count = rows.peek().length;
  const chosen = rows.peek()[current.peek()];
  if (chosen === undefined) return false;
  // The best one is the lowest.
  const step = { ArrowUp: 1, ArrowDown: -1 }[event.key];
  if (step !== undefined) {
    current.value = (current.peek() + step + count) % count;
    return true;
  }
  const isChoice = (event.key === "Enter" || event.key === "Tab") && !event.shiftKey;
  if (!isChoice || isWhole(at, chosen)) return false;
  choose(chosen);
  return true;
}

function spotOf({ letter, start }: Trigger): string {
  return `${letter}${start}`;
}

/** A command that stands there whole is sent by Return, not chosen once more. */
function isWhole(at: Trigger, chosen: PickerRow): boolean {
  return at.letter === "/" && at.letters === chosen.key;
}

function commandRows(commands: readonly PromptCommand[], letters: string): readonly PickerRow[] {
  return fuzzySort(commands, letters, ({ name }) => name).map(({ item, places }) => ({
    key: item.name,
    name: `/${item.name}`,
    places: places.map((place) => place + 1),
    detail: commandDetail(item),
    isPath: false,
  }));
}

/** In the machine's order: it knows more of the files than their names. */
async function fileRows(place: PickerPlace, { letters }: Trigger): Promise<readonly PickerRow[]> {
  return ((await place.files(letters)) ?? []).map((path) => ({
    key: path,
    name: path,
    places: fuzzyMatch(letters, path)?.places ?? [],
    detail: "",
    isPath: true,
  }));
}

function set(element: HTMLElement, name: string, value: string | null): void {
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** The picker with an owner of its own: it comes when the composer has long been drawn. */
export function ownedPicker(options: PickerOptions): {
  readonly value: Picker;
  readonly dispose: () => void;
} {
  return owned(() => picker(options));
}
