/** Which models can be had, what is known of them, and which endpoint stands behind a `provider/model`. */
import { type ModelFacts, unknownFacts } from "../agent/model.ts";
import type { ModelEntry, ModelListing, ModelPrice, ProviderListing } from "../protocol/catalogue.ts";
import type { ConnectionReport } from "../protocol/provider.ts";
import type { DialectLesson, LearnedFact } from "./dialect.ts";
import { LearnedLimits } from "./facts/learned-limits.ts";
import { gatherFacts, type KnownFacts } from "./facts/model-facts.ts";
import type { ModelProvider } from "./provider.ts";
import type { ListedModel } from "./providers/listed-model.ts";
import { ProviderBook, type ProviderBookOptions } from "./providers/provider-book.ts";
import { type Look, ProviderLook } from "./providers/provider-look.ts";

export interface CatalogueOptions extends ProviderBookOptions {
  /** Absent: what is learnt is forgotten with the process. */
  readonly learned?: LearnedLimits;
}

/** The endpoint that stands behind a `provider/model`; `contextWindow` counts tokens, null: unknown. */
export interface ResolvedModel {
  readonly provider: ModelProvider;
  /** The endpoint's own name of the model. */
  readonly model: string;
  readonly contextWindow: number | null;
  /** Absent: nothing is known. */
  readonly facts?: ModelFacts;
  /** Whether it thinks before it answers; null or absent: unknown. */
  readonly thinks?: boolean | null;
  readonly price?: ModelPrice | null;
  /** What this model's endpoint has taught. */
  readonly lessons?: readonly DialectLesson[];
}

/** What is tried. */
export interface Trial {
  readonly id: string;
  /** Null: the first that it has. */
  readonly model: string | null;
  /** Of whoever asks, where the provider takes such a key. */
  readonly personalKey: string | null;
}

/** Looks when it is asked, never at start. */
export class ModelCatalogue {
  /** What is set up, and changing that. */
  readonly providers: ProviderBook;
  readonly #configuredModel: string | null;
  readonly #learned: LearnedLimits;
  #looks = new Map<string, { readonly provider: ModelProvider; readonly look: ProviderLook }>();
  #listing: ModelListing | null = null;

  constructor(options: CatalogueOptions) {
    this.#learned = options.learned ?? new LearnedLimits(null);
    this.#configuredModel = options.configured.model?.trim() || null;
    this.providers = new ProviderBook(options, async (changed) => {
      this.#listing = null;
      if (changed !== null) await this.#learned.forget(changed);
    });
  }

  /** Adds a provider while running, or replaces the one with its id. */
  register(provider: ModelProvider): void {
    this.providers.register(provider);
  }

  /** Everything that was looked for, with what was found. Rejects only when `signal` aborts. */
  async list(signal?: AbortSignal): Promise<ModelListing> {
    signal?.throwIfAborted();
    const all = [...(await this.providers.all()).values()];
    const providers = await Promise.all(all.map((provider) => this.#listingOf(provider)));
    const own = await this.#ownDefault();
    this.#listing = { default: own ?? firstModel(providers, this.#configuredModel), providers };
    signal?.throwIfAborted();
    return this.#listing;
  }

  /** What a turn without a model of its own gets, as `provider/model`; null: there is none to be had. Waits for the network only the first time. */
  async defaultModel(): Promise<string | null> {
    const own = await this.#ownDefault();
    if (own !== null) return own;
    const known = this.#listing?.default;
    if (known == null) return (await this.list()).default;
    void this.list();
    return known;
  }

  /** What a person writes now, as `provider/model`: without a known provider it is a model of the configured endpoint. */
  async named(written: string): Promise<string> {
    const { configured } = this.providers;
    const isKnown = (await this.providers.all()).has(written.slice(0, Math.max(0, written.indexOf("/"))));
    return isKnown || configured === null ? written : `${configured.id}/${written}`;
  }

  /** The endpoint of `provider/model`; null also where that provider is gone. Of the default when `model` is null. Asks the network only when it must. */
  async resolve(model: string | null): Promise<ResolvedModel | null> {
    const place = await this.#placeOf(model);
    if (place === null) return null;
    const { facts, thinks, lessons, entry } = await this.#factsOf(place);
    return { ...place, contextWindow: facts.contextWindow, facts, thinks, price: entry.price, lessons };
  }

  /** What is known of a model now. Never throws; asks its provider only where the window is not known. */
  async describe(model: string): Promise<ModelFacts> {
    try {
      const place = await this.#placeOf(model);
      if (place === null) return unknownFacts;
      const { facts } = await this.#factsOf(place);
      if (facts.contextWindow !== null) return facts;
      await this.#lookAt(place.provider).now();
      return (await this.#factsOf(place)).facts;
    } catch {
      // The providers' file cannot be read, which the settings say: nothing is known then.
      return unknownFacts;
    }
  }

  /** Believes what an endpoint taught of its model. Never rejects. */
  async learn(provider: string, model: string, fact: LearnedFact): Promise<void> {
    const known = (await this.providers.all()).get(provider);
    if (known === undefined) return;
    const listed = this.#looks.get(provider)?.look.last?.models.find(({ id }) => id === model);
    await this.#learned.learn({ provider: known, model }, fact, listed?.contextWindow ?? null);
  }

  /** Tries a provider and says exactly what failed; null: there is no such provider. */
  async test({ id, model, personalKey }: Trial, signal: AbortSignal): Promise<ConnectionReport | null> {
    const provider = (await this.providers.all()).get(id);
    if (provider === undefined) return null;
    const { testConnection } = await import("./providers/connection-test.ts");
    // It may work again from now on.
    this.#looks.delete(id);
    return testConnection(withKey(provider, personalKey), model, signal);
  }

  /** The name of the provider behind a model when it takes the key of whoever asks; null: it has one of its own, or needs none. */
  async takesPersonalKey(model: string): Promise<string | null> {
    const place = await this.#placeOf(model);
    return place?.provider.preset?.auth === "github" ? place.provider.name : null;
  }

  /** Resolves as ever, with this key where a provider takes that of whoever asks. */
  withPersonalKey(key: string): Pick<ModelCatalogue, "resolve" | "describe"> {
    return {
      describe: (model) => this.describe(model),
      resolve: async (model) => {
        const resolved = await this.resolve(model);
        return resolved === null ? null : { ...resolved, provider: withKey(resolved.provider, key) };
      },
    };
  }

  async #placeOf(model: string | null): Promise<{ provider: ModelProvider; model: string } | null> {
    const named = model ?? (await this.defaultModel());
    if (named === null) return null;
    const slash = named.indexOf("/");
    const all = await this.providers.all();
    const provider = slash < 0 ? undefined : all.get(named.slice(0, slash));
    if (provider !== undefined) return { provider, model: named.slice(slash + 1) };
    const { configured } = this.providers;
    // Of a provider that is gone the name stays: what was said to it must not go to another one.
    const isConfigured = slash < 0 || named === this.#configuredModel;
    return configured !== null && isConfigured ? { provider: configured, model: named } : null;
  }

  #factsOf({ provider, model }: { provider: ModelProvider; model: string }): Promise<KnownFacts> {
    const listed = this.#lookAt(provider).last?.models.find((known) => known.id === model);
    return gatherFacts(provider, listed ?? { id: model }, this.#learned);
  }

  /** What a person chose, or the configured model, as `provider/model`; null when it needs a look at what there is. */
  async #ownDefault(): Promise<string | null> {
    const all = await this.providers.all();
    const chosen = await this.providers.chosenModel();
    if (chosen !== null && all.has(chosen.slice(0, chosen.indexOf("/")))) return chosen;
    const model = this.#configuredModel;
    if (model === null) return null;
    const { configured } = this.providers;
    const named = all.get(model.slice(0, Math.max(0, model.indexOf("/"))));
    // `openai/…` is how OpenRouter and others name models too: a key in the environment does not draw them away.
    const isNamed = named !== undefined && (configured === null || named.source !== "environment");
    if (isNamed) return model;
    return configured === null ? null : `${configured.id}/${model}`;
  }

  #lookAt(provider: ModelProvider): ProviderLook {
    const known = this.#looks.get(provider.id);
    if (known?.provider === provider) return known.look;
    // A provider that was only renamed, or got another key, still has what it had.
    const before = known?.provider.baseUrl === provider.baseUrl ? known.look.last : null;
    const look = new ProviderLook(provider, before);
    this.#looks.set(provider.id, { provider, look });
    return look;
  }

