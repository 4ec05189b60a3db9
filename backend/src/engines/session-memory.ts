/** What our agent keeps in memory for a session from turn to turn; all of it can be lost without harm. */
import { TokenFactor } from "../agent/room/token-factor.ts";
import { SeenFiles } from "../agent/seen-files.ts";

/** One for each session. */
export class SessionMemory {
  readonly seen = new SeenFiles();
  /** Paths of the instruction files that lie below the project and were told. */
  readonly nested = new Set<string>();
  /** The instruction files that the page was last told of, as text. */
  announced = "[]";
  readonly #factors = new Map<string, TokenFactor>();

  /** How a model counts, by `provider/model`. */
  factor(model: string): TokenFactor {
    const factor = this.#factors.get(model) ?? new TokenFactor();
    this.#factors.set(model, factor);
    return factor;
  }
}
