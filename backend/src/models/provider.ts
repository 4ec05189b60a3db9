/** A place where models may be had: an endpoint that speaks OpenAI's chat completions. */

export interface ModelProvider {
  /** Without a slash: what stands before the first `/` of `provider/model`. */
  readonly id: string;
  readonly name: string;
  /** Normalised: see `endpointAddress`. */
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** The model to use when none is named. */
  readonly model: string | null;
  readonly source: "configured" | "found" | "demo";
}

/** The base address as people paste it, without trailing slashes and without the path of one call. */
export function endpointAddress(pasted: string): string {
  const trimmed = pasted.trim().replace(/\/+$/, "");
  return trimmed.replace(/\/(?:chat\/completions|completions|models)$/, "").replace(/\/+$/, "");
}

/** Headers of every request to this provider; a key goes here and nowhere else. */
export function providerHeaders(provider: ModelProvider): Record<string, string> {
  const key = provider.apiKey ?? "";
  return key === "" ? {} : { authorization: `Bearer ${key}` };
}
