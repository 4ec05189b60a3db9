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
  ShownField,
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
  readonly headers: readonly FieldDraft[];
  readonly query: readonly FieldDraft[];
}

/** What goes with every request beside the key, as a form holds it. */
export interface FieldDraft {
  readonly name: string;
  /** Empty: the one that is kept. */
  readonly value: string;
  /** Null: nobody said, and the machine goes by the name. */
  readonly isSecret: boolean | null;
}

/** What is known of a provider that is changed. */
export type KnownProvider = Pick<ProviderEntry, "baseUrl" | "models" | "headers" | "query">;

type DraftFault =
  | { readonly field: "name" | "address" }
  /** A header, or a field of the query, has no value. */
  | { readonly field: "value"; readonly name: string };

/** What is wrong with a draft; null: nothing. */
export function faultOfDraft(draft: ProviderDraft, before: KnownProvider | null): DraftFault | null {
  if (draft.name.trim() === "") return { field: "name" };
  const address = draft.baseUrl.trim();
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) return { field: "address" };
  // What is secret stays with the address that it was given for.
  const isSamePlace = before !== null && originOf(before.baseUrl) === originOf(address);
  const kept = isSamePlace ? [...before.headers, ...before.query] : [];
  const lacking = [...draft.headers, ...draft.query]
    .map(({ name, value }) => ({ name: name.trim(), value: value.trim() }))
    .find(({ name, value }) => name !== "" && value === "" && !isKept(name, kept));
  return lacking === undefined ? null : { field: "value", name: lacking.name };
}

function isKept(name: string, kept: readonly ShownField[]): boolean {
  return kept.some((field) => field.value === null && field.name.toLowerCase() === name.toLowerCase());
}

function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}

/** A field of which nothing is written is none. */
function sentFields(drafts: readonly FieldDraft[]): NonNullable<PutProvider["headers"]> {
  return drafts
    .map(({ name, value, isSecret }) => ({ name: name.trim(), value: value.trim(), isSecret }))
    .filter(({ name }) => name !== "")
    .map(({ name, value, isSecret }) => ({
      name,
      ...(isSecret === null ? {} : { isSecret }),
      ...(value === "" ? {} : { value }),
    }));
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
    headers: sentFields(draft.headers),
    query: sentFields(draft.query),
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
