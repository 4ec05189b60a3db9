/** Tries a provider the way a turn uses it, and says the one thing that is wrong. */
import type { ConnectionOutcome, ConnectionReport } from "../../protocol/provider.ts";
import { faultOfBody, faultOfConnection, faultOfResponse, withoutSecrets } from "../model-errors.ts";
import { askForList, listedModels } from "../model-list.ts";
import {
  deploymentOf,
  hasSecretField,
  type ModelProvider,
  providerHeaders,
  requestAddress,
  secretsOf,
} from "../provider.ts";
import { parseJson } from "../stream/json-value.ts";
import { loadFetch, readBounded } from "../transport.ts";
import { failureOfNetwork, outcomeOfFault } from "./connection-failures.ts";
import type { ListedModel } from "./listed-model.ts";
import type { Preset } from "./presets.ts";

const listTimeoutMs = 8_000;
/** A local server may load the model first. */
const answerTimeoutMs = 90_000;
const longestBodyBytes = 5 * 1024 * 1024;
/** An event that is longer is no first word. */
const longestBeginningCharacters = 64 * 1024;

/** The system's own words for these add nothing. */
const speaksForItself: ReadonlySet<ConnectionOutcome> = new Set(["unknown_host", "refused", "bad_port"]);

/** What is reported where nothing else is known. */
const blank: Omit<ConnectionReport, "outcome"> = {
  status: null,
  detail: null,
  models: null,
  model: null,
  betterBaseUrl: null,
  answeredAfterMs: null,
};

/** Asks for the list, then for one word of a model with a tool beside it. Never rejects. */
export async function testConnection(
  provider: ModelProvider,
  model: string | null,
  signal: AbortSignal,
): Promise<ConnectionReport> {
  const missing = missingKey(provider) ?? missingVersion(provider);
  if (missing !== null) return { ...blank, outcome: missing };
  const list = await tryList(provider, signal);
  if (list.type === "report") return list.report;
  const asked = model ?? provider.model ?? provider.models?.[0]?.id ?? list.models?.[0]?.id ?? null;
  const counted = { ...blank, models: list.models?.length ?? null, model: asked };
  if (asked === null)
    return { ...counted, outcome: list.models === null ? "wrong_path" : "no_models", ...list.hint };
  if (model !== null && list.models !== null && !isListed(list.models, model, provider))
    return { ...counted, outcome: "model_missing" };
  return { ...counted, ...(await tryModel(provider, asked, signal)), ...list.hint };
}

const outcomesWithoutKey: Readonly<Record<Preset["auth"], ConnectionOutcome | null>> = {
  key: "key_missing",
  github: "sign_in_needed",
  none: null,
};

function missingKey(provider: ModelProvider): ConnectionOutcome | null {
  const { apiKey, preset } = provider;
  if (apiKey !== null || preset === undefined || hasSecretField(provider)) return null;
  return outcomesWithoutKey[preset.auth];
}

/** The address of one deployment is none without it, and Azure's own words for that name something else. */
function missingVersion({ preset, baseUrl, query = [] }: ModelProvider): ConnectionOutcome | null {
  if (preset?.id !== "azure" || deploymentOf(baseUrl) === null) return null;
  return query.some(({ name }) => name.toLowerCase() === "api-version") ? null : "version_missing";
}

function isListed(models: readonly ListedModel[], model: string, provider: ModelProvider): boolean {
  const isOwn = provider.models?.some(({ id }) => id === model) ?? false;
  return isOwn || models.some(({ id }) => id === model || id === `models/${model}`);
}

type Finding = Pick<ConnectionReport, "outcome"> & Partial<ConnectionReport>;
type ListTry =
  | { readonly type: "report"; readonly report: ConnectionReport }
  /** `models` null: it gives no list, and may answer all the same. */
  | {
      readonly type: "list";
      readonly models: readonly ListedModel[] | null;
      readonly hint: Partial<ConnectionReport>;
    };

