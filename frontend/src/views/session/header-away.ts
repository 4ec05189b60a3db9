/** In a low window the header gives its room while one reads on, and comes back on the way up. */
import { isLow } from "../../lib/browser/viewport.ts";
import type { ScrollAnchor } from "../../lib/scroll-anchor.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";

/** A finger that rests moves less. */
const turnPixels = 16;

/** True: it is not to be seen. The style sheet lays it over the scroller's upper edge, whose height stays. */
export function headerAway(
  scroller: HTMLElement,
  { isFollowing }: Pick<ScrollAnchor, "isFollowing">,
): ReadonlySignal<boolean> {
  const isReadingOn = signal(false);
  /** Where it last turned, or how far it came since. */
  let from = 0;
  let last = 0;
  const look = () => {
    const { scrollTop: top, clientHeight } = scroller;
    const moved = top - from;
    // At the end it moves by itself, with what streams.
    const isJump = isFollowing.peek() || Math.abs(top - last) > clientHeight / 2;
    last = top;
    if (top <= turnPixels) isReadingOn.value = false;
    else if (!isJump && Math.abs(moved) >= turnPixels) isReadingOn.value = moved > 0;
    const isOnward = isReadingOn.peek() ? moved > 0 : moved < 0;
    if (isJump || isOnward || top <= turnPixels) from = top;
  };
  scroller.addEventListener(
    "scroll",
    () => {
      if (isLow.peek()) look();
    },
    { passive: true },
  );
  return computed(() => isLow.value && isReadingOn.value);
}
