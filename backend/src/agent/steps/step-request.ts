/** The request of one step: tools by stage, the conversation within what is left of the room, the answer's limit. */
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { writtenCallRules } from "../calls/written-calls.ts";
import { userText } from "../context/item-messages.ts";
import type { ModelFacts, ModelRequest, ModelTool } from "../model.ts";
import { type Projection, projection } from "../projection.ts";
import type { Room } from "../room/room.ts";
import { estimateText, estimateTools } from "../room/token-estimate.ts";
import { promptWords } from "../system-prompt.ts";
import { reminders } from "./reminders.ts";

/** What a step knows when it asks. */
export interface StepStart {
  readonly model: string;
  readonly room: Room;
  readonly facts: ModelFacts;
  /** Of the turn, from 1. */
  readonly step: number;
  readonly isLastStep: boolean;
  /** Responses in a row that were cut off inside a call. */
  readonly cuts: number;
  /** What happened beside the conversation. */
  readonly news: readonly string[];
}

export interface PreparedRequest {
  readonly request: ModelRequest;
  readonly projection: Projection;
  /** Of the whole request, before the factor. */
  readonly estimatedTokens: number;
  readonly parts: Projection["parts"];
  /** False: not even the least that must be said has room. */
  readonly fits: boolean;
}

/** Pure, but for the turn's own state. */
export function prepareRequest(turn: AgentTurn, parts: AgentParts, start: StepStart): PreparedRequest {
  const history = turn.history();
  const { room, facts } = start;
  const words = history.map((item) => (item.type === "user" ? userText(item) : "")).join("\n");
  const editFormat = facts.editFormat ?? "edit";
  const stage = { profile: room.profile, mode: turn.mode(), step: start.step, words, editFormat };
  const hasTools = facts.tools !== false;
  const tools = start.isLastStep || !hasTools ? [] : parts.tools.offer(stage);
  const prompt = parts.systemPrompt(room.profile);
  const rules = hasTools ? prompt.rules : `${prompt.rules}\n\n${writtenCallRules}`;
  const last = history.at(-1);
  const mustContinue =
    turn.prompt.length === 0 && start.step === 1 && last?.type === "step" && last.calls.length === 0;
  const around = { tools, factor: parts.factor.value, budgetTokens: room.budgetTokens };
  const projected = projection(history, {
    systemPrompt: promptWords({ ...prompt, rules }),
    budgetTokens: messageBudget(around),
    profile: room.profile,
    calls: hasTools ? "native" : "told",
    pictures: facts.images === false ? "named" : "attached",
    reminders: [
      ...start.news,
      ...reminders({
        mode: stage.mode,
        isLastStep: start.isLastStep,
        mustContinue,
        cuts: start.cuts,
      }),
    ],
  });
  const estimatedTokens = projected.tokens + estimateTools(tools);
  const instructionTokens = estimateText(prompt.instructions);
  return {
    request: requestOf(turn, start, { tools, projected, estimatedTokens: estimatedTokens * around.factor }),
    projection: projected,
    estimatedTokens,
    parts: partsOf(projected, estimateTools(tools), { instructionTokens, factor: around.factor }),
    fits: room.limitTokens === null || estimatedTokens * around.factor <= room.limitTokens,
  };
}

interface Around {
  readonly tools: readonly ModelTool[];
  readonly factor: number;
  readonly budgetTokens: number | null;
}

/** In estimated tokens, of which one is `factor` of the endpoint's. */
function messageBudget({ tools, factor, budgetTokens }: Around): number | null {
  if (budgetTokens === null) return null;
  return Math.max(1, Math.floor(budgetTokens / factor) - estimateTools(tools));
}

interface Filling {
  readonly tools: readonly ModelTool[];
  readonly projected: Projection;
  readonly estimatedTokens: number;
}

function requestOf(turn: AgentTurn, start: StepStart, filling: Filling): ModelRequest {
  const most = outputTokens(start, filling.estimatedTokens);
  return {
    model: start.model,
    messages: filling.projected.messages,
    tools: filling.tools,
    ...(most === null ? {} : { maxOutputTokens: most }),
    ...(turn.effort === null ? {} : { effort: turn.effort }),
  };
}

/** Where the answer's limit counts as used, only what is kept free; in a small window, what is left of it; else the endpoint's own. */
function outputTokens({ room, facts }: StepStart, estimated: number): number | null {
  if (room.outputTokens === null || room.limitTokens === null) return null;
  if (facts.countsOutput) return room.outputTokens;
  if (room.profile !== "small") return null;
  const left = Math.floor((room.limitTokens - estimated) * 0.9);
  return Math.max(room.outputTokens, Math.min(left, facts.outputLimit ?? left));
}

function partsOf(
  projected: Projection,
  toolTokens: number,
  { instructionTokens, factor }: { instructionTokens: number; factor: number },
): Projection["parts"] {
  const parts = projected.parts.flatMap(({ name, tokens }): Projection["parts"][number][] =>
    name === "system"
      ? [
          { name, tokens: Math.max(0, tokens - instructionTokens) },
          { name: "tools", tokens: toolTokens },
          { name: "instructions", tokens: instructionTokens },
        ]
      : [{ name, tokens }],
  );
  return parts
    .map(({ name, tokens }) => ({ name, tokens: Math.round(tokens * factor) }))
    .filter(({ tokens }) => tokens > 0);
}
