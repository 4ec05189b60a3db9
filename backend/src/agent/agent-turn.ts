/** What one turn of our agent gets: the session's side of it, and the parts that it works with. */

import type { History } from "../../../transcript/history.ts";
import type { ContentBlock } from "../protocol/content.ts";
import type { BackgroundJob } from "../protocol/job.ts";
import type { PermissionRequest } from "../protocol/permission.ts";
import type { Effort, SessionMode, StopReason, TurnProblem } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import type { WholeUpdate, WrittenUpdate } from "../protocol/written-update.ts";
import type { FileLocks } from "./calls/file-locks.ts";
import type { Model } from "./model.ts";
import type { PermissionAnswer, PermissionPolicy } from "./permission.ts";
import type { TokenFactor } from "./room/token-factor.ts";
import type { SeenFiles } from "./seen-files.ts";
import type { PromptText } from "./system-prompt.ts";
import type { Profile } from "./tool.ts";
import type { ToolBook } from "./tool-book.ts";

/** Where in the turn an update belongs: its step, and who caused it. */
export interface UpdatePlace {
  readonly stepId?: string;
  /** Of a subagent: the call that it works for. */
  readonly parentToolCallId?: string;
  readonly by?: Actor;
}

/** Words that a person sent into a running turn. */
export interface SteeredPrompt {
  readonly promptId: string;
  readonly content: readonly ContentBlock[];
}

/** A turn as its session hands it over. Everything it does is told through `emit`; everything it needs is here. */
export interface AgentTurn {
  readonly sessionId: string;
  readonly turnId: string;
  /** The prompt that it began with. */
  readonly promptId?: string;
  /** Empty: continue an interrupted turn. */
  readonly prompt: readonly ContentBlock[];
  /** Absolute, resolved path of the project. */
  readonly root: string;
  /** `provider/model`, or null when there is none to be had. */
  readonly model: string | null;
  /** How hard the model is to think; null: as it does by itself. */
  readonly effort: Effort | null;
  /**
   * The conversation as the log has it now, the prompt and this turn's updates included; with the id of a call that is running,
   * what its subagent has said and done.
   */
  history(parentToolCallId?: string): History;
  /**
   * Takes what a person has steered into this turn since it was last asked, in order: it is on disk and in `history` when this
   * resolves. Ask only when every call has its result; what is never taken starts the next turn. Rejects when nothing can be saved.
   */
  takeSteered(): Promise<readonly SteeredPrompt[]>;
  /** The mode in force now; it may change while the turn runs. */
  mode(): SessionMode;
  /** Puts another mode in force, as the person decided who accepted a plan. */
  setMode(mode: "ask" | "edit"): void;
  /** Puts an update into the log, in order. Streamed chunks are gathered for at most one frame. */
  emit(update: WrittenUpdate, place?: UpdatePlace): void;
  /** As `emit`, and resolves once the line is on disk (fdatasync); rejects when it cannot be. */
  emitDurable(update: WholeUpdate, place?: UpdatePlace): Promise<void>;
  /** Asks a person, or applies a grant they gave. Resolves `cancelled` when the turn ends first. */
  requestPermission(request: PermissionRequest): Promise<PermissionAnswer>;
  /** Resolves once the checkpoint of the turn's start is taken; await it before changing anything. */
  checkpointTaken(): Promise<void>;
  /** Aborted when the turn is stopped. */
  readonly signal: AbortSignal;
}

/** Everything else that a turn works with; time and chance are handed in so that tests need not wait. */
export interface AgentParts {
  readonly model: Model;
  readonly tools: ToolBook;
  readonly policy: PermissionPolicy;
  /** The words that every request begins with, for the room that the model has: the same for the whole turn. */
  systemPrompt(profile: Profile): PromptText;
  /** What is learned of the session's model: how it counts. */
  readonly factor: TokenFactor;
  /** Instructions that hold for these files (absolute) and that the session's model was not told yet; empty when there are none. */
  instructionsBelow(paths: readonly string[]): Promise<string>;
  /** Jobs of the session that have ended since this was last asked. */
  endedJobs(): readonly BackgroundJob[];
  /** Commands that run by themselves after changes; absent: none. */
  readonly checks?: TurnChecks;
  /** Held while a file is changed; shared by all turns. */
  readonly locks: FileLocks;
  /** Kept for the session. */
  readonly seen: SeenFiles;
  /** Names exactly what would run. */
  digest(parts: string[]): string;
  /** Resolves after `ms`, or at once when `signal` aborts; never rejects. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 ≤ n < 1, to spread retries. */
  random(): number;
}

/** What the user has configured to be run in this project, and the tools that it is run with, of which one is `shell`. */
export interface TurnChecks {
  readonly commands: readonly string[];
  readonly tools: ToolBook;
}

/** How a turn ended. `problem` says why it could not go on; then `stopReason` is `refusal` or `cancelled`. */
export interface TurnOutcome {
  readonly stopReason: StopReason;
  readonly problem?: TurnProblem;
}
