/** Reads token counts in every form in which endpoints give them. */
import type { ModelUsage } from "../../agent/model.ts";
import { asNumber, asObject, type JsonObject } from "./json-value.ts";

/** The counts in an object of a stream: at its top, in its choice, or where Groq puts them; null when there are none. */
export function usageIn(json: JsonObject, choice: JsonObject | null): ModelUsage | null {
  const usage = asObject(json.usage) ?? asObject(choice?.usage) ?? asObject(asObject(json.x_groq)?.usage);
  return usage === null ? null : readUsage(usage);
}

function readUsage(usage: JsonObject): ModelUsage | null {
  const prompt = count(usage.prompt_tokens) ?? count(usage.input_tokens);
  const cached = cachedTokens(usage);
  // Cached tokens beyond the prompt's were counted beside it.
  const inputTokens = prompt !== null && cached !== null && cached > prompt ? prompt + cached : prompt;
  const outputTokens = outputOf(usage, prompt);
  if (inputTokens === null && outputTokens === null) return null;
  const cost = costOf(usage);
  return {
    inputTokens,
    outputTokens,
    ...(cached === null ? {} : { cachedInputTokens: cached }),
    ...(cost === null ? {} : { cost }),
  };
}

/** Some leave the thoughts out of the completion, but not out of the total. */
function outputOf(usage: JsonObject, prompt: number | null): number | null {
  const completion = count(usage.completion_tokens) ?? count(usage.output_tokens);
  const total = count(usage.total_tokens);
  const rest = total === null || prompt === null ? null : Math.max(0, total - prompt);
  return completion === null ? rest : Math.max(completion, rest ?? 0);
}

function cachedTokens(usage: JsonObject): number | null {
  const details = asObject(usage.prompt_tokens_details) ?? asObject(usage.input_tokens_details);
  return (
    count(details?.cached_tokens) ??
    count(usage.prompt_cache_hit_tokens) ??
    count(usage.cached_tokens) ??
    null
  );
}

/** OpenRouter says what a request cost; with a key of one's own, the model's owner is paid besides. */
function costOf(usage: JsonObject): number | null {
  const own = asNumber(usage.cost);
  if (own === null || own < 0) return null;
  const upstream = asNumber(asObject(usage.cost_details)?.upstream_inference_cost) ?? 0;
  return usage.is_byok === true && upstream > 0 ? own + upstream : own;
}

function count(value: unknown): number | null {
  const number = asNumber(value);
  return number === null || number < 0 || number > Number.MAX_SAFE_INTEGER ? null : Math.round(number);
}
