/** Who can run a turn: our own agent, or (later) any agent that speaks ACP. */

import type { History } from "../../../transcript/history.ts";
import type { PermissionAnswer } from "../agent/permission.ts";
import type { ContentBlock } from "../protocol/content.ts";
import type { PermissionRequest } from "../protocol/permission.ts";
import type { SessionMode, StopReason, TurnProblem } from "../protocol/session.ts";
import type { Actor, SessionUpdate } from "../protocol/session-update.ts";

/** Where in the turn an update belongs. */
export interface EmitPlace {
  readonly stepId?: string;
  readonly by?: Actor;
}

/** A turn as an engine sees it. Everything it does is told through `emit`; everything it needs is here. */
export interface EngineTurn {
  readonly sessionId: string;
  readonly turnId: string;
  /** Empty: continue an interrupted turn. */
  readonly prompt: readonly ContentBlock[];
  /** Absolute, resolved path of the project. */
  readonly root: string;
  /** `provider/model`, or null when there is none to be had. */
  readonly model: string | null;
  /** The conversation as the log has it now, the prompt and this turn's updates included. */
  history(): History;
  /** The mode in force now; it may change while the turn runs. */
  mode(): SessionMode;
  /** Puts an update into the log, in order. Streamed chunks are gathered for at most one frame. */
  emit(update: SessionUpdate, place?: EmitPlace): void;
  /** As `emit`, and resolves once the line is on disk (fdatasync); rejects when it cannot be. */
  emitDurable(update: SessionUpdate, place?: EmitPlace): Promise<void>;
  /** Asks a person, or applies a grant they gave. Resolves `cancelled` when the turn ends first. */
  requestPermission(request: PermissionRequest): Promise<PermissionAnswer>;
  /** Resolves once the checkpoint of the turn's start is taken; await it before changing anything. */
  checkpointTaken(): Promise<void>;
  /** Aborted when the turn is stopped. */
  readonly signal: AbortSignal;
}

/** How a turn ended. `problem` says why it could not go on; then `stopReason` is `refusal` or `cancelled`. */
export interface TurnEnd {
  readonly stopReason: StopReason;
  readonly problem?: TurnProblem;
}

/** Can run a turn. `runTurn` never throws and leaves no call without a result. */
export interface Engine {
  readonly id: string;
  readonly name: string;
  runTurn(turn: EngineTurn): Promise<TurnEnd>;
  /** Forgets what it kept in memory for a session. */
  close(sessionId: string): void;
}
