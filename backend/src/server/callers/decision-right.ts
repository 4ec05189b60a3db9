/** How far a device with the right `approve` may decide: once, for the turn, for the session; never for always, nor which mode holds. */
import type { Authentication } from "../../access/devices.ts";
import type { PermissionDecision } from "../../protocol/permission.ts";
import type { Session } from "../../sessions/session.ts";
import type { ServerParts } from "../parts.ts";
import { assertRight } from "./authorisation.ts";

export interface DecisionTry {
  readonly session: Session;
  readonly requestId: string;
  readonly decision: PermissionDecision;
}

/** Throws 403 when the chosen option would hold without an end, or set a mode, and the device has not the rights for that. */
export function assertMayDecide(
  authentication: Authentication,
  decided: DecisionTry,
  parts: Pick<ServerParts, "devices">,
): void {
  const { session, requestId, decision } = decided;
  const question = session.summary().pending.find((request) => request.requestId === requestId);
  const option = question?.options.find(({ optionId }) => optionId === decision.optionId);
  const isForAlways = option?.kind === "allow_always" || option?.kind === "reject_always";
  if (isForAlways && decision.grant === undefined) assertRight(authentication, "full");
  const isPlanAccepted = question?.subject.type === "plan" && option?.kind === "allow_once";
  if (!isPlanAccepted) return;
  // The same as for a change of the mode itself: only what is the most careful is for others than full devices.
  const isCareful = option.optionId === "start_ask" && !isModeOfFull(session, parts);
  assertRight(authentication, isCareful ? "approve" : "full");
}

/** Whether somebody with full rights chose the mode that holds, or nobody knows who. */
function isModeOfFull({ modeChooser }: Session, { devices }: Pick<ServerParts, "devices">): boolean {
  if (modeChooser?.kind !== "device") return true;
  return (devices.find(modeChooser.id)?.rights ?? "full") === "full";
}
