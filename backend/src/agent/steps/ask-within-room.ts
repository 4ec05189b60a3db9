/** One step's answer, whatever the room: what is hidden is summed up first, and a request that was too long is sent once more, shorter. */
import type { BackgroundJob } from "../../protocol/job.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { compactHistory, holdsDecisions } from "../compaction/compaction.ts";
import { conversationSize } from "../compaction/conversation-size.ts";
import { bareEnd, type ModelEnd } from "../model.ts";
import { askModel, type StepResponse } from "./model-step.ts";
import { type PreparedRequest, prepareRequest } from "./step-request.ts";
import { learnLimit, type TurnMemory } from "./turn-memory.ts";

export interface AskingStep {
  readonly memory: TurnMemory;
  readonly number: number;
  readonly stepId: string;
}

/** Failed compactions in a row after which a turn tries no more: it asks, or notes stand for what is hidden. */
const idleLimit = 2;
/** How much more than its limit an endpoint is taken to count that refuses what should fit. */
const overLimit = 1.1;
/** A request is worth sending again when it is at most so long as before. */
const worthwhileShare = 0.97;
/** Of a command, so much is told. */
const longestCommandCharacters = 200;

/** The answer; or an overflow, when nothing makes the request short enough. */
export async function askWithinRoom(
  turn: AgentTurn,
  parts: AgentParts,
  step: AskingStep,
): Promise<StepResponse> {
  const { memory } = step;
  tellJobs(parts, step);
  let prepared = await preparedRequest(turn, parts, step);
  for (let attempt = 0; ; attempt += 1) {
    if (turn.signal.aborted) return noAnswer({ type: "stop" });
    if (isStuck(memory)) return noAnswer(stuck);
    // What an earlier refusal taught may be wrong: only the endpoint itself says so once more.
    const isCertain = attempt > 0 || memory.facts.isLimitLearned !== true;
    if (!prepared.fits && isCertain) return noAnswer(tooLong);
    const response = await send(turn, parts, { step, prepared });
    const overflow = overflowOf(response.end);
    if (overflow === null || attempt > 0) return response;
    const shorter = await shortened(turn, parts, {
      step,
      prepared,
      limitTokens: overflow.limitTokens ?? null,
    });
    if (isStuck(memory)) return noAnswer(stuck);
    if (shorter === null) return response;
    prepared = shorter;
  }
}

/** Each that has ended is told to the model until the turn ends; the session tells people, at once. */
function tellJobs(parts: AgentParts, { memory }: AskingStep): void {
  for (const { jobId, command, end } of parts.endedJobs()) {
    memory.news.push(
      `The background job ${jobId} (${command.slice(0, longestCommandCharacters)}) has ended: ${howEnded(end)}. Its output: job ${jobId}.`,
    );
  }
}

function howEnded(end: BackgroundJob["end"]): string {
  if (end?.stoppedBy === "person") return "the user stopped it";
  if (end?.stoppedBy === "agent") return "job kill stopped it";
  const exitCode = end?.exitCode ?? null;
  return exitCode === null ? "ended by a signal" : `exit code ${exitCode}`;
}

const tooLong: ModelEnd = {
  type: "problem",
  problem: { code: "model_context_overflow" },
  retryable: false,
};

/** The person decides: sum up again, go on with notes, or take a model with more room. */
const stuck: ModelEnd = { type: "problem", problem: { code: "compaction_stuck" }, retryable: false };

function isStuck({ whenStuck, idleCompactions }: TurnMemory): boolean {
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
  const limitTokens = step.memory.room.limitTokens;
  step.memory.offered = request.tools;
  step.memory.shortened = prepared.projection.shortened;
  const response = await askModel(turn, parts, { request, stepId: step.stepId, parts: filling, limitTokens });
  const inputTokens = response.usage?.inputTokens ?? null;
  if (inputTokens !== null) parts.factor.learn(estimatedTokens, inputTokens);
  return response;
}

function overflowOf(end: ModelEnd): (ModelEnd & { type: "problem" }) | null {
  return end.type === "problem" && end.problem.code === "model_context_overflow" ? end : null;
}

function request(turn: AgentTurn, parts: AgentParts, { memory, number }: AskingStep): PreparedRequest {
  const { model, room, facts, cuts, news, stepLimit } = memory;
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
  if (!isWorthSummary(turn, step.memory, prepared)) return prepared;
  await compact(turn, parts, { step, prepared, trigger: "budget" });
  return request(turn, parts, step);
}

/** Where there is little room, notes kept by code must do as long as nothing was decided. */
function isWorthSummary(turn: AgentTurn, memory: TurnMemory, { projection }: PreparedRequest): boolean {
  const { hidden, summarised } = projection;
  if (hidden <= memory.triedUntil || memory.idleCompactions >= idleLimit) return false;
  const part = turn.history().slice(summarised, hidden);
  if (!part.some((item) => item.type === "step")) return false;
  return memory.room.profile !== "small" || holdsDecisions(part);
}

/** Null: it cannot be made shorter. */
async function shortened(
  turn: AgentTurn,
  parts: AgentParts,
  { step, prepared, limitTokens }: Sending & { readonly limitTokens: number | null },
): Promise<PreparedRequest | null> {
  const { memory } = step;
  const sentTokens = Math.ceil(prepared.estimatedTokens * parts.factor.value);
  await learnLimit(parts.model, memory, { limitTokens, sentTokens });
  // An endpoint that finds so much too long counts more than was thought.
  if (limitTokens !== null && sentTokens < limitTokens)
    parts.factor.learn(prepared.estimatedTokens, limitTokens * overLimit);
  if (limitTokens !== null)
    turn.emit(
      { sessionUpdate: "notice", code: "limit_learned", data: { model: memory.model, limitTokens } },
      { stepId: step.stepId },
    );
  let shorter = request(turn, parts, step);
  if (isWorthSummary(turn, memory, shorter)) {
    await compact(turn, parts, { step, prepared: shorter, trigger: "overflow" });
    shorter = request(turn, parts, step);
  }
  const isShorter = shorter.estimatedTokens < prepared.estimatedTokens * worthwhileShare;
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
  const { memory } = step;
  memory.compactions += 1;
  memory.triedUntil = prepared.projection.hidden;
  const end = await compactHistory(turn, parts, {
    compactionId: `${turn.turnId}-k${memory.compactions}`,
    model: memory.model,
    room: memory.room,
    trigger,
    until: prepared.projection.hidden,
    sizeOf: conversationSize(turn, parts, memory),
  });
  // Where nothing was to be gained nothing went wrong: it is tried again once more is hidden.
  if (end.type === "no_gain") return;
  memory.idleCompactions = end.type === "completed" ? 0 : memory.idleCompactions + 1;
}
