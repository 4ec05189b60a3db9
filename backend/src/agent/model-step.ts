/** One step of a turn: asks the model, shows what it says while it says it, and tries again where that is safe. */
import type { TurnProblem } from "../protocol/session.ts";
import type { ModelCallMeta } from "../protocol/tool-call.ts";
import type { AgentParts, AgentTurn } from "./agent-turn.ts";
import type { ModelEnd, ModelEndEvent, ModelEvent, ModelRequest } from "./model.ts";

/** What became of one step. */
export interface StepResponse {
  readonly end: ModelEnd;
  /** Complete, in order; empty unless `end` is `calls`. */
  readonly calls: readonly ModelCallMeta[];
  /** A call had begun to arrive, whatever became of it. */
  readonly hasStartedCall: boolean;
  readonly contextWindow: number | null;
}

interface StepQuestion {
  readonly request: ModelRequest;
  readonly stepId: string;
}

type StreamedResponse = StepResponse & { readonly hasVisibleText: boolean };

const retryLimits = {
  retries: 5,
  firstWaitMs: 2_000,
  longestWaitMs: 30_000,
} as const;

/** Asks until there is an answer, a failure that waiting does not heal, or five retries. Text that was shown is never taken back. */
export async function askModel(
  turn: AgentTurn,
  parts: AgentParts,
  question: StepQuestion,
): Promise<StepResponse> {
  for (let attempt = 0; ; attempt += 1) {
    const response = await streamResponse(turn, parts, question);
    const waitMs = retryWait(response, attempt, parts.random());
    if (waitMs === null || turn.signal.aborted || response.end.type !== "problem") return response;
    emitRetry(turn, question.stepId, { problem: response.end.problem, attempt: attempt + 1, waitMs });
    await parts.wait(waitMs, turn.signal);
    if (turn.signal.aborted) return response;
  }
}

function retryWait(response: StreamedResponse, attempt: number, chance: number): number | null {
  const { end } = response;
  if (end.type !== "problem" || !end.retryable || response.hasVisibleText || attempt >= retryLimits.retries)
    return null;
  if (end.retryAfterMs !== undefined) return end.retryAfterMs;
  return Math.round(
    Math.min(retryLimits.firstWaitMs * 2 ** attempt, retryLimits.longestWaitMs) * (1 + chance / 5),
  );
}

function emitRetry(
  turn: AgentTurn,
  stepId: string,
  retry: { readonly problem: TurnProblem; readonly attempt: number; readonly waitMs: number },
): void {
  const { code, detail, provider, status } = retry.problem;
  const data = {
    attempt: retry.attempt,
    attempts: retryLimits.retries,
    waitMs: retry.waitMs,
    problem: code,
    ...(detail === undefined ? {} : { detail }),
    ...(provider === undefined ? {} : { provider }),
    ...(status === undefined ? {} : { status }),
  };
  turn.emit({ sessionUpdate: "notice", code: "model_retry", data }, { stepId });
}

async function streamResponse(
  turn: AgentTurn,
  parts: AgentParts,
  question: StepQuestion,
): Promise<StreamedResponse> {
  const voice = createVoice(turn, question.stepId);
  let hasStartedCall = false;
  let ended: ModelEndEvent | null = null;
  try {
    for await (const event of parts.model.stream(question.request, turn.signal)) {
      if (turn.signal.aborted) break;
      if (event.type === "end") ended = event;
      else if (event.type === "call_started") hasStartedCall = true;
      else voice.say(event);
    }
  } catch (error) {
    // A model must not throw: should one do it all the same, its turn ends with what it said.
    ended = endOf({ code: "internal", detail: error instanceof Error ? error.message : String(error) });
  }
  const { end, calls, usage, contextWindow } = ended ?? endOf({ code: "model_truncated" });
  if (usage !== null) {
    const used =
      usage.inputTokens === null || usage.outputTokens === null
        ? null
        : usage.inputTokens + usage.outputTokens;
    turn.emit(
      { sessionUpdate: "usage_update", used, size: contextWindow, ...usage },
      { stepId: question.stepId },
    );
  }
  return { end, calls, contextWindow, hasStartedCall, hasVisibleText: voice.hasSpoken() };
}

function endOf(problem: TurnProblem): ModelEndEvent {
  return {
    type: "end",
    end: { type: "problem", problem, retryable: false },
    calls: [],
    usage: null,
    contextWindow: null,
  };
}

interface Voice {
  say(event: Extract<ModelEvent, { type: "text" | "thought" }>): void;
  hasSpoken(): boolean;
}

/** Text and thoughts become messages; each change between them begins a new one. */
function createVoice(turn: AgentTurn, stepId: string): Voice {
  const place = { stepId };
  let speaking: "text" | "thought" | null = null;
  let count = 0;
  let messageId = "";
  return {
    say(event) {
      if (event.text === "") return;
      if (event.type !== speaking) {
        speaking = event.type;
        count += 1;
        messageId = `${stepId}-m${count}`;
      }
      const sessionUpdate = event.type === "text" ? "agent_message_chunk" : "agent_thought_chunk";
      turn.emit({ sessionUpdate, messageId, content: { type: "text", text: event.text } }, place);
    },
    hasSpoken: () => count > 0,
  };
}
