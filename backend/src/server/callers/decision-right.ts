/** How far a device with the right `approve` may decide: once, for the turn, for the session; never for always. */
import type { Authentication } from "../../access/devices.ts";
import type { PermissionDecision } from "../../protocol/permission.ts";
import type { Session } from "../../sessions/session.ts";
import { assertRight } from "./authorisation.ts";

export interface DecisionTry {
  readonly session: Session;
  readonly requestId: string;
  readonly decision: PermissionDecision;
}

/** Throws 403 when the chosen option would hold without an end and the device has not full rights. */
export function assertMayDecide(authentication: Authentication, decided: DecisionTry): void {
  const { session, requestId, decision } = decided;
  const question = session.summary().pending.find((request) => request.requestId === requestId);
  const option = question?.options.find(({ optionId }) => optionId === decision.optionId);
  const isForAlways = option?.kind === "allow_always" || option?.kind === "reject_always";
  if (isForAlways && decision.grant === undefined) assertRight(authentication, "full");
}
