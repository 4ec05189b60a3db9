/** The card of a question, by what is asked: something to allow, something to answer, or a plan to take. */

import { PermissionCard, type PermissionCardOptions } from "../permission/permission-card.ts";
import { AskCard } from "./ask-card.ts";
import { PlanCard } from "./plan-card.ts";

export { receiptText } from "../permission/permission-actions.ts";

/** Draws the card that fits. Another question, or a changed one, is another card. */
export function AnyCard(options: PermissionCardOptions): HTMLElement {
  const { request } = options;
  switch (request.subject.type) {
    case "question":
      return AskCard(options, request.subject);
    case "plan":
      return PlanCard(options, request.subject);
    case "command":
    case "edit":
    case "read":
    case "fetch":
    case "other":
      return PermissionCard(options);
  }
}
