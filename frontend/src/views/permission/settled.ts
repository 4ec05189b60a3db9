/** Whether something has stood still long enough to be tapped on purpose. */
import { onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";

interface Settled {
  /** False for a while after anything observed appeared, moved or changed. */
  readonly isSettled: ReadonlySignal<boolean>;
  /** Starts the wait anew. */
  disturb(): void;
  /** Looks at the element and what surrounds it; call it once it stands in the page. */
  observe(element: Element): void;
}

/** Settled after `afterMs` without a change. */
export function settled(afterMs: number): Settled {
  const isSettled = signal(false);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = "";
  const disturb = () => {
    isSettled.value = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      isSettled.value = true;
    }, afterMs);
  };
  const look = (element: Element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const place = [left, top, width, height].map(Math.round).join(" ");
    if (place !== last) disturb();
    last = place;
  };
  disturb();
  let observed: Element | null = null;
  const sizes = new ResizeObserver(() => {
    if (observed !== null) look(observed);
  });
  onCleanup(() => {
    clearTimeout(timer);
    sizes.disconnect();
  });
  return {
    isSettled,
    disturb,
    observe(element) {
      observed = element;
      // Whatever stands around it pushes it: every ancestor's and neighbour's size is looked at.
      for (
        let each: Element | null = element;
        each !== null && each !== document.body;
        each = each.parentElement
      ) {
        sizes.observe(each);
        for (const neighbour of each.parentElement?.children ?? []) sizes.observe(neighbour);
      }
    },
  };
}
