/**
 * A question to a person, with everything that is needed to decide it: the question, where, the thing itself whole,
 * how far it reaches, and the buttons. It never takes the focus.
 */
import { h } from "../../lib/dom.ts";
import { questionText, reachWords } from "../../text/en-permission.ts";
import { CardFrame, type Position } from "./card-frame.ts";
import { PermissionActions } from "./permission-actions.ts";
import { permissionThing } from "./permission-thing.ts";
import { Where } from "./permission-where.ts";
import type { Question } from "./question.ts";
import { settled } from "./settled.ts";

export interface PermissionCardOptions {
  readonly sessionId: string;
  readonly request: Question;
  readonly position: Position | (() => Position);
  /** In the list of sessions, where less room is given to the thing itself. */
  readonly compact?: boolean;
  /** Makes it a row; absent: it is always whole. */
  readonly fold?: () => void;
}

/** A finger that was on its way to something else must not decide. */
export const inertMs = 500;

/** The card of one question. Another question, or a changed one, is another card. */
export function PermissionCard(options: PermissionCardOptions): HTMLElement {
  const { sessionId, request, position, fold } = options;
  const still = settled(inertMs);
  const thing = permissionThing(request);
  const card = CardFrame(
    {
      request,
      title: questionText(request.subject),
      isCompact: options.compact === true,
      position,
      fold,
    },
    [
      Where(sessionId, request),
      thing.element,
      h("ul", { class: "permission-reach" }, request.reach.map(ReachChip)),
    ],
    () => [PermissionActions({ sessionId, request, isSettled: still.isSettled, isSeen: thing.isSeen })],
  );
  queueMicrotask(() => still.observe(card));
  return card;
}

function ReachChip(reach: Question["reach"][number]): HTMLElement {
  const { text, tone } = reachWords[reach];
  return h("li", { class: "reach-chip", "data-tone": tone }, text);
}
