/** The diff of one turn, full screen: one file a page, from the first hunk to any other in a tap or a swipe. */

import type { FileDiff, TurnChanges } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { onSwipe } from "../../lib/gestures.ts";
import { icon } from "../../lib/icons.ts";
import { computed, effect, onCleanup, type ReadonlySignal, untracked } from "../../lib/signal.ts";
import { machineName } from "../../state/device.ts";
import { back, replace, route } from "../../state/navigation.ts";
import { openChanges } from "../../state/turn-changes.ts";
import { text } from "../../text/en.ts";
import { review as words } from "../../text/en-review.ts";
import { Waiting } from "../frame/waiting.ts";
import { FilePage } from "./file-page.ts";
import { openJumpList } from "./jump-list.ts";

/** Taken at this share of the width, or at this speed once the finger has moved so far. */
const swipeShare = 0.35;
const swipeSpeed = 0.4;
const swipeFrom = 40;
const rubber = 0.3;

export interface ReviewPlace {
  readonly sessionId: string;
  readonly turnId: string;
}

/** The review of a turn; the file shown is part of the address. */
export function ReviewScreen(sessionId: string, turnId: string): HTMLElement {
  const changes = openChanges(sessionId, turnId);
  void changes.load();
  const diffs = computed(() =>
    changes.current.value.state === "ready" ? changes.current.value.changes.diffs : [],
  );
  const index = computed(() => indexOf(diffs.value));
  const show = (next: number) => {
    const path = diffs.peek()[next]?.file.path;
    if (path !== undefined) replace(addressOf({ sessionId, turnId }, path));
  };
  const step = (by: 1 | -1) => show(index.peek() + by);
  followKeys(step);
  return h("div", { class: "review" }, ReviewHeader({ diffs, index, show }), (): Child => {
    const state = changes.current.value;
    switch (state.state) {
      case "loading":
        return Waiting(words.loading);
      case "failed":
        return Note(
          state.failure !== "unreachable" && state.failure.status === 404
            ? words.noChanges
            : text.failure(state.failure, machineName()),
          words.tryAgain,
          () => void changes.load(),
        );
      case "ready":
        return state.changes.diffs.length === 0
          ? Note(words.noChanges, words.back, back)
          : untracked(() => Pages({ changes: state.changes, index, step }));
    }
  });
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
  followSwipe(body, { index, count: diffs.length, step });
  const unlisted = summary.fileCount - diffs.length;
  const isLast = () => index.value === diffs.length - 1;
  return [
    body,
    (): Child =>
      unlisted > 0 && isLast() ? h("p", { class: "review-note muted" }, words.notListed(unlisted)) : null,
    diffs.length > 1
      ? h(
          "div",
          { class: "review-bar" },
          StepButton({
            name: "back",
            label: words.previous,
            isOff: () => index.value <= 0,
            act: () => step(-1),
          }),
          h("span", { class: "muted numbers" }, () => words.position(index.value + 1, diffs.length)),
          StepButton({ name: "forward", label: words.next, isOff: isLast, act: () => step(1) }),
        )
      : null,
  ];
}

function addPage(body: HTMLElement, diff: FileDiff): HTMLElement {
  const page = FilePage(diff);
  body.append(page);
  return page;
}

interface HeaderOptions {
  readonly diffs: ReadonlySignal<readonly FileDiff[]>;
  readonly index: ReadonlySignal<number>;
  readonly show: (index: number) => void;
}

function ReviewHeader({ diffs, index, show }: HeaderOptions): HTMLElement {
  const path = computed(() => diffs.value[index.value]?.file.path ?? "");
  const cut = () => path.value.lastIndexOf("/") + 1;
  return h(
    "header",
    { class: "header review-header" },
    h(
      "button",
      { type: "button", class: "icon-button", "aria-label": words.close, title: words.close, onclick: back },
      icon("close"),
    ),
    h(
      "div",
      { class: "header-title" },
      h("h1", { class: "one-line", tabindex: -1, dir: "auto" }, () => path.value.slice(cut()) || words.title),
      h("p", { class: "header-second one-line", dir: "auto" }, () =>
        path.value.slice(0, Math.max(0, cut() - 1)),
      ),
    ),
    h("span", { class: "review-position numbers muted" }, () =>
      diffs.value.length > 1 ? words.position(index.value + 1, diffs.value.length) : "",
    ),
    h(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": words.jump,
        title: words.jump,
        onclick: () => openJumpList({ diffs: diffs.peek(), index: index.peek(), show }),
      },
      icon("list"),
    ),
  );
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

function Note(sentence: string, label: string, act: () => void): HTMLElement {
  return h(
    "div",
    { class: "review-note" },
    h("p", null, sentence),
    h("button", { type: "button", class: "button", onclick: act }, label),
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

function addressOf({ sessionId, turnId }: ReviewPlace, path: string): string {
  return `/s/${sessionId}/review?${new URLSearchParams({ turn: turnId, file: path })}`;
}

function followKeys(step: (by: 1 | -1) => void): void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || isTyping()) return;
    if (document.querySelector("dialog[open]") !== null) return;
    if (event.key === "ArrowRight") step(1);
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "Escape") back();
  };
  document.addEventListener("keydown", onKey);
  onCleanup(() => document.removeEventListener("keydown", onKey));
}

function isTyping(): boolean {
  return document.activeElement !== null && /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName);
}

function followSwipe(
  body: HTMLElement,
  pages: {
    readonly index: ReadonlySignal<number>;
    readonly count: number;
    readonly step: (by: 1 | -1) => void;
  },
): void {
  const isEnd = (x: number) => (x < 0 ? pages.index.peek() >= pages.count - 1 : pages.index.peek() <= 0);
  const shift = (x: number) =>
    body.style.setProperty("--shift", `${Math.round(isEnd(x) ? x * rubber : x)}px`);
  onSwipe(body, {
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
