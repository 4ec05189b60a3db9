/** Runs one call from its plan to its result: decided, announced on disk where it changes anything, and made once. */
import type { WholeUpdate, WrittenUpdate } from "../../protocol/written-update.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import type { ToolContext, ToolPlan, ToolResult } from "../tool.ts";
import { decideCall, type PlannedCall } from "./call-decision.ts";
import type { ReadyCall } from "./call-preparation.ts";
import { type CallResult, callFailure, callResult, callWords, thrownFailure } from "./call-result.ts";
import type { CallServices } from "./call-services.ts";
import { askPerson } from "./person-question.ts";

/** `next`: whether the calls after this one may run. */
export interface CallEnd {
  readonly result: CallResult;
  readonly next: "continue" | "stop" | "not_saving";
}

/** How long a stopped tool has to clean up after itself: less than its session waits for the turn, so that its result is still told. */
const stopGraceMs = 4_000;

/** A call that is to be made, and what it may use. */
export interface MadeCall {
  readonly call: ReadyCall;
  readonly stepId: string;
  readonly services: CallServices;
}

/** Never rejects. */
export async function runCall(turn: AgentTurn, parts: AgentParts, made: MadeCall): Promise<CallEnd> {
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
  const update: WholeUpdate = {
    sessionUpdate: "tool_call_update",
    toolCallId: call.toolCallId,
    status: "in_progress",
    title: plan.title,
    kind: call.kind,
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
    const paths = plan.access.type === "write" ? plan.access.paths : [];
    const result = await parts.locks.hold(paths, () =>
      Promise.race([runUnlessStopped(turn, plan, context), givenUp(turn, parts, over.signal)]),
    );
    if (result === null) return callFailure("unknown_outcome", callWords.givenUp);
    return callResult(await withInstructions(parts, plan, result), plan.locations);
  } catch (error) {
    return turn.signal.aborted ? callFailure("cancelled", callWords.stoppedRunning) : thrownFailure(error);
  } finally {
    over.abort();
  }
}

/** Whoever reads a file is told what holds for the folder that it lies in. */
async function withInstructions(parts: AgentParts, plan: ToolPlan, result: ToolResult): Promise<ToolResult> {
  if (plan.access.type !== "read" || plan.subject.type !== "read" || result.failed === true) return result;
  const told = await parts.instructionsBelow(plan.access.paths);
  return told === "" ? result : { ...result, text: `${result.text}\n\n${told}` };
}

/** Who waited for a file may have been stopped meanwhile. */
function runUnlessStopped(turn: AgentTurn, plan: ToolPlan, context: ToolContext): Promise<ToolResult> {
  turn.signal.throwIfAborted();
  return plan.run(context);
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
function liveContext(turn: AgentTurn, parts: AgentParts, { call, stepId, services }: MadeCall) {
  let isOpen = true;
  let questions = 0;
  const toolCallId = call.toolCallId;
  const emit = (update: WrittenUpdate) => {
    if (isOpen) turn.emit(update, { stepId });
  };
  const context: ToolContext = {
    root: turn.root,
    sessionId: turn.sessionId,
    toolCallId,
    signal: turn.signal,
    seen: parts.seen,
    limits: services.limits,
    seesImages: services.seesImages,
    showPlan: (entries) => emit({ sessionUpdate: "plan", entries: [...entries] }),
    ask(subject) {
      questions += 1;
      return askPerson(turn, parts, { subject, call: { toolCallId, number: questions } });
    },
    recall: (resultId) => services.recall(resultId),
    shownBefore: (text) => services.shownBefore(text, toolCallId),
    delegate: (task) => services.delegate(task, toolCallId),
    mode: () => turn.mode(),
    setMode(mode) {
      if (isOpen) turn.setMode(mode);
    },
    output: (stream, text) => emit({ sessionUpdate: "tool_output_chunk", toolCallId, stream, text }),
  };
  return {
    context,
    close() {
      isOpen = false;
    },
  };
}
