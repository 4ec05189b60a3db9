/** Scrolls what holds a thing that is being dragged, as long as the finger is near its upper or lower edge. */

/** The scrolling of one drag. */
export interface EdgeScroll {
  /** The finger is at this height of the window. */
  at(clientY: number): void;
  /** How far it has scrolled since the drag began; downwards is positive. */
  scrolledBy(): number;
  end(): void;
}

const edgePixels = 32;
const pixelsPerFrame = 6;

/** Begins with a drag of something in `element`; `onScroll` is called after each step. */
export function scrollAtEdges(element: HTMLElement, onScroll: () => void): EdgeScroll {
  const scroller = scrollerOf(element);
  const begin = scroller?.scrollTop ?? 0;
  let direction = 0;
  let frame: number | null = null;
  const scrolledBy = () => (scroller?.scrollTop ?? 0) - begin;
  const step = () => {
    frame = null;
    if (scroller === null || direction === 0) return;
    const before = scroller.scrollTop;
    scroller.scrollTop = before + direction * pixelsPerFrame;
    // At its end there is nothing more to wait for, until the finger moves.
    if (scroller.scrollTop === before) return;
    onScroll();
    frame = requestAnimationFrame(step);
  };
  return {
    at(clientY) {
      direction = scroller === null ? 0 : edgeAt(scroller.getBoundingClientRect(), clientY);
      if (direction !== 0) frame ??= requestAnimationFrame(step);
    },
    scrolledBy,
    end() {
      direction = 0;
      if (frame !== null) cancelAnimationFrame(frame);
      frame = null;
    },
  };
}

/** -1 near the upper edge and above it, 1 near the lower one and below it. */
function edgeAt({ top, bottom }: DOMRect, clientY: number): -1 | 0 | 1 {
  if (clientY < top + edgePixels) return -1;
  return clientY > bottom - edgePixels ? 1 : 0;
}

function scrollerOf(element: HTMLElement): HTMLElement | null {
  for (let each = element.parentElement; each !== null; each = each.parentElement) {
    const { overflowY } = getComputedStyle(each);
    const canScroll = overflowY === "auto" || overflowY === "scroll";
    if (canScroll && each.scrollHeight > each.clientHeight) return each;
  }
  return null;
}
