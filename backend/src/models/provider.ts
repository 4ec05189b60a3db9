/** A place where models may be had: an endpoint that speaks OpenAI's chat completions. */
import type { ProviderSource } from "../protocol/catalogue.ts";
import type { OwnModel } from "../protocol/provider.ts";
import type { DialectOverrides } from "./dialect.ts";
import { dialectOf } from "./dialect.ts";
import type { Preset } from "./providers/presets.ts";
import { type RequestField, secretTexts } from "./providers/request-fields.ts";

export interface ModelProvider {
  /** Without a slash: what stands before the first `/` of `provider/model`. */
  readonly id: string;
  readonly name: string;
  /** Normalised: see `endpointAddress`. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** What goes with every request beside the key; it wins over the key's own header. */
  readonly headers?: readonly RequestField[];
  /** What stands behind the `?` of every address. */
  readonly query?: readonly RequestField[];
  /** The model to use when none is named. */
  readonly model: string | null;
  readonly source: ProviderSource;
  /** What it is; absent: nobody that is known. */
  readonly preset?: Preset;
  /** Flags that a person set: they win over what the address says. */
  readonly dialect?: DialectOverrides;
  /** Models that a person named, with what they know better. */
  readonly models?: readonly OwnModel[];
}

/** The base address as people paste it, without trailing slashes, query, and the path of one call. */
export function endpointAddress(pasted: string): string {
  const trimmed = pasted
    .trim()
    .replace(/[?#].*$/s, "")
    .replace(/(?<!\/)\/+$/, "");
  return trimmed
    .replace(/\/(?:chat\/completions|completions|models|responses)$/, "")
    .replace(/(?<!\/)\/+$/, "");
}

/** What stands behind the `?` of an address as people paste it; empty: nothing. */
export function queryOf(pasted: string): string {
  return /\?([^#]*)/.exec(pasted.trim())?.[1] ?? "";
}

/** The deployment that an address of Azure's names: the one model that it has. Null: it names none. */
export function deploymentOf(baseUrl: string): string | null {
  const name = /\/openai\/deployments\/([^/]+)$/.exec(baseUrl)?.[1];
  return name === undefined ? null : decoded(name);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone `%` is no code: the name is as it stands.
    return text;
  }
}

/** Headers of every request to this provider, in lower case; a key goes here and nowhere else. */
export function providerHeaders({
  apiKey,
  baseUrl,
  dialect,
  headers = [],
}: ModelProvider): Record<string, string> {
  const own = Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
  const key = apiKey ?? "";
  if (key === "") return own;
  const { keyHeader } = dialectOf(baseUrl, dialect);
  return { ...(keyHeader === "api-key" ? { "api-key": key } : { authorization: `Bearer ${key}` }), ...own };
}

/** An address of this provider's, with its query. */
export function requestAddress({ query = [] }: ModelProvider, address: string): string {
  if (query.length === 0) return address;
  const url = new URL(address);
  for (const { name, value } of query) url.searchParams.set(name, value);
  return url.href;
}

/** Whether it is let in by a header or a field of the query that is a secret. */
export function hasSecretField({ headers = [], query = [] }: ModelProvider): boolean {
  return [...headers, ...query].some(({ isSecret }) => isSecret);
}

/** Every text that must not be seen, should an endpoint repeat it. */
export function secretsOf({ apiKey, headers = [], query = [] }: ModelProvider): string[] {
  return [...(apiKey === null || apiKey === "" ? [] : [apiKey]), ...secretTexts([...headers, ...query])];
}
