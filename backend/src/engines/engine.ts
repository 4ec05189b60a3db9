/** Who can run a turn: our own agent, or (later) any agent that speaks ACP. */

import type { AgentTurn, SteeredPrompt, TurnOutcome, UpdatePlace } from "../agent/agent-turn.ts";
import type { PermissionAnswer } from "../agent/permission.ts";

/** A turn as our own agent gets it, which is what every engine gets. An engine that cannot be steered never asks `takeSteered`. */
export type { AgentTurn, PermissionAnswer, SteeredPrompt, TurnOutcome, UpdatePlace };

/** Can run a turn. `runTurn` never throws and leaves no call without a result. */
export interface Engine {
  readonly id: string;
  readonly name: string;
  runTurn(turn: AgentTurn): Promise<TurnOutcome>;
  /** The session's files or its conversation went back: what was remembered of them is no longer so. */
  forgetConversation(sessionId: string): void;
  /** Forgets what it kept in memory for a session. */
  close(sessionId: string): void;
}
