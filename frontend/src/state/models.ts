/** Which models can be used now, per provider, looked at when asked. */
import { api, ask } from "../api/client.ts";
import type { ModelEntry, ModelListing, ProviderListing } from "../api/types.ts";
import { readStored, writeStored } from "../lib/browser/storage.ts";
import { computed, type ReadonlySignal, signal } from "../lib/signal.ts";
import { keepFact, readFact } from "./kept-sessions.ts";

const listing = signal<ModelListing | null>(null);
const looked = signal(false);

/** Null until the machine has answered. */
export const models: ReadonlySignal<ModelListing | null> = listing;

/** The machine was asked, and there is no model to be had. */
export const hasNoModel: ReadonlySignal<boolean> = computed(
  () => listing.value !== null && listing.value.default === null,
);

/** The machine was asked at least once, with or without an answer. */
export const hasLooked: ReadonlySignal<boolean> = looked;

export interface Choice {
  /** `provider/model`. */
  readonly id: string;
  readonly model: ModelEntry;
  readonly provider: ProviderListing;
}

/** An answer so young is taken for the present one. */
const freshMs = 10_000;
let askedAt = Number.NEGATIVE_INFINITY;

/** Looks again, unless the last look was some seconds ago. */
export async function freshenModels(): Promise<void> {
  if (performance.now() - askedAt > freshMs) await loadModels();
}

/** Looks again; keeps what is known when the machine does not answer, on a page that was just opened what this browser heard last. */
export async function loadModels(): Promise<void> {
  askedAt = performance.now();
  const outcome = await ask(api.GET("/api/models"));
  if (outcome.ok) {
    listing.value = outcome.data;
    void keepFact("models", outcome.data);
  } else {
    askedAt = Number.NEGATIVE_INFINITY;
    const kept = listing.peek() === null ? await readFact("models") : null;
    if (listing.peek() === null && isListing(kept)) listing.value = kept;
  }
  looked.value = true;
}

/** Looks every three seconds until the answer is called. */
export function watchModels(): () => void {
  let timer: ReturnType<typeof setTimeout>;
  let isStopped = false;
  const look = async () => {
    await loadModels();
    if (!isStopped) timer = setTimeout(look, 3000);
  };
  void look();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

/** Every model of every provider that can be used. */
export function choices(of: ModelListing): Choice[] {
  return listed(of).filter(({ provider }) => provider.available);
}

/** Every model of every provider, also of one that cannot be used now. */
export function listed(of: ModelListing): Choice[] {
  return of.providers.flatMap((provider) =>
    provider.models.map((model) => ({ id: modelId(provider, model), model, provider })),
  );
}

/** What a chip calls a model: its name alone, without the provider. Null is the default model. */
export function modelName(id: string | null): string | null {
  const known = listing.value;
  const wanted = id ?? known?.default ?? null;
  if (wanted === null) return null;
  const match = known === null ? undefined : choices(known).find((choice) => choice.id === wanted);
  return match?.model.name ?? wanted.slice(wanted.indexOf("/") + 1);
}

/** `Sonnet · OpenRouter`; an id that no list has stands for itself. Null is the default model; null: there is none. */
export function nameWithProvider(id: string | null): string | null {
  const known = listing.value;
  const wanted = id ?? known?.default ?? null;
  if (wanted === null || known === null) return wanted;
  const match = listed(known).find((choice) => choice.id === wanted);
  return match === undefined ? wanted : `${match.model.name} · ${match.provider.name}`;
}

/** It is the demo's script. Null is the default model. */
export function isDemoModel(id: string | null): boolean {
  const known = listing.value;
  if (known === null) return false;
  const wanted = id ?? known.default;
  return choices(known).some((choice) => choice.id === wanted && choice.provider.source === "demo");
}

/** The model that was last chosen for a new session, while it can be had; null: the default. */
export function preferredModel(): string | null {
  const remembered = readStored("model");
  const known = listing.value;
  return known !== null && choices(known).some((choice) => choice.id === remembered) ? remembered : null;
}

/** Remembers what was chosen for the next new session. */
export function rememberModel(id: string): void {
  writeStored("model", id);
}

function isListing(value: unknown): value is ModelListing {
  return (
    typeof value === "object" &&
    value !== null &&
    "default" in value &&
    "providers" in value &&
    Array.isArray(value.providers)
  );
}

function modelId(provider: ProviderListing, model: ModelEntry): string {
  return model.id.startsWith(`${provider.id}/`) ? model.id : `${provider.id}/${model.id}`;
}
