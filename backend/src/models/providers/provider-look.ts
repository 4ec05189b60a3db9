/** What a provider has now: asked when it is wanted, believed for a while, and kept when it cannot be asked. */

import { localTimeoutMs } from "../local-servers.ts";
import type { Fault } from "../model-errors.ts";
import { fetchModelList } from "../model-list.ts";
import type { ModelProvider } from "../provider.ts";
import type { ListedModel } from "./listed-model.ts";
import { isLoopback } from "./presets.ts";

/** The last good list, and what went wrong when it was asked for again; null: nothing did. */
export interface Look {
  readonly models: readonly ListedModel[];
  readonly fault: Fault | null;
  /** There was a good list at least once. */
  readonly wasGood: boolean;
}

const nearFreshMs = 3_000;
const farFreshMs = 5 * 60_000;
const farFaultFreshMs = 10_000;
const farTimeoutMs = 5_000;

/** Looks at one provider. */
export class ProviderLook {
  readonly #provider: ModelProvider;
  readonly #isNear: boolean;
  #last: Look | null = null;
  #lastAt = Number.NEGATIVE_INFINITY;
  #looking: Promise<Look> | null = null;

  /** `before`: what was known of the same provider before it was changed. */
  constructor(provider: ModelProvider, before: Look | null) {
    this.#provider = provider;
    this.#isNear = URL.canParse(provider.baseUrl) && isLoopback(new URL(provider.baseUrl).hostname);
    if (before?.wasGood === true) this.#last = before;
  }

  /** What was found last; null: nobody looked. */
  get last(): Look | null {
    return this.#last;
  }

  /** A server on this machine comes and goes; the list of a service is believed for minutes, and renewed behind whoever asks. */
  async now(): Promise<Look> {
    const { fault } = this.#last ?? {};
    const freshMs = this.#isNear ? nearFreshMs : fault === null ? farFreshMs : farFaultFreshMs;
    if (this.#last !== null && performance.now() - this.#lastAt < freshMs) return this.#last;
    this.#looking ??= this.#look();
    return this.#last === null || this.#isNear || fault !== null ? this.#looking : this.#last;
  }

  async #look(): Promise<Look> {
    const isFound = this.#provider.source === "found";
    const answer = await fetchModelList(this.#provider, isFound ? localTimeoutMs : farTimeoutMs);
    this.#last =
      answer.type === "models"
        ? { models: answer.models, fault: null, wasGood: true }
        : { models: this.#last?.models ?? [], fault: answer.fault, wasGood: this.#last?.wasGood ?? false };
    this.#lastAt = performance.now();
    this.#looking = null;
    return this.#last;
  }
}
