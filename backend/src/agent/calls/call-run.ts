/** Runs one call from its plan to its result: decided, announced on disk where it changes anything, and made once. */
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import type { ToolContext, ToolResult } from "../tool.ts";
import { decideCall, type PlannedCall } from "./call-decision.ts";
import type { ReadyCall } from "./call-preparation.ts";
import { type CallResult, callFailure, callResult, callWords, thrownFailure } from "./call-result.ts";

/** `next`: whether the calls after this one may run. */
export interface CallEnd {
  readonly result: CallResult;
  readonly next: "continue" | "stop" | "not_saving";
}

/** How long a stopped tool has to clean up after itself. */
const stopGraceMs = 5_000;

/** Never rejects. */
export async function runCall(
  turn: AgentTurn,
  parts: AgentParts,
  made: { call: ReadyCall; stepId: string },
): Promise<CallEnd> {
  const live = liveContext(turn, parts, made);
  try {
    const plan = await made.call.tool.plan(made.call.input, live.context);
    return await runPlanned(turn, parts, { ...made, plan, context: live.context });
  } catch (error) {
    return goOn(turn.signal.aborted ? callFailure("cancelled", callWords.turnStopped) : thrownFailure(error));
  } finally {
    live.close();
  }
}

type LiveCall = PlannedCall & { readonly context: ToolContext };

async function runPlanned(turn: AgentTurn, parts: AgentParts, live: LiveCall): Promise<CallEnd> {
  if (turn.signal.aborted) return goOn(callFailure("cancelled", callWords.turnStopped));
  const decision = await decideCall(turn, parts, live);
  if (decision.type === "refused")
    return { result: decision.result, next: decision.endsTurn ? "stop" : "continue" };
  if (!live.call.tool.readOnly) await turn.checkpointTaken();
  if (turn.signal.aborted) return goOn(callFailure("cancelled", callWords.turnStopped));
  if (!(await announce(turn, live)))
    return { result: callFailure("not_started", callWords.notSaved), next: "not_saving" };
  return goOn(await makeCall(turn, parts, live));
}

function goOn(result: CallResult): CallEnd {
  return { result, next: "continue" };
}

/** Before anything changes, the log on disk says that it is about to: so a call is made at most once. */
async function announce(turn: AgentTurn, { call, plan, stepId }: LiveCall): Promise<boolean> {
  const update: SessionUpdate = {
    sessionUpdate: "tool_call_update",
    toolCallId: call.toolCallId,
    status: "in_progress",
    title: plan.title,
    locations: [...plan.locations],
  };
  if (call.tool.readOnly) {
    turn.emit(update, { stepId });
    return true;
  }
  try {
    await turn.emitDurable(update, { stepId });
    return true;
  } catch {
    // The session tells the user that it cannot save; here it only means that the call must not be made.
    return false;
  }
}

async function makeCall(
  turn: AgentTurn,
  parts: AgentParts,
  { plan, context }: LiveCall,
): Promise<CallResult> {
  const over = new AbortController();
  try {
    if (turn.signal.aborted) return callFailure("cancelled", callWords.turnStopped);
    const result = await Promise.race([plan.run(context), givenUp(turn, parts, over.signal)]);
    return result === null
      ? callFailure("unknown_outcome", callWords.givenUp)
      : callResult(result, plan.locations);
  } catch (error) {
    return turn.signal.aborted ? callFailure("cancelled", callWords.stoppedRunning) : thrownFailure(error);
  } finally {
    over.abort();
  }
}

/** Resolves null when the turn was stopped and the tool has not ended within its grace; stays open otherwise. */
function givenUp(turn: AgentTurn, parts: AgentParts, over: AbortSignal): Promise<ToolResult | null> {
  return new Promise((resolve) => {
    const wait = () => void parts.wait(stopGraceMs, over).then(() => resolve(null));
    if (turn.signal.aborted) wait();
    else turn.signal.addEventListener("abort", wait, { once: true, signal: over });
  });
}

/** What a tool sends after its end goes nowhere. */
function liveContext(
  turn: AgentTurn,
  parts: AgentParts,
  { call, stepId }: { call: ReadyCall; stepId: string },
) {
  let isOpen = true;
  const toolCallId = call.toolCallId;
  const context: ToolContext = {
    root: turn.root,
    sessionId: turn.sessionId,
    toolCallId,
    signal: turn.signal,
    seen: parts.seen,
    output(stream, text) {
      if (isOpen) turn.emit({ sessionUpdate: "tool_output_chunk", toolCallId, stream, text }, { stepId });
    },
  };
  return {
    context,
    close() {
      isOpen = false;
    },
  };
}
