/** How long a request is that leaves nothing out: what compaction makes shorter. */
import type { History } from "../../../../transcript/history.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import { prepareRequest } from "../steps/step-request.ts";
import type { TurnMemory } from "../steps/turn-memory.ts";

/** In tokens, as far as is known how the model counts; the room as it is now. */
export function conversationSize(
  turn: AgentTurn,
  parts: AgentParts,
  { model, room, facts }: TurnMemory,
): (history: History) => number {
  const step = { step: 1, isLastStep: false, cuts: 0, news: [] };
  const whole = { ...room, budgetTokens: null };
  return (history) => {
    const told = { ...turn, history: () => history };
    const prepared = prepareRequest(told, parts, { model, room: whole, facts, ...step });
    return Math.ceil(prepared.estimatedTokens * parts.factor.value);
  };
}
