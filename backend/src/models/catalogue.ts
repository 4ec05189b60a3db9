/** Which models can be had, where, and which endpoint stands behind a `provider/model`. */
import type { ModelEntry, ModelListing, ProviderListing } from "../protocol/catalogue.ts";
import { type LocalServer, localProvider, localTimeoutMs, usualLocalServers } from "./local-servers.ts";
import { fetchModelList } from "./model-list.ts";
import { endpointAddress, type ModelProvider } from "./provider.ts";

/** The slice of the configuration that is about models. */
export interface ModelsConfig {
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  readonly name?: string | undefined;
  /** The endpoint is the scripted one of the demo. */
  readonly demo?: boolean | undefined;
}

export interface CatalogueOptions {
  readonly configured: ModelsConfig;
  readonly localServers?: readonly LocalServer[];
}

/** The endpoint that stands behind a `provider/model`; `contextWindow` counts tokens, null: unknown. */
export interface ResolvedModel {
  readonly provider: ModelProvider;
  /** The endpoint's own name of the model. */
  readonly model: string;
  readonly contextWindow: number | null;
}

const freshMs = 3_000;
const configuredTimeoutMs = 5_000;

/** Looks when it is asked, never at start; what it found is good for a few seconds. */
export class ModelCatalogue {
  readonly #providers: Map<string, ModelProvider>;
  readonly #configured: ModelProvider | null;
  readonly #configuredModel: string | null;
  /** What a provider last had, by provider id: kept when it cannot be asked. */
  readonly #lastModels = new Map<string, readonly ModelEntry[]>();
  #looking: Promise<ModelListing> | null = null;
  #listing: ModelListing | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  /** Counts changes of the providers, so that a look that began before one is not believed. */
  #generation = 0;

  constructor(options: CatalogueOptions) {
    const locals = (options.localServers ?? usualLocalServers).map(localProvider);
    this.#configured = configuredProvider(options.configured);
    this.#configuredModel = nonEmpty(options.configured.model);
    const all = this.#configured === null ? locals : [this.#configured, ...locals];
    this.#providers = new Map(all.map((provider) => [provider.id, provider]));
  }

  /** Adds a provider while running, or replaces the one with its id. */
  register(provider: ModelProvider): void {
    this.#providers.set(provider.id, provider);
    this.#forgetListing();
  }

  /** Everything that was looked for, with what was found. Rejects only when `signal` aborts. */
  async list(signal?: AbortSignal): Promise<ModelListing> {
    signal?.throwIfAborted();
    if (this.#listing !== null && performance.now() - this.#lookedAt < freshMs) return this.#listing;
    this.#looking ??= this.#look();
    const listing = await this.#looking;
    signal?.throwIfAborted();
    return listing;
  }

  /** What a turn without a model of its own gets, as `provider/model`; null: there is none to be had. Waits for the network only the first time. */
  async defaultModel(): Promise<string | null> {
    const own = this.#ownDefault();
    if (own !== null) return own;
    const known = this.#listing?.default;
    if (known == null) return (await this.list()).default;
    void this.list();
    return known;
  }

  /** The endpoint of `provider/model`, or of the default when `model` is null. Asks the network only when it must. */
  async resolve(model: string | null): Promise<ResolvedModel | null> {
    const named = model ?? (await this.defaultModel());
    if (named === null) return null;
    const slash = named.indexOf("/");
    const provider = slash < 0 ? undefined : this.#providers.get(named.slice(0, slash));
    if (provider !== undefined) return this.#resolved(provider, named.slice(slash + 1));
    const fallback = this.#configured ?? (await this.#firstAvailable());
    return fallback === null ? null : this.#resolved(fallback, named);
  }

  #forgetListing(): void {
    this.#generation += 1;
    this.#listing = null;
    this.#looking = null;
  }

  #resolved(provider: ModelProvider, model: string): ResolvedModel {
    const entry = this.#lastModels.get(provider.id)?.find((known) => known.id === model);
    return { provider, model, contextWindow: entry?.contextWindow ?? null };
  }

  /** The configured model as `provider/model`; null when it needs a look at what there is. */
  #ownDefault(): string | null {
    const model = this.#configuredModel;
    if (model === null) return null;
    const slash = model.indexOf("/");
    if (slash > 0 && this.#providers.has(model.slice(0, slash))) return model;
    return this.#configured === null ? null : `${this.#configured.id}/${model}`;
  }

  /** A listing of any age that has a default, else a new one. */
  async #knownListing(): Promise<ModelListing> {
    return this.#listing?.default == null ? this.list() : this.#listing;
  }

  async #firstAvailable(): Promise<ModelProvider | null> {
    const { providers } = await this.#knownListing();
    const first = providers.find((provider) => provider.available);
    return first === undefined ? null : (this.#providers.get(first.id) ?? null);
  }

  async #look(): Promise<ModelListing> {
    const generation = this.#generation;
    const providers = await Promise.all(
      [...this.#providers.values()].map((provider) => this.#lookAt(provider)),
    );
    const listing = {
      default: this.#ownDefault() ?? firstModel(providers, this.#configuredModel),
      providers,
    };
    if (this.#generation !== generation) return this.list();
    this.#looking = null;
    this.#listing = listing;
    this.#lookedAt = performance.now();
    return listing;
  }

  async #lookAt(provider: ModelProvider): Promise<ProviderListing> {
    const { id, name, baseUrl, source } = provider;
    const answer = await fetchModelList(provider, source === "found" ? localTimeoutMs : configuredTimeoutMs);
    const base = { id, name, baseUrl, source };
    if (answer.type === "models") {
      this.#lastModels.set(id, answer.models);
      const models = withConfigured(answer.models, provider.model);
      return {
        ...base,
        available: models.length > 0,
        problem: models.length > 0 ? null : { code: "no_models" },
        models,
      };
    }
    const models = withConfigured(this.#lastModels.get(id) ?? [], provider.model);
    const { code, detail } = answer.fault.problem;
    // An endpoint may have no list and still answer.
    const isUsable =
      provider.model !== null && (code === "model_not_found" || code === "model_invalid_response");
    if (isUsable) return { ...base, available: true, problem: null, models };
    return { ...base, available: false, problem: detail === undefined ? { code } : { code, detail }, models };
  }
}

function configuredProvider(config: ModelsConfig): ModelProvider | null {
  const pasted = nonEmpty(config.baseUrl);
  if (pasted === null) return null;
  const baseUrl = endpointAddress(pasted);
  const isDemo = config.demo === true;
  return {
    id: isDemo ? "demo" : "default",
    name: nonEmpty(config.name) ?? hostOf(baseUrl),
    baseUrl,
    apiKey: nonEmpty(config.apiKey),
    model: nonEmpty(config.model),
    source: isDemo ? "demo" : "configured",
  };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function nonEmpty(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}

function withConfigured(models: readonly ModelEntry[], configured: string | null): ModelEntry[] {
  const isListed = configured === null || models.some((model) => model.id === configured);
  return isListed ? [...models] : [{ id: configured, name: configured, contextWindow: null }, ...models];
}

/** The wanted model where a provider has it, else the first model that can be had. */
function firstModel(providers: readonly ProviderListing[], wanted: string | null): string | null {
  const offered = providers
    .filter((provider) => provider.available)
    .flatMap((provider) =>
      provider.models.map((model) => ({ id: `${provider.id}/${model.id}`, model: model.id })),
    );
  return (offered.find((offer) => offer.model === wanted) ?? offered[0])?.id ?? null;
}
