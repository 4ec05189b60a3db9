/** One step's answer, whatever the room: what is hidden is summed up first, and a request that was too long is sent once more, shorter. */
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { compactHistory, holdsDecisions } from "../compaction/compaction.ts";
import { conversationSize } from "../compaction/conversation-size.ts";
import { bareEnd, type ModelEnd } from "../model.ts";
import { askModel, type StepResponse } from "./model-step.ts";
import { type PreparedRequest, prepareRequest } from "./step-request.ts";
import { learnLimit, type TurnState } from "./turn-state.ts";

export interface AskingStep {
  readonly state: TurnState;
  readonly number: number;
  readonly stepId: string;
}

/** Failed compactions in a row after which a turn tries no more: it asks, or notes stand for what is hidden. */
const idleLimit = 2;

/** The answer; or an overflow, when nothing makes the request short enough. */
export async function askWithinRoom(
  turn: AgentTurn,
  parts: AgentParts,
  step: AskingStep,
): Promise<StepResponse> {
  const { state } = step;
  tellJobs(parts, step);
  let prepared = await preparedRequest(turn, parts, step);
  for (let attempt = 0; ; attempt += 1) {
    if (turn.signal.aborted) return noAnswer({ type: "stop" });
    if (isStuck(state)) return noAnswer(stuck);
    // What an earlier refusal taught may be wrong: only the endpoint itself says so once more.
    const isCertain = attempt > 0 || state.facts.isLimitLearned !== true;
    if (!prepared.fits && isCertain) return noAnswer(tooLong);
    const response = await send(turn, parts, { step, prepared });
    const overflow = overflowOf(response.end);
    if (overflow === null || attempt > 0) return response;
    const shorter = await shortened(turn, parts, {
      step,
      prepared,
      limitTokens: overflow.limitTokens ?? null,
    });
    if (isStuck(state)) return noAnswer(stuck);
    if (shorter === null) return response;
    prepared = shorter;
  }
}

/** Each that has ended is told to the model until the turn ends; the session tells people, at once. */
function tellJobs(parts: AgentParts, { state }: AskingStep): void {
  for (const { jobId, command, exitCode, stopped } of parts.endedJobs()) {
    const byItself = exitCode === null ? "ended by a signal" : `exit code ${exitCode}`;
    const how = stopped ? "the user stopped it" : byItself;
    state.news.push(
      `The background job ${jobId} (${command.slice(0, 200)}) has ended: ${how}. Its output: job ${jobId}.`,
    );
  }
}

const tooLong: ModelEnd = {
  type: "problem",
  problem: { code: "model_context_overflow" },
  retryable: false,
};

/** The person decides: sum up again, go on with notes, or take a model with more room. */
const stuck: ModelEnd = { type: "problem", problem: { code: "compaction_stuck" }, retryable: false };

function isStuck({ whenStuck, idleCompactions }: TurnState): boolean {
  return whenStuck === "ask" && idleCompactions >= idleLimit;
}

function noAnswer(end: ModelEnd): StepResponse {
  return { ...bareEnd(end), text: "", hasStartedCall: false, hasRunOn: false };
}

interface Sending {
  readonly step: AskingStep;
  readonly prepared: PreparedRequest;
}

async function send(turn: AgentTurn, parts: AgentParts, { step, prepared }: Sending): Promise<StepResponse> {
  const { request, parts: filling, estimatedTokens } = prepared;
  const limitTokens = step.state.room.limitTokens;
  step.state.shortened = prepared.projection.shortened;
  const response = await askModel(turn, parts, { request, stepId: step.stepId, parts: filling, limitTokens });
  const inputTokens = response.usage?.inputTokens ?? null;
  if (inputTokens !== null) parts.factor.learn(estimatedTokens, inputTokens);
  return response;
}

function overflowOf(end: ModelEnd): (ModelEnd & { type: "problem" }) | null {
  return end.type === "problem" && end.problem.code === "model_context_overflow" ? end : null;
}

function request(turn: AgentTurn, parts: AgentParts, { state, number }: AskingStep): PreparedRequest {
  const { model, room, facts, cuts, news, stepLimit } = state;
  return prepareRequest(turn, parts, {
    model,
    room,
    facts,
    cuts,
    news,
    step: number,
    isLastStep: number === stepLimit,
  });
}

/** When steps give way that no summary covers, they are summed up before they are gone; where that fails, notes stand for them. */
async function preparedRequest(
  turn: AgentTurn,
  parts: AgentParts,
  step: AskingStep,
): Promise<PreparedRequest> {
  const prepared = request(turn, parts, step);
  if (!isWorthSummary(turn, step.state, prepared)) return prepared;
  await compact(turn, parts, { step, prepared, trigger: "budget" });
  return request(turn, parts, step);
}

/** Where there is little room, notes kept by code must do as long as nothing was decided. */
function isWorthSummary(turn: AgentTurn, state: TurnState, { projection }: PreparedRequest): boolean {
  const { hidden, summarised } = projection;
  if (hidden <= state.triedUntil || state.idleCompactions >= idleLimit) return false;
  const part = turn.history().slice(summarised, hidden);
  if (!part.some((item) => item.type === "step")) return false;
  return state.room.profile !== "small" || holdsDecisions(part);
}

/** Null: it cannot be made shorter. */
async function shortened(
  turn: AgentTurn,
  parts: AgentParts,
  { step, prepared, limitTokens }: Sending & { readonly limitTokens: number | null },
): Promise<PreparedRequest | null> {
  const { state } = step;
  const sentTokens = Math.ceil(prepared.estimatedTokens * parts.factor.value);
  await learnLimit(parts.model, state, { limitTokens, sentTokens });
  // An endpoint that finds so much too long counts more than was thought.
  if (limitTokens !== null && sentTokens < limitTokens)
    parts.factor.learn(prepared.estimatedTokens, limitTokens * 1.1);
  if (limitTokens !== null)
    turn.emit(
      { sessionUpdate: "notice", code: "limit_learned", data: { model: state.model, limitTokens } },
      { stepId: step.stepId },
    );
  let shorter = request(turn, parts, step);
  if (isWorthSummary(turn, state, shorter)) {
    await compact(turn, parts, { step, prepared: shorter, trigger: "overflow" });
    shorter = request(turn, parts, step);
  }
  const isShorter = shorter.estimatedTokens < prepared.estimatedTokens * 0.97;
  return isShorter ? shorter : null;
}

interface Compacting {
  readonly step: AskingStep;
  readonly prepared: PreparedRequest;
  readonly trigger: "budget" | "overflow";
}

async function compact(
  turn: AgentTurn,
  parts: AgentParts,
  { step, prepared, trigger }: Compacting,
): Promise<void> {
  const { state } = step;
  state.compactions += 1;
  state.triedUntil = prepared.projection.hidden;
  const end = await compactHistory(turn, parts, {
    compactionId: `${turn.turnId}-k${state.compactions}`,
    model: state.model,
    room: state.room,
    trigger,
    until: prepared.projection.hidden,
    sizeOf: conversationSize(turn, parts, state),
  });
  state.idleCompactions = end.type === "completed" ? 0 : state.idleCompactions + 1;
}
