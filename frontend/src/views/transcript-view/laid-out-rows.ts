/** Rows near the screen are laid out while nothing else is to be done: scrolling to them then only paints. */
import { whenIdle } from "../../lib/browser/idle.ts";
import type { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { computed, effect, onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import type { TranscriptRow } from "./rows.ts";

/** So many that a letter typed in this moment is not held up. */
const rowsAtOnce = 8;
/** Rows to either side of the first one in view: several screens. */
const reach = 150;
/** A new width lays all of them out anew: not with each pixel that something is dragged. */
const widthRestMs = 1_000;

/** `content` holds the rows that `shown` names. Ends with the owner that it is called in. */
export function layOutAhead(
  content: HTMLElement,
  anchor: Pick<ScrollAnchor, "firstInView" | "whenResting">,
  shown: ReadonlySignal<readonly Pick<TranscriptRow, "key">[]>,
): void {
  let isScheduled = false;
  let isOver = false;
  let width = content.clientWidth;
  let widthTimer: ReturnType<typeof setTimeout> | undefined;

  const layOut = () => {
    isScheduled = false;
    if (isOver || widthTimer !== undefined) return;
    const rows = nextRows(content.children, anchor.firstInView());
    for (const row of rows) row.setAttribute("data-laid-out", "true");
    if (rows.length > 0) schedule();
  };
  const schedule = () => {
    if (isScheduled || isOver) return;
    isScheduled = true;
    whenIdle(() => anchor.whenResting(layOut));
  };
  const sizes = new ResizeObserver(() => {
    if (content.clientWidth === width) return;
    width = content.clientWidth;
    for (const row of content.querySelectorAll("[data-laid-out]")) row.removeAttribute("data-laid-out");
    clearTimeout(widthTimer);
    widthTimer = setTimeout(() => {
      widthTimer = undefined;
      schedule();
    }, widthRestMs);
  });
  sizes.observe(content);
  content.parentElement?.addEventListener("scroll", schedule, { passive: true });
  // Not with each token: a row that grows is laid out already.
  const ends = computed(() => `${shown.value.at(0)?.key} ${shown.value.at(-1)?.key} ${shown.value.length}`);
  effect(() => {
    void ends.value;
    schedule();
  });
  onCleanup(() => {
    isOver = true;
    sizes.disconnect();
    clearTimeout(widthTimer);
  });
}

/** The nearest ones that are not laid out yet. */
function nextRows(rows: HTMLCollection, first: number): readonly Element[] {
  const next: Element[] = [];
  for (let distance = 0; distance <= reach && next.length < rowsAtOnce; distance += 1) {
    const beside = distance === 0 ? [first] : [first + distance, first - distance];
    for (const index of beside) {
      const row = rows[index];
      if (row !== undefined && !row.hasAttribute("data-laid-out")) next.push(row);
    }
  }
  return next.slice(0, rowsAtOnce);
}
