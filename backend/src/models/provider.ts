/** A place where models may be had: an endpoint that speaks OpenAI's chat completions. */
import type { EditFormat } from "../agent/model.ts";
import type { ModelPrice, ProviderSource } from "../protocol/catalogue.ts";
import type { DialectOverrides } from "./dialect.ts";
import { dialectOf } from "./dialect.ts";
import type { Preset } from "./providers/presets.ts";

export interface ModelProvider {
  /** Without a slash: what stands before the first `/` of `provider/model`. */
  readonly id: string;
  readonly name: string;
  /** Normalised: see `endpointAddress`. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
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

/** A model as a person describes it; what is absent is as the endpoint, or the data file, says. */
export interface OwnModel {
  readonly id: string;
  readonly name?: string | undefined;
  readonly contextWindow?: number | undefined;
  readonly outputLimit?: number | undefined;
  readonly images?: boolean | undefined;
  readonly tools?: boolean | undefined;
  readonly editFormat?: EditFormat | undefined;
  readonly price?: ModelPrice | undefined;
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

/** Headers of every request to this provider; a key goes here and nowhere else. */
export function providerHeaders(provider: ModelProvider): Record<string, string> {
  const key = provider.apiKey ?? "";
  if (key === "") return {};
  const { keyHeader } = dialectOf(provider.baseUrl, provider.dialect);
  return keyHeader === "api-key" ? { "api-key": key } : { authorization: `Bearer ${key}` };
}
