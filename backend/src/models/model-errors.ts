/** Names what went wrong at a model endpoint, in the codes that the page has words for, and says whether waiting can heal it. */
import type { ModelEnd } from "../agent/model.ts";
import type { TurnProblem } from "../protocol/session.ts";
import type { LearnedFact } from "./dialect.ts";
import { type ErrorBody, errorBody, plainText, shortened } from "./errors/error-body.ts";
import { retryAfter } from "./errors/retry-after.ts";
import { asksTooMuch, tokenLimitIn } from "./errors/token-limit.ts";
import { asText, parseJson } from "./stream/json-value.ts";

/** A response that came to nothing: why, and whether asking again can help. */
export type Fault = Extract<ModelEnd, { type: "problem" }>;

/** Waits longer than this are for a person to know of, not to sit out. */
const longestWaitMs = 60_000;

export interface HttpFailure {
  readonly status: number;
  readonly headers: Headers;
  /** The whole body, or its beginning. */
  readonly text: string;
  readonly provider: string;
}

/** A response that is not 2xx. */
export function faultOfResponse(failure: HttpFailure, now = Date.now()): Fault {
  const { status, headers, provider } = failure;
  const json = parseJson(failure.text);
  const body = errorBody(json);
  const detail = body.message ?? plainText(failure.text) ?? `HTTP ${status}`;
  const location = status >= 300 && status < 400 ? headers.get("location") : null;
  const waitMs = retryAfter({ headers, body: body.error, text: detail, now });
  const facts = {
    status,
    body,
    detail: location === null ? detail : `Moved to ${location}`,
    provider,
    saysWhen: waitMs !== null,
    all: failure.text,
  };
  const advice = headers.get("x-should-retry");
  const found = withWait(advice === "true" ? healing(classified(facts)) : classified(facts), { waitMs, now });
  return advice === "false" ? { ...found, retryable: false } : found;
}

/** An error inside a response that began as 200: any JSON or text that the endpoint sent in place of an answer. */
export function faultOfBody(value: unknown, provider: string, now = Date.now()): Fault {
  const body = errorBody(value);
  const detail =
    body.message ??
    (typeof value === "string" ? plainText(value) : null) ??
    "The endpoint reported an error.";
  const waitMs = retryAfter({ headers: null, body: body.error, text: detail, now });
  const all = typeof value === "string" ? value : written(body.error);
  const facts = { status: body.status, body, detail, provider, saysWhen: waitMs !== null, all };
  return withWait(classified(facts), { waitMs, now });
}

/** No response, or one that broke off: `error` is what the HTTP client threw. */
export function faultOfConnection(error: unknown, provider: string): Fault {
  const reasons = errorChain(error);
  const code = reasons.map((reason) => asText(reason.code)).find((found) => found !== null);
  const message = asText(reasons.at(-1)?.message) ?? "The connection failed.";
  const detail = code == null || message.includes(code) ? message : `${code}: ${message}`;
  return passingFault({ code: "model_unreachable", detail: shortened(detail), provider });
}

/** A response that came to nothing this time. */
export function passingFault(problem: TurnProblem): Fault {
  return { type: "problem", problem, retryable: true };
}

/** A response that comes to nothing as long as the same is asked. */
export function lastingFault(problem: TurnProblem): Fault {
  return { type: "problem", problem, retryable: false };
}

/** Takes secrets out of a fault's words, should the endpoint have repeated them. */
export function withoutSecrets(found: Fault, secrets: readonly string[]): Fault {
  const { detail } = found.problem;
  if (detail === undefined) return found;
  const hidden = secrets.reduce((text, secret) => text.replaceAll(secret, "…"), detail);
  return { ...found, problem: { ...found.problem, detail: hidden.replace(/\bBearer\s+\S+/gi, "Bearer …") } };
}

function errorChain(error: unknown): { code?: unknown; message?: unknown }[] {
  const chain: { code?: unknown; message?: unknown }[] = [];
  for (let at: unknown = error; at instanceof Error && chain.length < 5; at = at.cause) chain.push(at);
  return chain;
}

/** What an overflow taught of the model that was asked: nothing, a limit, or also how it counts. */
export function factsIn({ problem, limitTokens }: Fault): LearnedFact[] {
  if (problem.code !== "model_context_overflow") return [];
  const limit = tokenLimitIn(problem.detail ?? "");
  const counts: LearnedFact[] = limit?.countsOutput === true ? [{ countsOutput: true }] : [];
  if (limitTokens === undefined) return counts;
  return [limit?.of === "input" ? { inputLimit: limitTokens } : { contextWindow: limitTokens }, ...counts];
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deeply to be written: its message is all that is read of it.
    return "";
  }
}

