/** A row under a finger: to the left it is put away, to the right pinned; what will happen is seen beneath it. */
import { h } from "../../lib/dom.ts";
import { onSwipe } from "../../lib/gestures.ts";
import { type IconName, icon } from "../../lib/icons.ts";
import { vibrate } from "../../state/settings.ts";

/** One direction of a row's swipe. */
interface RowAction {
  readonly name: string;
  readonly icon: IconName;
  /** False: nothing came of it, and the row comes back. */
  readonly run: () => Promise<boolean>;
}

export interface RowSwipe {
  /** Asked as the finger comes down. */
  canBegin(): boolean;
  /** What lies beneath a row that is moved this way. */
  action(side: "left" | "right"): RowAction;
}

const passAt = 96;
const passSpeed = 0.5;
/** As long as `--slide`. */
const settleMs = 180;

/** Follows swipes of `row`, which stands in `item`. A sheet that opens under the finger ends them. */
export function followRowSwipe(item: HTMLElement, row: HTMLElement, swipe: RowSwipe): void {
  let beneath: { readonly side: "left" | "right"; readonly action: RowAction; element: HTMLElement } | null =
    null;
  let isPast = false;
  let isLeaving = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const show = (side: "left" | "right") => {
    if (beneath?.side === side) return beneath;
    beneath?.element.remove();
    const action = swipe.action(side);
    const element = h(
      "span",
      { class: "session-row-beneath", "data-side": side, "aria-hidden": "true" },
      h("span", { class: "session-row-act" }, icon(action.icon), h("span", null, action.name)),
    );
    item.prepend(element);
    beneath = { side, action, element };
    return beneath;
  };
  const clear = () => {
    clearTimeout(settling);
    isLeaving = false;
    beneath?.element.remove();
    beneath = null;
    row.style.removeProperty("--swipe");
    item.removeAttribute("data-swipe");
  };
  const settle = (to: number, then: () => void) => {
    item.dataset.swipe = "settles";
    row.style.setProperty("--swipe", `${to}px`);
    clearTimeout(settling);
    settling = setTimeout(then, settleMs);
  };
  onSwipe(row, {
    direction: "both",
    canBegin: () => !isLeaving && swipe.canBegin(),
    move(x) {
      if (document.querySelector("dialog[open]") !== null) return clear();
      clearTimeout(settling);
      const { element } = show(x < 0 ? "left" : "right");
      item.dataset.swipe = "follows";
      row.style.setProperty("--swipe", `${x}px`);
      if (Math.abs(x) >= passAt && !isPast) vibrate(8);
      isPast = Math.abs(x) >= passAt;
      element.toggleAttribute("data-past", isPast);
    },
    end(x, velocity) {
      const chosen = beneath?.action;
      const isMeant = isPast || (Math.abs(velocity) >= passSpeed && x !== 0);
      isPast = false;
      if (chosen === undefined) return;
      if (!isMeant || x === 0) return settle(0, clear);
      beneath?.element.toggleAttribute("data-past", true);
      isLeaving = true;
      settle(Math.sign(x) * item.offsetWidth, () => void chosen.run().then(clear));
    },
  });
}
