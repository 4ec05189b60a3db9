/**
 * A turn: asks the model, runs the calls it makes, tells it the results, until it has nothing more to call.
 * Everything that happens is emitted; what the model is sent is projected from the history that the emitted updates make.
 */

import { setMaxListeners } from "node:events";
import type { TurnProblem } from "../protocol/session.ts";
import type { ModelCallMeta } from "../protocol/tool-call.ts";
import type { AgentParts, AgentTurn, TurnOutcome } from "./agent-turn.ts";
import type { CallServices } from "./calls/call-services.ts";
import { type RunEnd, runCalls } from "./calls/tool-runner.ts";
import { type WrittenCalls, writtenCalls } from "./calls/written-calls.ts";
import { pointerToSame } from "./context/repeated-results.ts";
import { recallResult } from "./context/result-ids.ts";
import { internalProblem } from "./internal-problem.ts";
import { limitsFor } from "./room/result-limits.ts";
import { askWithinRoom } from "./steps/ask-within-room.ts";
import { runChecks } from "./steps/checks.ts";
import type { StepResponse } from "./steps/model-step.ts";
import { learnToolless, learnWindow, startMemory, stepLimits, type TurnMemory } from "./steps/turn-memory.ts";
import { type StepBudget, Subagents } from "./subagents.ts";

/** Responses in a row that may break off inside a call before the turn gives up. */
const cutLimit = 3;

/** Calls beside each other, their subagents', and the processes of each all wait for the same signal. */
const waitingAtOnce = 200;

/** Runs one turn to its end. Never throws, and leaves no call without a result. */
export function runTurn(turn: AgentTurn, parts: AgentParts): Promise<TurnOutcome> {
  setMaxListeners(waitingAtOnce, turn.signal);
  return runSteps(turn, parts, { stepLimit: stepLimits.turn, budget: null });
}

interface TurnBounds {
  readonly stepLimit: number;
  /** Of a subagent: what it shares with those beside it. */
  readonly budget: StepBudget | null;
}

async function runSteps(turn: AgentTurn, parts: AgentParts, bounds: TurnBounds): Promise<TurnOutcome> {
  const { stepLimit, budget } = bounds;
  if (turn.model === null) return failed({ code: "model_missing" });
  try {
    if (turn.signal.aborted) return { stopReason: "cancelled" };
    const memory = await startMemory(parts.model, turn.model, stepLimit);
    // A subagent has nobody to ask, and whoever lets a turn go on has been asked.
    if (budget !== null || turn.prompt.length === 0) memory.whenStuck = "go_on";
    const services = servicesOf(turn, parts, memory);
    for (let number = 1; number <= stepLimit; number += 1) {
      if (budget !== null && budget.left <= 0) break;
      if (budget !== null) budget.left -= 1;
      await letSteeredIn(turn, number, stepLimit);
      const outcome = await runStep(turn, parts, { memory, services, number });
      if (turn.signal.aborted) return { stopReason: "cancelled" };
      if (outcome === null) continue;
      const isDone = outcome.stopReason === "end_turn";
      if (!isDone || !(await letSteeredIn(turn, number + 1, stepLimit))) return outcome;
    }
    return { stopReason: "max_turn_requests" };
  } catch (error) {
    if (turn.signal.aborted) return { stopReason: "cancelled" };
    return failed(internalProblem(error));
  }
}

function servicesOf(turn: AgentTurn, parts: AgentParts, memory: TurnMemory): CallServices {
  const subagents = new Subagents(turn, parts, (subturn, subparts, budget) =>
    runSteps(subturn, subparts, { stepLimit: stepLimits.subagent, budget }),
  );
  return {
    get limits() {
      return limitsFor(memory.room.profile, memory.room.limitTokens);
    },
    get seesImages() {
      return memory.facts.images === true;
    },
    recall: (resultId) => recallResult(turn.history(), resultId),
    shownBefore: (text, toolCallId) =>
      pointerToSame(turn.history(), { text, toolCallId, shortened: memory.shortened }),
    delegate: (task, toolCallId) => subagents.delegate({ task, toolCallId, profile: memory.room.profile }),
  };
}

/** Lets in what a person steered into the turn; whether there was any. The last step could do nothing about it. */
async function letSteeredIn(turn: AgentTurn, nextStep: number, stepLimit: number): Promise<boolean> {
  if (turn.signal.aborted || nextStep >= stepLimit) return false;
  const steered = await turn.takeSteered();
  return steered.length > 0;
}

interface Step {
  readonly memory: TurnMemory;
  readonly services: CallServices;
  readonly number: number;
}

/** Null: the turn goes on. */
async function runStep(turn: AgentTurn, parts: AgentParts, step: Step): Promise<TurnOutcome | null> {
  if (turn.signal.aborted) return { stopReason: "cancelled" };
  const { memory, services, number } = step;
  const stepId = `${turn.turnId}-s${number}`;
  const response = await askWithinRoom(turn, parts, { memory, number, stepId });
  if (turn.signal.aborted) return { stopReason: "cancelled" };
  learnWindow(memory, response.contextWindow);
  const written = writtenIn(response, memory);
  const wasCutInCall = response.end.type === "length" && (response.hasStartedCall || written.isOpen);
  memory.cuts = wasCutInCall ? memory.cuts + 1 : 0;
  if (wasCutInCall && memory.cuts < cutLimit && number < memory.stepLimit) return null;
  if (
    number < memory.stepLimit &&
    response.end.type === "problem" &&
    (await learnToolless(parts.model, memory))
  )
    return null;
  const calls = callsOf(response, written, step);
  if (calls === null) return outcomeOf(response, step);
  const end = await runCalls(turn, parts, {
    calls,
    stepId,
    // A model that takes no tools is offered none, and calls them all the same.
    offered: memory.facts.tools === false ? parts.tools.offered : memory.offered,
    repeated: memory.repeated,
    services,
    canRun: number < memory.stepLimit,
  });
  const checked = end === "continue" ? await runChecks(turn, parts, { memory, services, stepId }) : end;
  return outcomeOfCalls(checked);
}

const nothingWritten: WrittenCalls = { calls: [], isOpen: false };

/** A model that takes no tools writes what it wants done. */
function writtenIn({ text }: StepResponse, { facts }: TurnMemory): WrittenCalls {
  return facts.tools === false ? writtenCalls(text) : nothingWritten;
}

/** Null: there is nothing to do. */
function callsOf(
  { end, calls }: StepResponse,
  written: WrittenCalls,
  { number, memory }: Step,
): readonly ModelCallMeta[] | null {
  if (end.type === "calls") return calls;
  const isAsked = end.type === "stop" && written.calls.length > 0 && number < memory.stepLimit;
  return isAsked ? written.calls : null;
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

function outcomeOf({ end }: StepResponse, { memory, number }: Step): TurnOutcome {
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
      return { stopReason: number === memory.stepLimit ? "max_turn_requests" : "end_turn" };
  }
}

function failed(problem: TurnProblem): TurnOutcome {
  return { stopReason: "refusal", problem };
}
