/** Bars: what was just done and can be undone, one at a time, 6 s, paused while touched. */
import { type Child, h } from "../../lib/dom.ts";
import { computed, effect, signal } from "../../lib/signal.ts";

export interface Bar {
  readonly sentence: string;
  readonly action?: { readonly label: string; readonly run: () => void };
  /** How long it stays; 6 s when absent. */
  readonly forMs?: number;
}

const stayMs = 6000;
const current = signal<Bar | null>(null);
/** Whether one is there. */
export const isBarShown = computed(() => current.value !== null);
const isHeld = signal(false);
/** Pixels that are not theirs at the lower edge; null: as the style sheet says. */
const lift = signal<number | null>(null);

/** Shows a bar in the place of the one before. */
export function showBar(bar: Bar): void {
  current.value = bar;
}

/** Takes away a bar that no longer holds. */
export function hideBar(): void {
  current.value = null;
  // What a finger or the focus was on goes without a word of leaving.
  isHeld.value = false;
}

/** Bars stand so far above the lower edge; null: where they stand by themselves. */
export function liftBars(pixels: number | null): void {
  lift.value = pixels;
}

/** Where bars appear; once in the page. */
export function Bars(): HTMLElement {
  effect(() => {
    const bar = current.value;
    if (bar === null || isHeld.value) return;
    const timer = setTimeout(hideBar, bar.forMs ?? stayMs);
    return () => clearTimeout(timer);
  });
  const hold = () => {
    isHeld.value = true;
  };
  const release = () => {
    isHeld.value = false;
  };
  return h(
    "div",
    {
      class: "bars",
      role: "status",
      // Not on the root: there every line that is written would have the whole page styled anew.
      style: { "--bars-bottom": () => (lift.value === null ? null : `${lift.value}px`) },
      onpointerdown: hold,
      onpointerenter: hold,
      onpointerleave: release,
      onpointerup: release,
      onfocusin: hold,
      onfocusout: release,
    },
    (): Child => (current.value === null ? null : BarRow(current.value)),
  );
}

function BarRow(bar: Bar): HTMLElement {
  const act = () => {
    hideBar();
    bar.action?.run();
  };
  return h(
    "div",
    { class: "bar" },
    h("span", null, bar.sentence),
    bar.action &&
      h("button", { type: "button", class: "button button-quiet", onclick: act }, bar.action.label),
  );
}
