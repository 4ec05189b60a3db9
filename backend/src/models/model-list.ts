/** Asks a provider which models it has. */
import * as z from "zod";
import type { ModelEntry } from "../protocol/catalogue.ts";
import { type Fault, fault, faultOfConnection, faultOfResponse, withoutKey } from "./model-errors.ts";
import { type ModelProvider, providerHeaders } from "./provider.ts";
import { parseJson } from "./stream/json-value.ts";
import { loadFetch, readBounded } from "./transport.ts";

export type ModelList =
  | { readonly type: "models"; readonly models: readonly ModelEntry[] }
  | { readonly type: "fault"; readonly fault: Fault };

const longestList = 5 * 1024 * 1024;
const mostModels = 2_000;

const ListedModel = z.looseObject({
  id: z.string().min(1).max(300),
  name: z.string().min(1).max(300).optional().catch(undefined),
  context_window: z.int().positive().optional().catch(undefined),
  context_length: z.int().positive().optional().catch(undefined),
  max_model_len: z.int().positive().optional().catch(undefined),
});
const ListAnswer = z.union([
  z.array(z.unknown()),
  z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data),
]);

/** `GET {baseUrl}/models`, with a limit on time and size. Never throws. */
export async function fetchModelList(provider: ModelProvider, timeoutMs: number): Promise<ModelList> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const send = await loadFetch();
    const headers = { accept: "application/json", ...providerHeaders(provider) };
    const response = await send(`${provider.baseUrl}/models`, { headers, signal });
    const text = await readBounded(response, longestList);
    if (text === null) return invalid(provider, "The list of models is too long.");
    if (response.ok) return readList(provider, text);
    const found = faultOfResponse({
      status: response.status,
      headers: response.headers,
      text,
      provider: provider.name,
    });
    return { type: "fault", fault: withoutKey(found, provider.apiKey) };
  } catch (error) {
    if (signal.aborted)
      return { type: "fault", fault: fault({ code: "model_timeout", provider: provider.name }, true) };
    return { type: "fault", fault: withoutKey(faultOfConnection(error, provider.name), provider.apiKey) };
  }
}

function readList(provider: ModelProvider, text: string): ModelList {
  const answer = ListAnswer.safeParse(parseJson(text));
  if (!answer.success) return invalid(provider, "The answer is not a list of models.");
  const models = answer.data.slice(0, mostModels).flatMap((item) => {
    const model = ListedModel.safeParse(item);
    return model.success && !isOtherKind(model.data.id) ? [entryOf(model.data)] : [];
  });
  return { type: "models", models };
}

/** Models that cannot chat stand in the same lists. */
function isOtherKind(id: string): boolean {
  return /embed|whisper|rerank|moderation|\btts\b|dall-e/i.test(id);
}

function entryOf(model: z.infer<typeof ListedModel>): ModelEntry {
  const contextWindow = model.context_window ?? model.context_length ?? model.max_model_len ?? null;
  return { id: model.id, name: model.name ?? model.id, contextWindow };
}

function invalid(provider: ModelProvider, detail: string): ModelList {
  return {
    type: "fault",
    fault: fault({ code: "model_invalid_response", detail, provider: provider.name }, false),
  };
}
