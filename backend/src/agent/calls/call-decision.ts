/** Whether a planned call may run: the policy judges, and where it says so a person decides. */
import type { PermissionOption, PermissionOptionKind, PermissionRequest } from "../../protocol/permission.ts";
import type { Actor } from "../../protocol/session-update.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { isGrantable, type Verdict } from "../permission.ts";
import { resultWords, type ToolPlan } from "../tool.ts";
import type { ReadyCall } from "./call-preparation.ts";
import { type CallResult, callFailure, callWords } from "./call-result.ts";

/** What was decided on a planned call. */
export type CallDecision =
  | { readonly type: "run" }
  /** `endsTurn`: a person said no and nothing else. */
  | { readonly type: "refused"; readonly result: CallResult; readonly endsTurn: boolean };

/** A call and what it would do. */
export interface PlannedCall {
  readonly call: ReadyCall;
  readonly plan: ToolPlan;
  readonly stepId: string;
}

/** Judges the plan, asks when it must, and writes down who decided when nobody was asked. */
export async function decideCall(
  turn: AgentTurn,
  parts: AgentParts,
  planned: PlannedCall,
): Promise<CallDecision> {
  const mode = turn.mode();
  const verdict = parts.policy.judge({ access: planned.plan.access, root: turn.root, mode });
  if (verdict.type === "ask")
    return askPermission(turn, permissionRequest(turn, parts, { ...planned, verdict }));
  if (verdict.type === "allow") {
    if (!planned.call.tool.readOnly) emitOutcome(turn, planned, { kind: "allow_once", by: verdict.by });
    return { type: "run" };
  }
  emitOutcome(turn, planned, { kind: "reject_once", by: verdict.by });
  const reason = mode === "plan" && verdict.by.kind === "mode" ? "mode" : "denied";
  return refused(callFailure(reason, `${sentence(verdict.reason)} Do not retry the same call.`));
}

async function askPermission(turn: AgentTurn, request: PermissionRequest): Promise<CallDecision> {
  const answer = await turn.requestPermission(request);
  switch (answer.type) {
    case "allowed":
      return { type: "run" };
    case "cancelled":
      return refused(callFailure("cancelled", callWords.turnStopped));
    case "denied": {
      const feedback = answer.feedback?.trim() ?? "";
      const said =
        feedback === "" ? "The user refused this call." : `${resultWords.refusedSaying}"${feedback}"`;
      return {
        ...refused(callFailure("denied", `${said} Do not retry the same call.`)),
        endsTurn: feedback === "",
      };
    }
  }
}

function refused(result: CallResult) {
  return { type: "refused", result, endsTurn: false } as const;
}

function sentence(text: string): string {
  return /[.!?]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;
}

interface QuestionedCall extends PlannedCall {
  readonly verdict: Extract<Verdict, { type: "ask" }>;
}

function permissionRequest(
  turn: AgentTurn,
  parts: AgentParts,
  questioned: QuestionedCall,
): PermissionRequest {
  const { call, plan, verdict } = questioned;
  const { name, arguments: written } = call.call;
  return {
    requestId: requestId(call),
    toolCallId: call.toolCallId,
    subject: plan.subject,
    content: [...plan.content],
    reach: [...verdict.reach],
    dangerous: verdict.dangerous,
    options: isGrantable({ dangerous: verdict.dangerous, subject: plan.subject })
      ? [allowOnce, allowAlways, rejectOnce]
      : [allowOnce, rejectOnce],
    digest: parts.digest([
      turn.sessionId,
      turn.turnId,
      call.toolCallId,
      name,
      written,
      plan.basis,
      JSON.stringify(plan.access),
    ]),
  };
}

const allowOnce: PermissionOption = { optionId: "allow_once", kind: "allow_once", name: "Allow once" };
const allowAlways: PermissionOption = {
  optionId: "allow_always",
  kind: "allow_always",
  name: "Always allow",
};
const rejectOnce: PermissionOption = { optionId: "reject_once", kind: "reject_once", name: "Refuse" };

function requestId(call: ReadyCall): string {
  return `${call.toolCallId}-p`;
}

function emitOutcome(
  turn: AgentTurn,
  planned: PlannedCall,
  decision: { readonly kind: PermissionOptionKind; readonly by: Actor },
): void {
  const { call, stepId } = planned;
  const outcome = { outcome: "selected", optionId: decision.kind, kind: decision.kind } as const;
  const ids = { requestId: requestId(call), toolCallId: call.toolCallId };
  turn.emit({ sessionUpdate: "permission_outcome", ...ids, outcome }, { stepId, by: decision.by });
}