  async #listingOf(provider: ModelProvider): Promise<ProviderListing> {
    const { id, name, baseUrl, source, preset } = provider;
    const look = await this.#lookAt(provider).now();
    const rows = withOwn(look.models, provider);
    const models = await Promise.all(rows.map((row) => this.#entryOf(provider, row)));
    const base = { id, name, baseUrl, source, retiredOn: preset?.retiredOn ?? null, models };
    return { ...base, ...availability(look, provider, models) };
  }

  async #entryOf(provider: ModelProvider, listed: ListedModel): Promise<ModelEntry> {
    return (await gatherFacts(provider, listed, this.#learned)).entry;
  }
}

function withKey(provider: ModelProvider, key: string | null): ModelProvider {
  return provider.preset?.auth === "github" ? { ...provider, apiKey: key } : provider;
}

/** What a person named is there whether or not the list has it. */
function withOwn(listed: readonly ListedModel[], { model, models = [] }: ModelProvider): ListedModel[] {
  const wanted = [...(model === null ? [] : [model]), ...models.map(({ id }) => id)];
  const missing = [...new Set(wanted)].filter((id) => !listed.some((row) => row.id === id));
  return [...missing.map((id) => ({ id })), ...listed];
}

/** These say that the list is not to be had now, and nothing of the models. */
const listTroubles = new Set([
  "model_invalid_response",
  "model_timeout",
  "model_unavailable",
  "model_rate_limit",
]);

function availability(
  { fault, wasGood }: Look,
  provider: ModelProvider,
  models: readonly ModelEntry[],
): Pick<ProviderListing, "available" | "problem"> {
  if (fault === null) {
    const available = models.length > 0;
    return { available, problem: available ? null : { code: "no_models" } };
  }
  const { code, detail } = fault.problem;
  const problem = detail === undefined ? { code } : { code, detail };
  const hasOwn = provider.model !== null || (provider.models ?? []).length > 0;
  // An endpoint may have no list and still answer.
  if (hasOwn && (code === "model_not_found" || code === "model_invalid_response"))
    return { available: true, problem: null };
  return { available: wasGood && models.length > 0 && listTroubles.has(code), problem };
}

/** The wanted model where a provider has it, else the first that can call tools as far as is known, else the first. */
function firstModel(providers: readonly ProviderListing[], wanted: string | null): string | null {
  const offered = providers
    .filter((provider) => provider.available && provider.retiredOn === null)
    .flatMap((provider) => provider.models.map((model) => ({ id: `${provider.id}/${model.id}`, model })));
  const first =
    offered.find(({ model }) => model.id === wanted) ??
    offered.find(({ model }) => model.tools !== false) ??
    offered[0];
  return first?.id ?? null;
}
