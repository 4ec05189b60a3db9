/** The way back to the end: `↓ Latest`, or `↓ 4 new`. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { pill as words } from "../../text/en-session.ts";

/** Shown while the end is not followed. `count` is how many rows there are now. */
export function Pill(options: {
  readonly isFollowing: ReadonlySignal<boolean>;
  readonly count: ReadonlySignal<number>;
  readonly toEnd: () => void;
}): Child {
  const seenCount = signal(0);
  effect(() => {
    if (options.isFollowing.value) seenCount.value = options.count.value;
    return undefined;
  });
  const label = () => {
    const fresh = options.count.value - seenCount.value;
    return fresh > 0 ? words.fresh(fresh) : words.latest;
  };
  return (): Child =>
    options.isFollowing.value
      ? null
      : h(
          "button",
          { type: "button", class: "pill", onclick: options.toEnd },
          icon("arrow_down"),
          h("span", null, label),
        );
}
