/** Who can run a turn: our own agent, or (later) any agent that speaks ACP. */

import type { AgentTurn, SteeredPrompt, TurnOutcome, UpdatePlace } from "../agent/agent-turn.ts";

/** A turn as an engine sees it: the one that our own agent gets. An engine that cannot be steered never asks `takeSteered`. */
export type EngineTurn = AgentTurn;
/** Words that a person sent into a running turn. */
export type SteeredWords = SteeredPrompt;
/** Where in the turn an update belongs. */
export type EmitPlace = UpdatePlace;
/** How a turn ended. */
export type TurnEnd = TurnOutcome;

/** Can run a turn. `runTurn` never throws and leaves no call without a result. */
export interface Engine {
  readonly id: string;
  readonly name: string;
  runTurn(turn: EngineTurn): Promise<TurnEnd>;
  /** The session's files or its conversation went back: what was remembered of them is no longer so. */
  forgetConversation?(sessionId: string): void;
  /** Forgets what it kept in memory for a session. */
  close(sessionId: string): void;
}
