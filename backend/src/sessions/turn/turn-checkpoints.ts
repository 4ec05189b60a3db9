/** The checkpoints of one turn: one begun at its start, one at its end when something may have changed files. */
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { CheckpointedProject, Checkpoints } from "../../workspace/git/checkpoints.ts";
import type { LogEntry } from "../log/event-log.ts";

const maxOmittedPaths = 20;
const endWithinMs = { goes_on: 30_000, ends: 1_000 } as const;

type Checkpoint = Extract<SessionUpdate, { sessionUpdate: "checkpoint" }>;

interface TurnCheckpointParts {
  readonly turnId: string;
  readonly project: CheckpointedProject;
  readonly checkpoints: Checkpoints;
  readonly newId: () => string;
  readonly signal: AbortSignal;
}

/** A checkpoint that cannot be taken costs the turn its list of changes, and nothing else. */
export class TurnCheckpoints {
  readonly #parts: TurnCheckpointParts;
  readonly #emit: (checkpoint: Checkpoint) => void;
  #start: Promise<string | null> | null = null;

  constructor(parts: TurnCheckpointParts, emit: (checkpoint: Checkpoint) => void) {
    this.#parts = parts;
    this.#emit = emit;
  }

  /** Begins the first checkpoint, once; resolves when it is taken or has failed. */
  async begin(): Promise<void> {
    this.#start ??= this.#takeStart();
    await this.#start;
  }

  /**
   * The entry that ends the turn's changes; null without a first checkpoint, or when the second one fails or is given up.
   * A server that ends waits less.
   */
  async end(server: keyof typeof endWithinMs, givenUp: AbortSignal): Promise<LogEntry | null> {
    const startTree = await this.#start;
    if (startTree === null) return null;
    const { project, checkpoints, turnId } = this.#parts;
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(endWithinMs[server])]);
    try {
      const taken = await this.#take("end", signal);
      const changes = await checkpoints.summarise(project, startTree, taken.tree);
      return { turnId, update: { ...taken, changes } };
    } catch {
      // No git, no room, or too slow: the turn ends without a list of changes.
      return null;
    }
  }

  async #takeStart(): Promise<string | null> {
    try {
      const taken = await this.#take("start", this.#parts.signal);
      this.#emit(taken);
      return taken.tree;
    } catch {
      // No git, no room, or the turn was stopped first: it goes on without a list of changes.
      return null;
    }
  }

  async #take(phase: Checkpoint["phase"], signal: AbortSignal): Promise<Checkpoint> {
    const { project, checkpoints, newId } = this.#parts;
    const { tree, omitted } = await checkpoints.take(project, signal);
    const paths = omitted.slice(0, maxOmittedPaths);
    return { sessionUpdate: "checkpoint", checkpointId: newId(), phase, tree, omitted: paths };
  }
}
