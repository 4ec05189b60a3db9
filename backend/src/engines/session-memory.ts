/** What our agent keeps in memory for a session from turn to turn; all of it can be lost without harm. */
import { TokenFactor } from "../agent/room/token-factor.ts";

/** One for each session. */
export class SessionMemory {
  /** SHA-256 (hex) by absolute path of each file as the model last saw it. */
  readonly seen = new Map<string, string>();
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
