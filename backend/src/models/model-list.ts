/** Asks a provider which models it has. */
import * as z from "zod";
import {
  type Fault,
  faultOfConnection,
  faultOfResponse,
  lastingFault,
  passingFault,
  withoutSecrets,
} from "./model-errors.ts";
import { type ModelProvider, providerHeaders, requestAddress, secretsOf } from "./provider.ts";
import { type ListedModel, readListedModel } from "./providers/listed-model.ts";
import { localDetails } from "./providers/local-details.ts";
import { parseJson } from "./stream/json-value.ts";
import { loadFetch, readBounded } from "./transport.ts";

export type ModelList =
  | { readonly type: "models"; readonly models: readonly ListedModel[] }
  | { readonly type: "fault"; readonly fault: Fault };

const longestListBytes = 5 * 1024 * 1024;
const mostModels = 2_000;

const ListAnswer = z.union([
  z.array(z.unknown()),
  z.object({ data: z.array(z.unknown()) }).transform(({ data }) => data),
]);

/** The list of models, with a limit on time and size, and what a local server tells beside it. Never throws. */
export async function fetchModelList(provider: ModelProvider, timeoutMs: number): Promise<ModelList> {
  // Loading the client the first time is not the server's slowness.
  await loadFetch();
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await askForList(provider, signal);
    const text = await readBounded(response, longestListBytes);
    if (text === null) return invalid(provider, "The list of models is too long.");
    if (response.ok) return withDetails(provider, readList(provider, text), signal);
    const found = faultOfResponse({
      status: response.status,
      headers: response.headers,
      text,
      provider: provider.name,
    });
    return { type: "fault", fault: withoutSecrets(found, secretsOf(provider)) };
  } catch (error) {
    if (signal.aborted)
      return { type: "fault", fault: passingFault({ code: "model_timeout", provider: provider.name }) };
    return {
      type: "fault",
      fault: withoutSecrets(faultOfConnection(error, provider.name), secretsOf(provider)),
    };
  }
}

/** The response to `GET {baseUrl}/models`, or to where the provider has its list. Rejects as `fetch` does. */
export async function askForList(provider: ModelProvider, signal: AbortSignal): Promise<Response> {
  const send = await loadFetch();
  return send(listAddress(provider), { headers: listHeaders(provider), signal });
}

/** Always at the same origin: a key goes nowhere else. */
function listAddress(provider: ModelProvider): string {
  const { baseUrl, preset } = provider;
  const path = preset?.listPath;
  return requestAddress(
    provider,
    path === undefined ? `${baseUrl}/models` : new URL(path, `${baseUrl}/`).href,
  );
}

function listHeaders(provider: ModelProvider): Record<string, string> {
  const { preset, apiKey } = provider;
  const keyHeader = preset?.listKeyHeader;
  return {
    accept: "application/json",
    ...preset?.listHeaders,
    ...(keyHeader === undefined || apiKey === null ? {} : { [keyHeader]: apiKey }),
    ...providerHeaders(provider),
  };
}

function readList(provider: ModelProvider, text: string): ModelList {
  const models = listedModels(text);
  return models === null
    ? invalid(provider, "The answer is not a list of models.")
    : { type: "models", models };
}

/** The models of a list as it was answered, the first 2,000; null: it is no list. */
export function listedModels(text: string): ListedModel[] | null {
  const answer = ListAnswer.safeParse(parseJson(text));
  return answer.success
    ? answer.data.slice(0, mostModels).flatMap((item) => readListedModel(item) ?? [])
    : null;
}

async function withDetails(
  provider: ModelProvider,
  list: ModelList,
  signal: AbortSignal,
): Promise<ModelList> {
  if (list.type === "fault") return list;
  const ids = list.models.map(({ id }) => id);
  const details = await localDetails(provider, ids, signal);
  return {
    type: "models",
    models: list.models.map((model) => ({ ...model, ...said(details.get(model.id)) })),
  };
}

/** What was left open does not hide what the list says. */
function said(details: Partial<ListedModel> | undefined): Partial<ListedModel> {
  return Object.fromEntries(Object.entries(details ?? {}).filter(([, value]) => value !== undefined));
}

function invalid(provider: ModelProvider, detail: string): ModelList {
  return {
    type: "fault",
    fault: lastingFault({ code: "model_invalid_response", detail, provider: provider.name }),
  };
}
