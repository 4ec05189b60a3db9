/** One step of a turn: asks the model, shows what it says while it says it, and tries again where that is safe. */

import type { TurnProblem } from "../../protocol/session.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { internalProblem } from "../internal-problem.ts";
import {
  bareEnd,
  type ModelEnd,
  type ModelEndEvent,
  type ModelEvent,
  type ModelRequest,
  type ModelUsage,
} from "../model.ts";
import { RepeatedText } from "./repeated-text.ts";

/** What became of one step. */
export interface StepResponse {
  readonly end: ModelEnd;
  /** Complete, in order; empty unless `end` is `calls`. */
  readonly calls: readonly ModelCallMeta[];
  /** What was said, as the page shows it. */
  readonly text: string;
  /** A call had begun to arrive, whatever became of it. */
  readonly hasStartedCall: boolean;
  readonly contextWindow: number | null;
  readonly usage: ModelUsage | null;
  /** It was cut off because it went in circles, or did not end. */
  readonly hasRunOn: boolean;
}

type UsageUpdate = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;

export interface StepQuestion {
  readonly request: ModelRequest;
  readonly stepId: string;
  /** What fills the request, by estimate. */
  readonly parts: readonly NonNullable<UsageUpdate["parts"]>[number][];
  /** The tightest limit that is known. */
  readonly limitTokens: number | null;
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
  // Nobody else who was told the same moment is to come at it.
  if (end.retryAfterMs !== undefined) return Math.round(end.retryAfterMs * (1 + chance / 10));
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
  const heard = await listen(turn, parts, { question, voice });
  const { end, calls, usage, contextWindow } = heard.ended;
  emitUsage(turn, question, heard.ended);
  return {
    end: heard.runsOn === null ? end : { type: "length" },
    calls: heard.runsOn === null ? calls : [],
    text: heard.text,
    contextWindow,
    usage,
    hasStartedCall: heard.hasStartedCall && heard.runsOn === null,
    hasVisibleText: voice.hasSpoken(),
    hasRunOn: heard.runsOn !== null,
  };
}

interface Heard {
  readonly ended: ModelEndEvent;
  readonly text: string;
  readonly hasStartedCall: boolean;
  readonly runsOn: "repeats" | "endless" | null;
}

/** Says what comes, until the end or until it is no use to listen any longer. */
async function listen(
  turn: AgentTurn,
  parts: AgentParts,
  { question, voice }: { question: StepQuestion; voice: Voice },
): Promise<Heard> {
  const enough = new AbortController();
  const signal = AbortSignal.any([turn.signal, enough.signal]);
  const repeated = new RepeatedText();
  let hasStartedCall = false;
  let runsOn: Heard["runsOn"] = null;
  let ended: ModelEndEvent | null = null;
  let text = "";
  try {
    for await (const event of parts.model.stream(question.request, signal)) {
      if (turn.signal.aborted) break;
      if (event.type === "end") ended = event;
      else if (event.type === "call_started") hasStartedCall = true;
      else {
        voice.say(event);
        if (event.type === "text") text += event.text;
        runsOn = repeated.add(event.text);
        if (runsOn !== null) break;
      }
    }
  } catch (error) {
    // A model must not throw: should one do it all the same, its turn ends with what it said.
    ended = endOf(internalProblem(error));
  }
  enough.abort();
  if (runsOn !== null)
    turn.emit({ sessionUpdate: "notice", code: "repeated_text" }, { stepId: question.stepId });
  return { ended: ended ?? endOf({ code: "model_truncated" }), text, hasStartedCall, runsOn };
}

/** At the end of each step, also when nothing is known: a failure that used nothing has none. */
function emitUsage(turn: AgentTurn, question: StepQuestion, ended: ModelEndEvent): void {
  const { usage, meta, contextWindow, end } = ended;
  if (turn.signal.aborted && usage === null) return;
  if (end.type === "problem" && usage === null && meta === undefined) return;
  const { inputTokens = null, outputTokens = null } = usage ?? {};
  const update: UsageUpdate = {
    sessionUpdate: "usage_update",
    used: inputTokens === null || outputTokens === null ? null : inputTokens + outputTokens,
    size: contextWindow ?? question.limitTokens,
    ...usage,
    inputTokens,
    outputTokens,
    parts: [...question.parts],
    ...(meta === undefined ? {} : { _meta: meta }),
  };
  turn.emit(update, { stepId: question.stepId });
}

function endOf(problem: TurnProblem): ModelEndEvent {
  return bareEnd({ type: "problem", problem, retryable: false });
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
