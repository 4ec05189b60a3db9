/** Reads one JSON object of a chat completion, streamed or whole, in any endpoint's dialect. */
import type { ModelUsage } from "../../agent/model.ts";
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from "./json-value.ts";

export type FinishReason = "stop" | "length" | "calls" | "refusal" | "error";

export interface CompletionChunk {
  readonly thought: string;
  readonly text: string;
  readonly refusal: string;
  readonly calls: readonly unknown[];
  readonly finish: FinishReason | null;
  readonly usage: ModelUsage | null;
}

/** The error that the object is or holds, to be named by `model-errors.ts`; null when it is an answer. */
export function errorIn(json: unknown): unknown {
  const outer = asObject(Array.isArray(json) ? json[0] : json);
  if (outer === null) return json;
  const hasError = isObject(outer.error) || asText(outer.error) !== null;
  if (hasError || outer.object === "error" || outer.type === "error") return outer;
  const status = asNumber(asObject(outer.base_resp)?.status_code);
  if (status !== null && status !== 0) return outer;
  const isFlat = asText(outer.message) !== null || asText(outer.detail) !== null;
  return !Array.isArray(outer.choices) && isFlat ? outer : null;
}

/** What the object adds to the answer; only the first choice counts. */
export function readChunk(json: JsonObject): CompletionChunk {
  const choice = asObject(asArray(json.choices)[0]);
  const delta = asObject(choice?.delta) ?? asObject(choice?.message);
  const usage = asObject(json.usage) ?? asObject(choice?.usage) ?? asObject(asObject(json.x_groq)?.usage);
  return {
    thought: delta === null ? "" : thoughtOf(delta),
    text: delta === null ? (asText(choice?.text) ?? "") : textOf(delta.content),
    refusal: asText(delta?.refusal) ?? "",
    calls: delta === null ? [] : callsOf(delta),
    finish: choice === null ? null : finishOf(choice),
    usage: usage === null ? null : readUsage(usage),
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return asArray(content)
    .map((part) => asText(asObject(part)?.text) ?? "")
    .join("");
}

function thoughtOf(delta: JsonObject): string {
  return (
    asText(delta.reasoning_content) ??
    asText(delta.reasoning) ??
    asText(delta.reasoning_text) ??
    (textOf(delta.reasoning_details) || thinkingParts(delta.content))
  );
}

/** Mistral sends thoughts as parts of the content. */
function thinkingParts(content: unknown): string {
  return asArray(content)
    .map((part) => textOf(asObject(part)?.thinking))
    .join("");
}

function callsOf(delta: JsonObject): readonly unknown[] {
  const calls = isObject(delta.tool_calls) ? [delta.tool_calls] : asArray(delta.tool_calls);
  return isObject(delta.function_call) ? [...calls, delta.function_call] : calls;
}

const finishReasons: ReadonlyMap<string, FinishReason> = new Map([
  ["length", "length"],
  ["max_tokens", "length"],
  ["model_length", "length"],
  ["model_context_window_exceeded", "length"],
  ["tool_calls", "calls"],
  ["function_call", "calls"],
  ["tool_use", "calls"],
  ["content_filter", "refusal"],
  ["refusal", "refusal"],
  ["sensitive", "refusal"],
  ["error", "error"],
  ["network_error", "error"],
  ["insufficient_system_resource", "error"],
]);

function finishOf(choice: JsonObject): FinishReason | null {
  const own = asText(choice.native_finish_reason);
  if (own === "network_error" || own === "error") return "error";
  const reason = asText(choice.finish_reason);
  return reason === null ? null : (finishReasons.get(reason.toLowerCase()) ?? "stop");
}

function readUsage(usage: JsonObject): ModelUsage {
  const inputTokens = asNumber(usage.prompt_tokens) ?? asNumber(usage.input_tokens);
  const completion = asNumber(usage.completion_tokens) ?? asNumber(usage.output_tokens);
  const total = asNumber(usage.total_tokens);
  const rest = total === null || inputTokens === null ? null : total - inputTokens;
  const outputTokens = completion === null ? rest : Math.max(completion, rest ?? 0);
  return { inputTokens: wholeNumber(inputTokens), outputTokens: wholeNumber(outputTokens) };
}

function wholeNumber(value: number | null): number | null {
  return value === null || value < 0 ? null : Math.round(value);
}
