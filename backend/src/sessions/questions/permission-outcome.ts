/** From what a person sent to what is logged, and from that to what the asking engine is told. Pure. */
import type { PermissionAnswer } from "../../engines/engine.ts";
import type {
  PermissionDecision,
  PermissionOption,
  PermissionOutcome,
  PermissionRequest,
} from "../../protocol/permission.ts";
import { SessionConflict } from "../session-conflict.ts";

/** Checks a decision against its question; throws SessionConflict when it does not fit. */
export function outcomeOf(request: PermissionRequest, decision: PermissionDecision): PermissionOutcome {
  if (decision.digest !== request.digest) {
    throw new SessionConflict("permission_changed", "This is not the question that is open now.", {
      digest: request.digest,
    });
  }
  const option = request.options.find(({ optionId }) => optionId === decision.optionId);
  if (option === undefined) throw new SessionConflict("invalid_request", "The question has no such option.");
  return {
    outcome: "selected",
    optionId: option.optionId,
    kind: option.kind,
    ...grantOf(request, option, decision),
    ...(decision.feedback === undefined ? {} : { feedback: decision.feedback }),
  };
}

/** What the engine is told. */
export function answerOf(outcome: PermissionOutcome): PermissionAnswer {
  if (outcome.outcome === "cancelled") return { type: "cancelled" };
  switch (outcome.kind) {
    case "allow_once":
    case "allow_always":
      return {
        type: "allowed",
        optionId: outcome.optionId,
        ...(outcome.feedback === undefined ? {} : { feedback: outcome.feedback }),
      };
    case "reject_once":
    case "reject_always":
      return { type: "denied", feedback: outcome.feedback ?? null };
  }
}

function grantOf(
  request: PermissionRequest,
  option: PermissionOption,
  decision: PermissionDecision,
): Pick<Extract<PermissionOutcome, { outcome: "selected" }>, "grant"> {
  if (option.kind !== "allow_always") return {};
  if (request.dangerous) {
    throw new SessionConflict("invalid_request", "What is dangerous is allowed once at a time.");
  }
  if (decision.grant === undefined) {
    throw new SessionConflict("invalid_request", "Say how long it is allowed: for the turn or the session.");
  }
  return { grant: decision.grant };
}
