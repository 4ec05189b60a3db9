/** What every card of a question has: the lamp, the question, its place among others, and the corner that folds it. */
import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h, svg } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { decisionOn } from "../../state/outbox/outbox.ts";
import { text } from "../../text/en.ts";
import { permission as words } from "../../text/en-permission.ts";
import { PermissionReceipt } from "./permission-actions.ts";
import type { Question } from "./question.ts";
import { countHidden, visibleText } from "./visible-text.ts";

export interface Position {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

interface CardFrame {
  readonly request: Question;
  readonly title: string;
  readonly isCompact: boolean;
  readonly position: Position | (() => Position);
  /** Makes it a row; absent: it is always whole. */
  readonly fold?: (() => void) | undefined;
}

const longTitle = 80;

/** The card around its `body`; beneath it `actions`, until this device has decided or when it may not. */
export function CardFrame(
  frame: CardFrame,
  body: readonly Child[],
  actions: () => readonly Child[],
): HTMLElement {
  const { request, title } = frame;
  const decision = computed(() => decisionOn(request.requestId));
  return h(
    "section",
    {
      class: "permission-card",
      role: "region",
      "aria-label": title,
      "data-dangerous": request.dangerous,
      "data-compact": frame.isCompact,
      "data-request": request.requestId,
      "data-subject": request.subject.type,
      "data-decided": () => decision.value !== null && decision.value.phase !== "refused",
    },
    h(
      "div",
      { class: "permission-head" },
      Lamp(),
      h(
        "p",
        { class: "permission-question", dir: "auto", "data-long": title.length > longTitle },
        countHidden(title) > 0 ? visibleText(title, "prose") : title,
      ),
      h("span", { class: "permission-position numbers" }, () => positionText(frame.position)),
      frame.fold === undefined ? null : FoldButton(frame.fold),
    ),
    body,
    (): Child => {
      if (!canDecide())
        return h("p", { class: "permission-receipt" }, words.readOnly(text.devices[deviceKind()]));
      return decision.value === null ? actions() : PermissionReceipt(decision.value);
    },
  );
}

function FoldButton(fold: () => void): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "permission-fold",
      "aria-label": words.fold,
      title: words.fold,
      onclick: fold,
    },
    icon("down"),
  );
}

/** The filled amber lamp: a person is wanted. */
export function Lamp(): SVGSVGElement {
  return svg(
    "svg",
    { class: "permission-lamp", viewBox: "0 0 12 12", width: 12, height: 12, "aria-hidden": "true" },
    svg("circle", { cx: 6, cy: 6, r: 5 }),
  );
}

function positionText(position: CardFrame["position"]): string {
  const { index, count } = typeof position === "function" ? position() : position;
  return count > 1 ? words.of(index, count) : "";
}
