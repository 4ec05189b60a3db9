/**
 * A turn: asks the model, runs the calls it makes, tells it the results, until it has nothing more to call.
 * Everything that happens is emitted; what the model is sent is projected from the history that the emitted updates make.
 */
import type { TurnProblem } from "../protocol/session.ts";
import type { AgentParts, AgentTurn, TurnOutcome } from "./agent-turn.ts";
import { RepeatedCalls } from "./calls/repeated-calls.ts";
import { askModel, type StepResponse } from "./model-step.ts";
import { estimateTokens, project } from "./projection.ts";
import { reminders } from "./reminders.ts";
import { type RunEnd, runCalls } from "./tool-runner.ts";

/** Model responses in one turn; the last one may not call tools. */
const stepLimit = 50;

/** Responses in a row that may break off inside a call before the turn gives up. */
const cutLimit = 3;

interface TurnState {
  readonly repeated: RepeatedCalls;
  readonly model: string;
  cuts: number;
  budgetTokens: number | null;
  hasShrunk: boolean;
}

/** Runs one turn to its end. Never throws, and leaves no call without a result. */
export async function runTurn(turn: AgentTurn, parts: AgentParts): Promise<TurnOutcome> {
  if (turn.model === null) return failed({ code: "model_missing" });
  const state: TurnState = {
    repeated: new RepeatedCalls(),
    model: turn.model,
    cuts: 0,
    budgetTokens: null,
    hasShrunk: false,
  };
  try {
    for (let number = 1; number <= stepLimit; number += 1) {
      await letSteeredIn(turn, number);
      const outcome = await runStep(turn, parts, { state, number });
      if (turn.signal.aborted) return { stopReason: "cancelled" };
      if (outcome === null) continue;
      const isDone = outcome.stopReason === "end_turn";
      if (!isDone || !(await letSteeredIn(turn, number + 1))) return outcome;
    }
    return { stopReason: "max_turn_requests" };
  } catch (error) {
    if (turn.signal.aborted) return { stopReason: "cancelled" };
    return failed({ code: "internal", detail: error instanceof Error ? error.message : String(error) });
  }
}

/** Lets in what a person steered into the turn; whether there was any. The last step could do nothing about it. */
async function letSteeredIn(turn: AgentTurn, nextStep: number): Promise<boolean> {
  if (turn.signal.aborted || nextStep >= stepLimit) return false;
  const steered = await turn.takeSteered();
  return steered.length > 0;
}

interface Step {
  readonly state: TurnState;
  readonly number: number;
}

/** Null: the turn goes on. */
async function runStep(turn: AgentTurn, parts: AgentParts, step: Step): Promise<TurnOutcome | null> {
  if (turn.signal.aborted) return { stopReason: "cancelled" };
  const stepId = `${turn.turnId}-s${step.number}`;
  const response = await askWithinWindow(turn, parts, { ...step, stepId });
  if (turn.signal.aborted) return { stopReason: "cancelled" };
  const { state } = step;
  if (response.contextWindow !== null) state.budgetTokens = inputBudget(response.contextWindow);
  const wasCutInCall = response.end.type === "length" && response.hasStartedCall;
  state.cuts = wasCutInCall ? state.cuts + 1 : 0;
  if (wasCutInCall && state.cuts < cutLimit) return null;
  if (response.end.type !== "calls") return outcomeOf(response, step.number);
  const canRun = step.number < stepLimit;
  const end = await runCalls(turn, parts, {
    calls: response.calls,
    stepId,
    repeated: state.repeated,
    canRun,
  });
  return outcomeOfCalls(end);
}

function outcomeOfCalls(end: RunEnd): TurnOutcome | null {
  switch (end) {
    case "continue":
      return null;
    case "refused":
      return { stopReason: "cancelled" };
    case "stop":
      return { stopReason: "end_turn" };
    case "not_saving":
      return failed({ code: "not_saving" });
  }
}

function outcomeOf({ end }: StepResponse, number: number): TurnOutcome {
  switch (end.type) {
    case "problem":
      return failed(end.problem);
    case "refusal":
      return failed({
        code: "model_content_filter",
        ...(end.detail === undefined ? {} : { detail: end.detail }),
      });
    case "length":
      return { stopReason: "max_tokens" };
    case "stop":
    case "calls":
      return { stopReason: number === stepLimit ? "max_turn_requests" : "end_turn" };
  }
}

function failed(problem: TurnProblem): TurnOutcome {
  return { stopReason: "refusal", problem };
}

/** When the endpoint finds the request too long, old results give way, once. */
async function askWithinWindow(
  turn: AgentTurn,
  parts: AgentParts,
  step: Step & { stepId: string },
): Promise<StepResponse> {
  const { state, stepId } = step;
  const request = stepRequest(turn, parts, step);
  const response = await askModel(turn, parts, { request, stepId });
  const isTooLong = response.end.type === "problem" && response.end.problem.code === "model_context_overflow";
  if (!isTooLong || state.hasShrunk) return response;
  state.hasShrunk = true;
  state.budgetTokens = Math.floor(estimateTokens(request.messages) / 2);
  const shorter = stepRequest(turn, parts, step);
  if (estimateTokens(shorter.messages) === estimateTokens(request.messages)) return response;
  return askModel(turn, parts, { request: shorter, stepId });
}

function stepRequest(turn: AgentTurn, parts: AgentParts, step: Step) {
  const { state } = step;
  const isLastStep = step.number === stepLimit;
  const history = turn.history();
  const last = history.at(-1);
  const mustContinue =
    turn.prompt.length === 0 && step.number === 1 && last?.type === "step" && last.calls.length === 0;
  const options = {
    systemPrompt: parts.systemPrompt,
    budgetTokens: state.budgetTokens,
    reminders: reminders({ mode: turn.mode(), isLastStep, mustContinue, cuts: state.cuts }),
  };
  return {
    model: state.model,
    messages: project(history, options),
    tools: isLastStep ? [] : parts.tools.offered,
  };
}

/** Room for an answer and for what the estimate misses. */
function inputBudget(contextWindow: number): number {
  return Math.floor(contextWindow * 0.92 - Math.min(8_000, contextWindow / 4));
}
