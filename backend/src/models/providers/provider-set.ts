/** Everything that is set up, as providers: by variables, on the page, by their key alone, or found on this machine. */
import type { KeyPlace, ProviderEntry, ProviderPreset } from "../../protocol/provider.ts";
import { deploymentOf, endpointAddress, hasSecretField, type ModelProvider, queryOf } from "../provider.ts";
import { isLoopback, isPlaceOf, type Preset, presetAt, presetOf, presets } from "./presets.ts";
import type { StoredProvider } from "./provider-store.ts";
import { pastedQuery, requestField, shownField } from "./request-fields.ts";

/** The slice of the configuration that is about models. */
export interface ModelsConfig {
  readonly baseUrl?: string | undefined;
  readonly apiKey?: string | undefined;
  readonly model?: string | undefined;
  readonly name?: string | undefined;
  /** What goes with every request, by the headers' names. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** The endpoint is the scripted one of the demo. */
  readonly demo?: boolean | undefined;
}

/** Keys by the names of their variables. */
export type KeysByVariable = Readonly<Record<string, string | undefined>>;

export interface ProviderSources {
  readonly configured: ModelProvider | null;
  readonly stored: readonly StoredProvider[];
  readonly found: readonly ModelProvider[];
  readonly keys: KeysByVariable;
}

/**
 * In the order in which the first that can be used becomes the default; each id once. What was only found on this machine comes
 * last: any program may listen there.
 */
export function providerSet({ configured, stored, found, keys }: ProviderSources): ModelProvider[] {
  const own = stored.map((provider) => storedProvider(provider, keys));
  const all = [...(configured === null ? [] : [configured]), ...own, ...byKeyAlone(keys), ...found];
  const firsts = new Map<string, ModelProvider>();
  for (const provider of all) if (!firsts.has(provider.id)) firsts.set(provider.id, provider);
  return [...firsts.values()];
}

/** The endpoint of `VOXPILOT_MODELS_BASE_URL`, or the demo's. */
export function configuredProvider(config: ModelsConfig): ModelProvider | null {
  const pasted = nonEmpty(config.baseUrl);
  if (pasted === null) return null;
  const baseUrl = endpointAddress(pasted);
  const isDemo = config.demo === true;
  return {
    id: isDemo ? "demo" : "default",
    name: nonEmpty(config.name) ?? hostOf(baseUrl),
    baseUrl,
    apiKey: nonEmpty(config.apiKey),
    headers: Object.entries(config.headers ?? {}).map(([header, value]) => requestField(header, value)),
    query: pastedQuery(queryOf(pasted)),
    model: nonEmpty(config.model) ?? deploymentOf(baseUrl),
    source: isDemo ? "demo" : "configured",
    ...withPreset(isDemo ? null : presetAt(baseUrl)),
  };
}

/** The variable that holds this provider's key; null: it does not come from one. */
function keyVariableOf(preset: Preset | null, baseUrl: string, keys: KeysByVariable): string | null {
  // A preset's key goes to the preset's own hosts, whatever address somebody wrote beside its name.
  if (preset === null || !isPlaceOf(preset, baseUrl)) return null;
  return preset.keyVariables.find((variable) => nonEmpty(keys[variable]) !== null) ?? null;
}

/** A service's own variable does not count here: what it holds is not sent to the endpoint of the settings. */
function configuredKeyVariable({ apiKey }: ModelProvider): string | null {
  return apiKey === null ? null : "VOXPILOT_MODELS_API_KEY";
}

/** A provider as the page is told of it: without its key. */
export function providerEntry(provider: ModelProvider, keys: KeysByVariable): ProviderEntry {
  const { id, name, baseUrl, source, preset = null, headers = [], query = [], models = [] } = provider;
  const variable =
    source === "configured" ? configuredKeyVariable(provider) : keyVariableOf(preset, baseUrl, keys);
  return {
    id,
    name,
    preset: preset?.id ?? null,
    baseUrl,
    source,
    key: keyPlace(provider, variable),
    variable,
    headers: headers.map(shownField),
    query: query.map(shownField),
    models: [...models],
    retiredOn: preset?.retiredOn ?? null,
  };
}

/** A preset as the page is told of it. */
export function presetEntry(preset: Preset): ProviderPreset {
  const { id, name, baseUrl, auth, isLocal, retiredOn = null } = preset;
  const { keyVariables, headerNames = [], queryNames = [] } = preset;
  return {
    id,
    name,
    baseUrl,
    keyVariables: [...keyVariables],
    headerNames: [...headerNames],
    queryNames: [...queryNames],
    auth,
    isLocal,
    retiredOn,
  };
}

function keyPlace(provider: ModelProvider, variable: string | null): KeyPlace {
  const { apiKey, preset } = provider;
  if (variable !== null) return "environment";
  if (preset?.auth === "github") return "github";
  if (apiKey !== null || hasSecretField(provider)) return "stored";
  return preset?.auth === "key" ? "missing" : "none";
}

function storedProvider(stored: StoredProvider, keys: KeysByVariable): ModelProvider {
  const { id, name, baseUrl, headers, query, models, dialect } = stored;
  const preset = fittingPreset(stored.preset, baseUrl);
  const variable = keyVariableOf(preset, baseUrl, keys);
  return {
    id,
    name,
    baseUrl,
    apiKey: variable === null ? stored.apiKey : nonEmpty(keys[variable]),
    headers,
    query,
    model: deploymentOf(baseUrl),
    source: "settings",
    models,
    ...withPreset(preset),
    ...(dialect === undefined ? {} : { dialect }),
  };
}

/** Services whose variable is set and whose address is known are there without anything more. */
function byKeyAlone(keys: KeysByVariable): ModelProvider[] {
  return presets.flatMap((preset): ModelProvider[] => {
    const { id, name, baseUrl, isLocal } = preset;
    if (baseUrl === null || isLocal) return [];
    const variable = keyVariableOf(preset, baseUrl, keys);
    if (variable === null) return [];
    const apiKey = nonEmpty(keys[variable]);
    return [{ id, name, baseUrl, apiKey, model: null, source: "environment", preset }];
  });
}

/** A person's own token goes to the service that it is of, and to this machine: never where somebody wrote. */
function fittingPreset(id: string | null, baseUrl: string): Preset | null {
  const preset = presetOf(id);
  if (preset === null) return presetAt(baseUrl);
  return preset.auth !== "github" || isPlaceOf(preset, baseUrl) || isOnThisMachine(baseUrl) ? preset : null;
}

function isOnThisMachine(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && isLoopback(new URL(baseUrl).hostname);
}

function withPreset(preset: Preset | null): { preset?: Preset } {
  return preset === null ? {} : { preset };
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}

function nonEmpty(text: string | undefined): string | null {
  const trimmed = text?.trim() ?? "";
  return trimmed === "" ? null : trimmed;
}
