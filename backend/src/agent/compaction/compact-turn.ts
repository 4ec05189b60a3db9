/** A turn that only compacts: a person asked for it. */

import type { AgentParts, AgentTurn, TurnOutcome } from "../agent-turn.ts";
import { internalProblem } from "../internal-problem.ts";
import { startMemory, stepLimits } from "../steps/turn-memory.ts";
import { compactHistory } from "./compaction.ts";
import { conversationSize } from "./conversation-size.ts";
import { effectiveCompaction } from "./effective-compaction.ts";

/** Items at the end that stay as they are. */
const keptItems = 2;

/** Sums up all but the newest part of the conversation. That nothing is to be gained is told, and no failure. Never throws. */
export async function runCompaction(turn: AgentTurn, parts: AgentParts): Promise<TurnOutcome> {
  if (turn.model === null) return { stopReason: "refusal", problem: { code: "model_missing" } };
  try {
    const memory = await startMemory(parts.model, turn.model, stepLimits.turn);
    const history = turn.history();
    const until = history.length - keptItems;
    const sizeOf = conversationSize(turn, parts, memory);
    const compactionId = `${turn.turnId}-k1`;
    if (until <= (effectiveCompaction(history)?.covered ?? 0)) {
      tellNoGain(turn, compactionId, sizeOf(history));
      return { stopReason: "end_turn" };
    }
    const end = await compactHistory(turn, parts, {
      compactionId,
      model: turn.model,
      room: memory.room,
      trigger: "manual",
      until,
      sizeOf,
    });
    if (turn.signal.aborted) return { stopReason: "cancelled" };
    return end.type === "failed"
      ? { stopReason: "refusal", problem: end.problem }
      : { stopReason: "end_turn" };
  } catch (error) {
    if (turn.signal.aborted) return { stopReason: "cancelled" };
    return { stopReason: "refusal", problem: internalProblem(error) };
  }
}

function tellNoGain(turn: AgentTurn, compactionId: string, tokens: number): void {
  const sizes = { beforeTokens: tokens, afterTokens: tokens };
  turn.emit({
    sessionUpdate: "compaction_update",
    compactionId,
    trigger: "manual",
    status: "failed",
    reason: "no_gain",
    ...sizes,
  });
}
