/** Where models come from, as it is set up on the machine; keys go there and never come back. */
import { api, ask } from "../api/client.ts";
import type {
  ConnectionReport,
  Failure,
  ModelPrice,
  Outcome,
  ProviderEntry,
  ProviderPreset,
  ProviderSettings,
  PutProvider,
} from "../api/types.ts";
import { type ReadonlySignal, signal } from "../lib/signal.ts";
import { loadModels } from "./models.ts";

const settings = signal<ProviderSettings | null>(null);

/** Null until the machine has answered. */
export const providerSettings: ReadonlySignal<ProviderSettings | null> = settings;

/** Null: loaded; otherwise why not, and what was known stays. */
export async function loadProviders(): Promise<Failure | null> {
  const outcome = await ask(api.GET("/api/providers"));
  if (!outcome.ok) return outcome.failure;
  settings.value = outcome.data;
  return null;
}

/** Adds a provider or changes one. Null: done; otherwise why not. */
export async function saveProvider(id: string, change: PutProvider): Promise<Failure | null> {
  const outcome = await ask(api.PUT("/api/providers/{id}", { params: { path: { id } }, body: change }));
  if (!outcome.ok) return outcome.failure;
  await loadProviders();
  return null;
}

/** Takes a provider away with its key. Null: done; otherwise why not. */
export async function removeProvider(id: string): Promise<Failure | null> {
  const outcome = await ask(api.DELETE("/api/providers/{id}", { params: { path: { id } } }));
  if (!outcome.ok) return outcome.failure;
  await Promise.all([loadProviders(), loadModels()]);
  return null;
}

/** Has the machine try a provider, and looks at the models anew. */
export async function testProvider(id: string): Promise<Outcome<ConnectionReport>> {
  const outcome = await ask(api.POST("/api/providers/{id}/test", { params: { path: { id } }, body: {} }));
  void loadModels();
  return outcome;
}

/** What new sessions get; null: the first that can be had. */
export async function chooseDefaultModel(model: string | null): Promise<Failure | null> {
  const outcome = await ask(api.PUT("/api/models/default", { body: { model } }));
  if (!outcome.ok) return outcome.failure;
  await Promise.all([loadProviders(), loadModels()]);
  return null;
}

/** What a form holds. */
export interface ProviderDraft {
  readonly name: string;
  readonly baseUrl: string;
  /** Empty: as it is. */
  readonly key: string;
  /** One a line. */
  readonly models: string;
}

/** Which field of a draft is wrong; null: none. */
export function faultOfDraft({ name, baseUrl }: ProviderDraft): "name" | "address" | null {
  if (name.trim() === "") return "name";
  const address = baseUrl.trim();
  return /^https?:\/\//.test(address) && URL.canParse(address) ? null : "address";
}

/** A draft as it is sent; what is known of models by more than their name stays. */
export function changeOf(
  draft: ProviderDraft,
  preset: string | null,
  before: Pick<ProviderEntry, "models"> | null,
): PutProvider {
  const key = draft.key.trim();
  const ids = draft.models.split("\n").map((line) => line.trim());
  return {
    preset,
    name: draft.name.trim(),
    baseUrl: draft.baseUrl.trim(),
    ...(key === "" ? {} : { key }),
    models: [...new Set(ids)]
      .filter((id) => id !== "")
      .map((id) => before?.models.find((model) => model.id === id) ?? { id }),
  };
}

/** A free id: the preset's own, else one made of the name, numbered when it is taken. */
export function newProviderId(
  preset: Pick<ProviderPreset, "id"> | null,
  name: string,
  taken: readonly string[],
): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "");
  const base = preset?.id ?? (plain.slice(0, 36) || "own");
  for (let count = 1; ; count += 1) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id) && id !== "default" && id !== "demo") return id;
  }
}

/** `$0.25`, `$15`, `$0.0375`: as much as says something. */
export function formatRate(dollars: number): string {
  return `$${Number(dollars.toPrecision(4))}`;
}

/** Whether it is known to cost nothing. */
export function isFree(price: ModelPrice): boolean {
  return price.input === 0 && price.output === 0;
}
