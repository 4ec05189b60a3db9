/** What one turn of our agent gets: the session's side of it, and the parts that it works with. */

import type { History } from "../../../transcript/history.ts";
import type { ContentBlock } from "../protocol/content.ts";
import type { PermissionRequest } from "../protocol/permission.ts";
import type { SessionMode, StopReason, TurnProblem } from "../protocol/session.ts";
import type { Actor, SessionUpdate } from "../protocol/session-update.ts";
import type { Model } from "./model.ts";
import type { PermissionAnswer, PermissionPolicy } from "./permission.ts";
import type { ToolBook } from "./tool-book.ts";

/** The step that an update belongs to, and who caused it. */
export interface UpdatePlace {
  readonly stepId?: string;
  readonly by?: Actor;
}

/** The turn as its session hands it over; `engines/engine.ts` says what each member promises. */
export interface AgentTurn {
  readonly sessionId: string;
  readonly turnId: string;
  readonly prompt: readonly ContentBlock[];
  readonly root: string;
  readonly model: string | null;
  history(): History;
  mode(): SessionMode;
  emit(update: SessionUpdate, place?: UpdatePlace): void;
  emitDurable(update: SessionUpdate, place?: UpdatePlace): Promise<void>;
  requestPermission(request: PermissionRequest): Promise<PermissionAnswer>;
  checkpointTaken(): Promise<void>;
  readonly signal: AbortSignal;
}

/** Everything else that a turn works with; time and chance are handed in so that tests need not wait. */
export interface AgentParts {
  readonly model: Model;
  readonly tools: ToolBook;
  readonly policy: PermissionPolicy;
  readonly systemPrompt: string;
  /** SHA-256 (hex) by absolute path of each file as the model last saw it; kept for the session. */
  readonly seen: Map<string, string>;
  /** Names exactly what would run. */
  digest(parts: string[]): string;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ n < 1, to spread retries. */
  random(): number;
}

/** How a turn ended; the same shape as an engine's `TurnEnd`. */
export interface TurnOutcome {
  readonly stopReason: StopReason;
  readonly problem?: TurnProblem;
}
