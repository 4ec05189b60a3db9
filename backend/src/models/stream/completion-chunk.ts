/** Reads one JSON object of a chat completion, streamed or whole, in any endpoint's dialect. */
import type { ModelUsage } from "../../agent/model.ts";
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from "./json-value.ts";
import { usageIn } from "./token-usage.ts";

export type FinishReason = "stop" | "length" | "calls" | "refusal" | "error";

const reasoningFields = ["reasoning_content", "reasoning", "reasoning_text"] as const;
export type ReasoningField = (typeof reasoningFields)[number];

export interface CompletionChunk {
  readonly thought: string;
  /** The field that the thought came in; null: another form. */
  readonly thoughtField: ReasoningField | null;
  readonly details: readonly unknown[];
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
  const thoughtField = reasoningFields.find((field) => asText(delta?.[field]) !== null) ?? null;
  return {
    thought: delta === null ? "" : thoughtOf(delta, thoughtField),
    thoughtField,
    details: asArray(delta?.reasoning_details),
    text: delta === null ? (asText(choice?.text) ?? "") : textOf(delta.content),
    refusal: asText(delta?.refusal) ?? "",
    calls: delta === null ? [] : callsOf(delta),
    finish: choice === null ? null : finishOf(choice),
    usage: usageIn(json, choice),
  };
}

function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return asArray(content)
    .map((part) => asText(part) ?? asText(asObject(part)?.text) ?? "")
    .join("");
}

/** Some say the same in a field and in details: the details count only when no field is there. */
function thoughtOf(delta: JsonObject, field: ReasoningField | null): string {
  if (field !== null) return asText(delta[field]) ?? "";
  return detailText(delta.reasoning_details) || thinkingParts(delta.content);
}

function detailText(details: unknown): string {
  return asArray(details)
    .map((detail) => asText(asObject(detail)?.text) ?? asText(asObject(detail)?.summary) ?? "")
    .join("");
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
