/** Which providers there are now, wherever they were set up, and the changes that the page makes to them. */
import type { ProviderSettings, PutProvider } from "../../protocol/provider.ts";
import { dataOrigin } from "../facts/model-data.ts";
import { type LocalServer, localProvider, usualLocalServers } from "../local-servers.ts";
import type { ModelProvider } from "../provider.ts";
import { presets } from "./presets.ts";
import {
  configuredProvider,
  type KeysByVariable,
  type ModelsConfig,
  presetEntry,
  providerEntry,
  providerSet,
} from "./provider-set.ts";
import type { ProviderStore } from "./provider-store.ts";

export interface ProviderBookOptions {
  readonly configured: ModelsConfig;
  readonly localServers?: readonly LocalServer[];
  /** Keys of services by their variables; absent: none is set. */
  readonly keys?: KeysByVariable;
  /** Absent: the page can set up nothing. */
  readonly store?: ProviderStore;
}

/** Why a provider cannot be changed as wanted. */
export type ProviderRefusal =
  | "set_by_environment"
  | "not_found"
  /** A header or a field of the query has no value, and none is kept. */
  | { readonly withoutValue: string };

/** One for a server. */
export class ProviderBook {
  readonly #found: readonly ModelProvider[];
  readonly #keys: KeysByVariable;
  readonly #store: ProviderStore | null;
  readonly #registered = new Map<string, ModelProvider>();
  readonly #onChange: (changed: string | null) => Promise<void>;
  readonly configured: ModelProvider | null;
  #all: Promise<ReadonlyMap<string, ModelProvider>> | null = null;

  /** `onChange` is called when what there is has changed, with the id of the provider that was set up anew or taken away. */
  constructor(options: ProviderBookOptions, onChange: (changed: string | null) => Promise<void>) {
    this.#found = (options.localServers ?? usualLocalServers).map(localProvider);
    this.#keys = options.keys ?? {};
    this.#store = options.store ?? null;
    this.#onChange = onChange;
    this.configured = configuredProvider(options.configured);
  }

  /** By id, in order. What the page set up is left out while its file cannot be read. */
  all(): Promise<ReadonlyMap<string, ModelProvider>> {
    this.#all ??= this.#gather();
    return this.#all;
  }

  /** What a person chose for new sessions, as `provider/model`. */
  async chosenModel(): Promise<string | null> {
    return (await this.#stored()).defaultModel;
  }

  /** Adds a provider while running, or replaces the one with its id. */
  register(provider: ModelProvider): void {
    this.#registered.set(provider.id, provider);
    void this.#forget(null);
  }

  /** What the page shows and offers. */
  async settings(): Promise<ProviderSettings> {
    const all = await this.all();
    return {
      providers: [...all.values()].map((provider) => providerEntry(provider, this.#keys)),
      presets: presets.map(presetEntry),
      defaultModel: await this.chosenModel(),
      data: await dataOrigin(),
    };
  }

  /** Adds a provider, or changes one; null: done. Rejects when it cannot be kept. */
  async put(id: string, change: PutProvider): Promise<ProviderRefusal | null> {
    const before = (await this.all()).get(id);
    const isFixed = before?.source === "configured" || before?.source === "demo";
    // Its key would never be used.
    const isKeyFixed =
      before !== undefined && change.key != null && providerEntry(before, this.#keys).key === "environment";
    if (this.#store === null || isFixed || isKeyFixed) return "set_by_environment";
    const withoutValue = await this.#store.fieldWithoutValue(id, change);
    if (withoutValue !== null) return { withoutValue };
    await this.#store.put(id, change);
    await this.#forget(id);
    return null;
  }

  /** Takes away what the page set up; null: done. */
  async remove(id: string): Promise<ProviderRefusal | null> {
    const isRemoved = (await this.#store?.remove(id)) ?? false;
    await this.#forget(isRemoved ? id : null);
    if (isRemoved) return null;
    return (await this.all()).has(id) ? "set_by_environment" : "not_found";
  }

  /** Rejects when it cannot be kept. */
  async choose(model: string | null): Promise<void> {
    await this.#store?.setDefaultModel(model);
    await this.#forget(null);
  }

  #forget(changed: string | null): Promise<void> {
    this.#all = null;
    return this.#onChange(changed);
  }

  async #gather(): Promise<ReadonlyMap<string, ModelProvider>> {
    const { providers } = await this.#stored();
    const set = providerSet({
      configured: this.configured,
      stored: providers,
      found: this.#found,
      keys: this.#keys,
    });
    return new Map([...set.map((provider) => [provider.id, provider] as const), ...this.#registered]);
  }

  async #stored(): Promise<
    Pick<Awaited<ReturnType<ProviderStore["content"]>>, "providers" | "defaultModel">
  > {
    try {
      return (await this.#store?.content()) ?? { providers: [], defaultModel: null };
    } catch {
      // The variables' providers still work; saving says what is wrong with the file.
      return { providers: [], defaultModel: null };
    }
  }
}