async function tryList(provider: ModelProvider, signal: AbortSignal): Promise<ListTry> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(listTimeoutMs)]);
  try {
    const response = await askForList(provider, limit);
    const text = (await readBounded(response, longestBodyBytes)) ?? "";
    if (response.status === 404 || response.status === 405) return listless(provider, response, limit);
    if (!response.ok) return reported(refusal(provider, response, text));
    const models = listedModels(text);
    if (models === null) return reported({ outcome: "not_an_endpoint", status: response.status });
    return { type: "list", models, hint: {} };
  } catch (error) {
    return reported(networkFinding(provider, error, limit));
  }
}

/** The most usual slip is an address without its `/v1`. */
async function listless(provider: ModelProvider, response: Response, signal: AbortSignal): Promise<ListTry> {
  const better = `${provider.baseUrl}/v1`;
  const other = await askForList({ ...provider, baseUrl: better }, signal);
  const text = (await readBounded(other, longestBodyBytes)) ?? "";
  if (other.ok && listedModels(text) !== null)
    return reported({ outcome: "wrong_path", status: response.status, betterBaseUrl: better });
  return { type: "list", models: null, hint: {} };
}

function reported(finding: Finding): ListTry {
  return { type: "report", report: { ...blank, ...finding } };
}

async function tryModel(provider: ModelProvider, model: string, signal: AbortSignal): Promise<Finding> {
  const upstream = new AbortController();
  const limit = AbortSignal.any([signal, upstream.signal, AbortSignal.timeout(answerTimeoutMs)]);
  const beganAt = performance.now();
  try {
    const send = await loadFetch();
    const response = await send(requestAddress(provider, `${provider.baseUrl}/chat/completions`), {
      method: "POST",
      headers: {
        "content-type": "application/json",
        accept: "text/event-stream",
        ...providerHeaders(provider),
      },
      body: JSON.stringify(question(model)),
      signal: limit,
    });
    if (!response.ok)
      return refusal(provider, response, (await readBounded(response, longestBodyBytes)) ?? "");
    const finding = await readBeginning(provider, response);
    return finding ?? { outcome: "works", answeredAfterMs: Math.round(performance.now() - beganAt) };
  } catch (error) {
    return networkFinding(provider, error, limit);
  } finally {
    upstream.abort();
  }
}

function question(model: string) {
  const parameters = { type: "object", properties: {} };
  const tool = { name: "done", description: "Say that you are done.", parameters };
  return {
    model,
    messages: [{ role: "user", content: "Say: ok" }],
    tools: [{ type: "function", function: tool }],
    stream: true,
  };
}

/** Null: its first event came, and is no error. */
async function readBeginning(provider: ModelProvider, response: Response): Promise<Finding | null> {
  const { status } = response;
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of response.body ?? []) {
    text += decoder.decode(part, { stream: true });
    const event = /^data: ?(.+)\r?\n/m.exec(text)?.[1];
    if (event !== undefined) return eventFinding(provider, status, event);
    if (text.length > longestBeginningCharacters) break;
  }
  if (/^\s*</.test(text)) return { outcome: "not_an_endpoint", status };
  const whole = parseJson(text);
  const isError = typeof whole === "object" && whole !== null && "error" in whole;
  if (isError) return eventFinding(provider, status, text);
  return { outcome: "not_streaming", status };
}

function eventFinding(provider: ModelProvider, status: number, event: string): Finding | null {
  const value = parseJson(event);
  const hasError = typeof value === "object" && value !== null && "error" in value && value.error != null;
  if (!hasError) return null;
  const { problem } = withoutSecrets(faultOfBody(value, provider.name), secretsOf(provider));
  return { outcome: outcomeOfFault(problem), status, detail: problem.detail ?? null };
}

function refusal(provider: ModelProvider, { status, headers }: Response, text: string): Finding {
  const found = faultOfResponse({ status, headers, text, provider: provider.name });
  const { problem } = withoutSecrets(found, secretsOf(provider));
  return { outcome: outcomeOfFault(problem), status, detail: problem.detail ?? null };
}

function networkFinding(provider: ModelProvider, error: unknown, limit: AbortSignal): Finding {
  if (limit.aborted) return { outcome: "timeout" };
  const outcome = failureOfNetwork(error);
  if (speaksForItself.has(outcome)) return { outcome };
  const { problem } = withoutSecrets(faultOfConnection(error, provider.name), secretsOf(provider));
  return { outcome, detail: problem.detail ?? null };
}
