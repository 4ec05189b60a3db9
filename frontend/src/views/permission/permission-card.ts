/**
 * A question to a person, with everything that is needed to decide it: the question, where, the thing itself whole,
 * how far it reaches, and the buttons. It never takes the focus.
 */

import { deviceKind } from "../../lib/browser/this-device.ts";
import { type Child, h, svg } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { decisionOn } from "../../state/outbox/outbox.ts";
import { text } from "../../text/en.ts";
import { questionText, reachWords, permission as words } from "../../text/en-permission.ts";
import { PermissionActions, PermissionReceipt } from "./permission-actions.ts";
import { permissionThing } from "./permission-thing.ts";
import { Where } from "./permission-where.ts";
import type { Question } from "./question.ts";
import { settled } from "./settled.ts";
import { countHidden, visibleText } from "./visible-text.ts";

interface Position {
  /** From 1. */
  readonly index: number;
  readonly count: number;
}

interface PermissionCardOptions {
  readonly sessionId: string;
  readonly request: Question;
  readonly position: Position | (() => Position);
  /** In the list of sessions, where less room is given to the thing itself. */
  readonly compact?: boolean;
  /** Makes it a row; absent: it is always whole. */
  readonly fold?: () => void;
}

/** A finger that was on its way to something else must not decide. */
const inertMs = 500;

/** The card of one question. Another question, or a changed one, is another card. */
export function PermissionCard(options: PermissionCardOptions): HTMLElement {
  const { sessionId, request } = options;
  const still = settled(inertMs);
  const thing = permissionThing(request);
  const question = questionText(request.subject);
  const decision = computed(() => decisionOn(request.requestId));
  const isLong = question.length > 80;
  const card = h(
    "section",
    {
      class: "permission-card",
      role: "region",
      "aria-label": question,
      "data-dangerous": request.dangerous,
      "data-compact": options.compact === true,
      "data-request": request.requestId,
      "data-decided": () => decision.value !== null && decision.value.phase !== "refused",
    },
    h(
      "div",
      { class: "permission-head" },
      Lamp(),
      h(
        "p",
        { class: "permission-question", dir: "auto", "data-long": isLong },
        countHidden(question) > 0 ? visibleText(question, "prose") : question,
      ),
      h("span", { class: "permission-position numbers" }, () => positionText(options.position)),
      options.fold === undefined ? null : FoldButton(options.fold),
    ),
    Where(sessionId, request),
    thing.element,
    h("ul", { class: "permission-reach" }, request.reach.map(ReachChip)),
    (): Child => {
      if (!canDecide())
        return h("p", { class: "permission-receipt" }, words.readOnly(text.devices[deviceKind()]));
      if (decision.value !== null) return PermissionReceipt(decision.value);
      return PermissionActions({ sessionId, request, isSettled: still.isSettled, isSeen: thing.isSeen });
    },
  );
  queueMicrotask(() => still.observe(card));
  return card;
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

function positionText(position: PermissionCardOptions["position"]): string {
  const { index, count } = typeof position === "function" ? position() : position;
  return count > 1 ? words.of(index, count) : "";
}

function ReachChip(reach: Question["reach"][number]): HTMLElement {
  const { text, tone } = reachWords[reach];
  return h("li", { class: "reach-chip", "data-tone": tone }, text);
}