interface Facts {
  readonly status: number | null;
  readonly body: ErrorBody;
  readonly detail: string;
  readonly provider: string;
  /** It says when to come again: a limit by the minute, whatever it calls itself. */
  readonly saysWhen: boolean;
  /** All that it said, to look for numbers in. */
  readonly all: string;
}

type Kind = readonly [code: TurnProblem["code"], isRetryable: boolean];

function classified(facts: Facts): Fault {
  const words = `${facts.body.words} ${facts.detail.toLowerCase()}`;
  const [code, isRetryable] = kindOfWords(facts, words) ?? kindOfStatus(facts.status) ?? kindOfType(words);
  const status = facts.status === null ? {} : { status: facts.status };
  const problem = { code, detail: facts.detail, provider: facts.provider, ...status };
  const found = isRetryable ? passingFault(problem) : lastingFault(problem);
  const limit = code === "model_context_overflow" ? tokenLimitIn(`${facts.detail} ${facts.all}`) : null;
  return limit === null ? found : { ...found, limitTokens: limit.tokens };
}

const rateLimited = /rate.?limit|too many requests/;
const overflow =
  /context_length_exceeded|tokens_limit_reached|exceed_context_size|string_above_max_length|maximum context|context (?:length|size|window)|prompt (?:is )?too long|too many (?:input )?tokens|input is too long|exceeds? the (?:model'?s? )?(?:maximum|limit|context)|token limit|tokens to keep from the initial prompt|reduce the length|request (?:entity )?too large|max(?:imum)? (?:request )?size: \d+ tokens|exceeds max length|maximum prompt length|longer than the model.s context|range of input length|exceeded (?:max )?context|too large for model|context overflow/;
const quota =
  /insufficient_quota|insufficient[ _](?:balance|credits?|funds)|exceeded your current quota|billing|payment required/;
const filtered = /content_filter|content management policy|responsibleaipolicy|content policy/;
const wrongKey = /api[ _]key (?:not valid|invalid)|api_key_invalid|invalid[ _]api[ _]key/;
const notFound = /model_not_found|unknown_model|model .{0,80}(?:not found|does not exist)|no such model/;

/** What the words say counts for more than the status: endpoints choose their statuses freely. */
function kindOfWords({ status, saysWhen }: Facts, words: string): Kind | null {
  if (asksTooMuch(words)) return ["model_context_overflow", false];
  const isRateLimit = status === 429 || (status !== 413 && rateLimited.test(words));
  if (status === 402 || (quota.test(words) && !saysWhen)) return ["model_quota", false];
  if (isRateLimit) return ["model_rate_limit", true];
  if (status === 413 || overflow.test(words)) return ["model_context_overflow", false];
  if (words.includes("tool_use_failed")) return ["model_invalid_response", true];
  if (wrongKey.test(words)) return ["model_auth", false];
  if (filtered.test(words)) return ["model_content_filter", false];
  return status !== 401 && status !== 403 && notFound.test(words) ? ["model_not_found", false] : null;
}

const kinds: Readonly<Record<number, Kind>> = {
  401: ["model_auth", false],
  403: ["model_auth", false],
  404: ["model_not_found", false],
  408: ["model_timeout", true],
  409: ["model_unavailable", true],
  410: ["model_gone", false],
  425: ["model_unavailable", true],
  498: ["model_unavailable", true],
  504: ["model_unavailable", true],
};

function kindOfStatus(status: number | null): Kind | null {
  if (status === null) return null;
  if (status >= 500) return ["model_unavailable", true];
  return kinds[status] ?? ["model_invalid_request", false];
}

const types: readonly (readonly [RegExp, Kind])[] = [
  [/authentication|invalid_api_key|unauthorized|permission/, ["model_auth", false]],
  [/not_found_error/, ["model_not_found", false]],
  [/invalid_request|invalid_argument/, ["model_invalid_request", false]],
];

/** In-stream errors without a status: unless it names the caller's fault, it is the endpoint's. */
function kindOfType(words: string): Kind {
  return types.find(([pattern]) => pattern.test(words))?.[1] ?? ["model_unavailable", true];
}

/** The endpoint says that it heals, whatever its status tells; what is too long stays so. */
function healing(found: Fault): Fault {
  return { ...found, retryable: found.problem.code !== "model_context_overflow" };
}

interface Wait {
  readonly waitMs: number | null;
  readonly now: number;
}

function withWait(found: Fault, { waitMs, now }: Wait): Fault {
  if (waitMs === null || !found.retryable) return found;
  if (waitMs <= longestWaitMs) return { ...found, retryAfterMs: waitMs };
  const farthest = 10 * 365 * 24 * 3_600_000;
  const retryAt = new Date(now + Math.min(waitMs, farthest)).toISOString();
  return { ...found, retryable: false, problem: { ...found.problem, retryAt } };
}
