/** The checkpoints of one turn: one begun at its start, one at its end when something may have changed files. */
import type { CheckpointedProject, Checkpoints } from "../../workspace/git/checkpoints.ts";
import type { LogEntry } from "../log/event-log.ts";

const maxOmittedPaths = 20;
const endWithinMs = 30_000;
const endWhenStoppingWithinMs = 1_000;

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
  readonly #append: (entry: LogEntry) => void;
  #start: Promise<string | null> | null = null;

  constructor(parts: TurnCheckpointParts, append: (entry: LogEntry) => void) {
    this.#parts = parts;
    this.#append = append;
  }

  /** Begins the first checkpoint, once; resolves when it is taken or has failed. */
  async begin(): Promise<void> {
    this.#start ??= this.#takeStart();
    await this.#start;
  }

  /** The entry that ends the turn's changes; null without a first checkpoint, or when the second one fails or is given up. */
  async end(why: "over" | "shutdown", givenUp: AbortSignal): Promise<LogEntry | null> {
    const startTree = await this.#start;
    if (startTree === null) return null;
    const { project, checkpoints, turnId, newId } = this.#parts;
    const withinMs = why === "shutdown" ? endWhenStoppingWithinMs : endWithinMs;
    const signal = AbortSignal.any([givenUp, AbortSignal.timeout(withinMs)]);
    try {
      const { tree, omitted } = await checkpoints.take(project, signal);
      const changes = await checkpoints.summarise(project, startTree, tree);
      const paths = omitted.slice(0, maxOmittedPaths);
      return {
        turnId,
        update: {
          sessionUpdate: "checkpoint",
          checkpointId: newId(),
          phase: "end",
          tree,
          omitted: paths,
          changes,
        },
      };
    } catch {
      // No git, no room, or too slow: the turn ends without a list of changes.
      return null;
    }
  }

  async #takeStart(): Promise<string | null> {
    const { project, checkpoints, turnId, newId, signal } = this.#parts;
    try {
      const { tree, omitted } = await checkpoints.take(project, signal);
      const paths = omitted.slice(0, maxOmittedPaths);
      this.#append({
        turnId,
        update: { sessionUpdate: "checkpoint", checkpointId: newId(), phase: "start", tree, omitted: paths },
      });
      return tree;
    } catch {
      // No git, no room, or the turn was stopped first: it goes on without a list of changes.
      return null;
    }
  }
}
