/** The diff of one turn, full screen: one file a page, from the first hunk to any other in a tap or a swipe. */

import type { FileDiff, TurnChanges } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { onSwipe } from "../../lib/gestures.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, type ReadonlySignal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { back, replace, route } from "../../state/navigation.ts";
import { openChanges } from "../../state/session/turn-changes.ts";
import { text } from "../../text/en.ts";
import { review as words } from "../../text/en-review.ts";
import { Waiting } from "../frame/waiting.ts";
import { FilePage } from "./file-page.ts";
import { openJumpList } from "./jump-list.ts";
import { ProposedReview } from "./proposed-review.ts";
import { turnReviewAddress } from "./review-address.ts";
import { ReviewHeader, ReviewNote } from "./review-header.ts";
import { followReviewKeys, takeFocus } from "./review-keys.ts";
import { reviewLook } from "./review-look.ts";

/** Taken at this share of the width, or at this speed once the finger has moved so far. */
const swipeShare = 0.35;
const swipeSpeed = 0.4;
const swipeFrom = 40;
const rubber = 0.3;

/** The review of a turn, the file shown being part of the address; without a turn, of what a question proposes. */
export function ReviewScreen(sessionId: string, turnId: string): HTMLElement {
  return turnId === "" ? ProposedReview(sessionId) : TurnReview(sessionId, turnId);
}

function TurnReview(sessionId: string, turnId: string): HTMLElement {
  const changes = openChanges(sessionId, turnId);
  void changes.load();
  const diffs = computed(() =>
    changes.current.value.state === "ready" ? changes.current.value.changes.diffs : [],
  );
  const index = computed(() => indexOf(diffs.value));
  const show = (next: number) => {
    const path = diffs.peek()[next]?.file.path;
    if (path !== undefined) replace(turnReviewAddress(sessionId, turnId, path));
  };
  const step = (by: 1 | -1) => show(index.peek() + by);
  followReviewKeys(step);
  const header = ReviewHeader({
    path: () => diffs.value[index.value]?.file.path ?? "",
    position: () => (diffs.value.length > 1 ? words.position(index.value + 1, diffs.value.length) : ""),
    end: (): Child =>
      diffs.value.length === 0
        ? null
        : [Steps({ index, count: diffs.value.length, step }), JumpButton({ diffs, index, show })],
  });
  const screen = h("div", { class: "review", ...reviewLook() }, header, (): Child => {
    const state = changes.current.value;
    switch (state.state) {
      case "loading":
        return Waiting(words.loading);
      case "failed":
        return ReviewNote(
          state.failure !== "unreachable" && state.failure.status === 404
            ? words.noChanges
            : text.failure(state.failure, machineName()),
          words.tryAgain,
          () => void changes.load(),
        );
      case "ready":
        return state.changes.diffs.length === 0
          ? ReviewNote(words.noChanges, words.back, back)
          : untracked(() => Pages({ changes: state.changes, index, step }));
    }
  });
  takeFocus(screen);
  return screen;
}

function JumpButton(options: {
  readonly diffs: ReadonlySignal<readonly FileDiff[]>;
  readonly index: ReadonlySignal<number>;
  readonly show: (index: number) => void;
}): HTMLElement {
  const { diffs, index, show } = options;
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": words.jump,
      title: words.jump,
      onclick: () => openJumpList({ diffs: diffs.peek(), index: index.peek(), show }),
    },
    icon("list"),
  );
}

function Pages(options: {
  readonly changes: TurnChanges;
  readonly index: ReadonlySignal<number>;
  readonly step: (by: 1 | -1) => void;
}): readonly Child[] {
  const { diffs, summary } = options.changes;
  const { index, step } = options;
  // Each page keeps its scroll position: it is hidden, not taken away.
  const pages = new Map<number, HTMLElement>();
  const body = h("div", { class: "review-pages" });
  effect(() => {
    const current = index.value;
    untracked(() => {
      for (const near of [current, current + 1]) {
        const diff = diffs[near];
        if (diff !== undefined && !pages.has(near)) pages.set(near, addPage(body, diff));
      }
    });
    for (const [each, page] of pages) page.hidden = each !== current;
    return undefined;
  });
  const isLast = () => index.value === diffs.length - 1;
  const bar = diffs.length > 1 ? Bar({ index, count: diffs.length, step }) : null;
  // Where lines scroll sideways, the bar is what can be swiped.
  for (const from of bar === null ? [body] : [body, bar])
    followSwipe(from, body, { index, count: diffs.length, step });
  const unlisted = summary.fileCount - diffs.length;
  return [
    body,
    (): Child =>
      unlisted > 0 && isLast() ? h("p", { class: "review-note muted" }, words.notListed(unlisted)) : null,
    bar,
  ];
}

interface Paging {
  readonly index: ReadonlySignal<number>;
  readonly count: number;
  readonly step: (by: 1 | -1) => void;
}

function Bar(paging: Paging): HTMLElement {
  return h("div", { class: "review-bar" }, BackStep(paging), ForwardStep(paging));
}

/** The same in the header, for windows too low for two bars. */
function Steps(paging: Paging): Child {
  return paging.count > 1 ? h("div", { class: "review-steps" }, BackStep(paging), ForwardStep(paging)) : null;
}

function BackStep({ index, step }: Paging): HTMLElement {
  return StepButton({
    name: "back",
    label: words.previous,
    isOff: () => index.value <= 0,
    act: () => step(-1),
  });
}

function ForwardStep({ index, count, step }: Paging): HTMLElement {
  return StepButton({
    name: "forward",
    label: words.next,
    isOff: () => index.value >= count - 1,
    act: () => step(1),
  });
}

function addPage(body: HTMLElement, diff: FileDiff): HTMLElement {
  const page = FilePage(diff);
  body.append(page);
  return page;
}

function StepButton(options: {
  readonly name: "back" | "forward";
  readonly label: string;
  readonly isOff: () => boolean;
  readonly act: () => void;
}): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": options.label,
      title: options.label,
      "aria-disabled": options.isOff,
      onclick: () => {
        if (!options.isOff()) options.act();
      },
    },
    icon(options.name),
  );
}

function indexOf(diffs: readonly FileDiff[]): number {
  const place = route.value;
  const file = place.screen === "review" ? place.file : null;
  return Math.max(
    0,
    diffs.findIndex((diff) => diff.file.path === file),
  );
}

/** The pages follow a finger that is on `from`. */
function followSwipe(from: HTMLElement, body: HTMLElement, pages: Paging): void {
  const isEnd = (x: number) => (x < 0 ? pages.index.peek() >= pages.count - 1 : pages.index.peek() <= 0);
  const shift = (x: number) =>
    body.style.setProperty("--shift", `${Math.round(isEnd(x) ? x * rubber : x)}px`);
  onSwipe(from, {
    direction: "both",
    move: shift,
    end(x, velocity) {
      shift(0);
      const isFar = Math.abs(x) > body.clientWidth * swipeShare;
      const isFast = Math.abs(velocity) > swipeSpeed && Math.abs(x) > swipeFrom;
      if ((isFar || isFast) && !isEnd(x)) pages.step(x < 0 ? 1 : -1);
    },
  });
}
