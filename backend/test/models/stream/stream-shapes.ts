/** Streams as endpoints send them, each with what it means. */
import type { ModelEnd, ModelUsage } from "../../../src/agent/model.ts";
import type { StepMeta } from "../../../src/protocol/session-update.ts";
import type { ModelCallMeta } from "../../../src/protocol/tool-call.ts";

export interface StreamShape {
  readonly name: string;
  readonly body: string;
  readonly text?: string;
  readonly thought?: string;
  readonly calls?: readonly ModelCallMeta[];
  /** Everything before the end in order; absent: the thought, the text, a start of each call. */
  readonly said?: readonly string[];
  readonly usage?: ModelUsage;
  readonly meta?: Omit<StepMeta, "model">;
  /** On an overflow: the limit that it names. */
  readonly limitTokens?: number;
  /** A problem's code with `!` when it may be retried, or the type of another end. */
  readonly end: string;
}

export const data = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
export const chunk = (delta: object, finish: string | null = null) =>
  data({ choices: [{ index: 0, delta, finish_reason: finish }] });
export const text = (content: string) => chunk({ content });
export const call = (fragment: object) => chunk({ tool_calls: [fragment] });
export const done = "data: [DONE]\n\n";
export const stop = chunk({}, "stop") + done;
export const toolsEnd = chunk({}, "tool_calls") + done;
export const made = (id: string, name: string, written: string): ModelCallMeta => ({
  id,
  name,
  arguments: written,
});
export const readA = '{"path":"a"}';
export const readB = '{"path":"b"}';

/** Calls as most send them: whole in one chunk, by index. */
export const named = (id: string, name: string, written: unknown) =>
  call({ index: 0, id, type: "function", function: { name, arguments: written } });
export const second = (id: string, name: string, written: unknown) =>
  call({ index: 1, id, type: "function", function: { name, arguments: written } });
export const usage = (counts: object) => data({ choices: [], usage: counts });
export const counted = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
export const hundredTwenty = { inputTokens: 100, outputTokens: 20 };

export const streamShapes: readonly StreamShape[] = [
  { name: "plain text", body: text("Hel") + text("lo") + stop, text: "Hello", end: "stop" },
  { name: "CRLF line ends", body: (text("Hi") + stop).replaceAll("\n", "\r\n"), text: "Hi", end: "stop" },
  { name: "CR line ends", body: (text("Hi") + stop).replaceAll("\n", "\r"), text: "Hi", end: "stop" },
  { name: "a byte order mark", body: `\ufeff${text("Hi")}${stop}`, text: "Hi", end: "stop" },
  {
    name: "no space after the colon",
    body: (text("Hi") + stop).replaceAll("data: ", "data:"),
    text: "Hi",
    end: "stop",
  },
  {
    name: "comments between events",
    body: `: OPENROUTER PROCESSING\n\n${text("Hi")}: ping\n\n${stop}`,
    text: "Hi",
    end: "stop",
  },
  {
    name: "one event over several data lines",
    body: `data: {"choices":[{"index":0,\ndata: "delta":{"content":"Hi"}}]}\n\n${stop}`,
    text: "Hi",
    end: "stop",
  },
  {
    name: "no blank line at the end",
    body: text("Hi") + chunk({}, "stop").trimEnd(),
    text: "Hi",
    end: "stop",
  },
  { name: "a finish without [DONE]", body: text("Hi") + chunk({}, "stop"), text: "Hi", end: "stop" },
  { name: "[DONE] without a finish", body: text("Hi") + done, text: "Hi", end: "stop" },
  { name: "an end without either", body: text("Hi"), text: "Hi", end: "model_truncated!" },
  {
    name: "an end inside an event",
    body: `${text("Hi")}data: {"choices":[{"del`,
    text: "Hi",
    end: "model_truncated!",
  },
  { name: "an empty body", body: "", end: "model_truncated!" },
  { name: "an empty answer", body: stop, end: "model_invalid_response!" },
  {
    name: "Azure's chunk without choices",
    body: data({ choices: [] }) + text("Hi") + stop,
    text: "Hi",
    end: "stop",
  },
  {
    name: "usage after the finish",
    body:
      text("Hi") +
      chunk({}, "stop") +
      data({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 2 } }) +
      done,
    text: "Hi",
    usage: { inputTokens: 1, outputTokens: 2 },
    end: "stop",
  },
  {
    name: "the limit of the answer",
    body: text("Hi") + chunk({}, "model_length") + done,
    text: "Hi",
    end: "length",
  },
  {
    name: "a content filter",
    body: text("Hi") + chunk({}, "content_filter") + done,
    text: "Hi",
    end: "refusal",
  },
  { name: "a refusal in words", body: chunk({ refusal: "I will not." }) + stop, end: "refusal" },
  {
    name: "a finish that is an error",
    body: text("Hi") + chunk({}, "network_error") + done,
    text: "Hi",
    end: "model_unavailable!",
  },
  { name: "an unknown finish", body: text("Hi") + chunk({}, "eos") + done, text: "Hi", end: "stop" },
  {
    name: "thoughts before text",
    body: chunk({ reasoning_content: "Hm", content: "Hi" }) + stop,
    text: "Hi",
    thought: "Hm",
    meta: { reasoningField: "reasoning_content" },
    end: "stop",
  },
  {
    name: "thoughts told twice",
    body: chunk({ reasoning: "Hm", reasoning_details: [{ text: "Hm" }] }) + text("Hi") + stop,
    text: "Hi",
    thought: "Hm",
    meta: { reasoningField: "reasoning", reasoningDetails: [{ text: "Hm" }] },
    end: "stop",
  },
  {
    name: "Mistral's parts",
    body:
      chunk({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "Hm" }] },
          { type: "text", text: "Hi" },
        ],
      }) + stop,
    text: "Hi",
    thought: "Hm",
    end: "stop",
  },
  {
    name: "an event that is not JSON",
    body: `${text("Hi")}data: {oops\n\n${stop}`,
    text: "Hi",
    end: "model_invalid_response!",
  },
  {
    name: "an error in the stream",
    body: text("Hi") + data({ error: { message: "overloaded" } }) + stop,
    text: "Hi",
    end: "model_unavailable!",
  },
  {
    name: "an error as text",
    body: data({ error: "context length exceeded" }),
    end: "model_context_overflow",
  },
  {
    name: "an error with a status as code",
    body: data({ error: { code: 401, message: "No" } }),
    end: "model_auth",
  },
  {
    name: "a flat error",
    body: data({ object: "error", message: "Boom", code: 500 }),
    end: "model_unavailable!",
  },
  {
    name: "MiniMax's error",
    body: data({ base_resp: { status_code: 1004, status_msg: "bad" }, choices: null }),
    end: "model_auth",
  },
  { name: "an error event", body: 'event: error\ndata: {"message":"Boom"}\n\n', end: "model_unavailable!" },
  {
    name: "llama.cpp's error field",
    body: `${text("Hi")}error: {"code":500,"message":"Boom"}\n\n${done}`,
    text: "Hi",
    end: "model_unavailable!",
  },
  {
    name: "an unknown event without data",
    body: `event: ping\n\n${text("Hi")}${stop}`,
    text: "Hi",
    end: "stop",
  },
  { name: "a web page", body: "<!doctype html><title>Sign in</title>", end: "model_invalid_response" },
  {
    name: "JSON in place of a stream",
    body: JSON.stringify({
      choices: [{ message: { content: "Hi", tool_calls: null }, finish_reason: "stop" }],
    }),
    text: "Hi",
    end: "stop",
  },
  {
    name: "an error as JSON with 200",
    body: '{"error":{"message":"Rate limit reached"}}',
    end: "model_rate_limit!",
  },
  {
    name: "a call in fragments",
    body:
      call({ index: 0, id: "c1", function: { name: "read", arguments: "" } }) +
      call({ index: 0, function: { arguments: '{"path"' } }) +
      call({ index: 0, function: { arguments: ':"a"}' } }) +
      toolsEnd,
    calls: [made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "two calls, their fragments mixed",
    body:
      call({ index: 1, id: "c2", function: { name: "read", arguments: '{"pa' } }) +
      call({ index: 0, id: "c1", function: { name: "read", arguments: '{"path":' } }) +
      call({ index: 1, function: { arguments: 'th":"b"}' } }) +
      call({ index: 0, function: { arguments: '"a"}' } }) +
      toolsEnd,
    calls: [made("c1", "read", readA), made("c2", "read", readB)],
    end: "calls",
  },
  {
    name: "calls that end with stop",
    body: call({ index: 0, id: "c1", function: { name: "read", arguments: readA } }) + stop,
    calls: [made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "old Ollama: all calls under index 0",
    body:
      call({ index: 0, id: "c1", function: { name: "read", arguments: readA } }) +
      call({ index: 0, id: "c2", function: { name: "read", arguments: readB } }) +
      toolsEnd,
    calls: [made("c1", "read", readA), made("c2", "read", readB)],
    end: "calls",
  },
  {
    name: "vLLM: a new id for each fragment",
    body:
      call({ index: 0, id: "c1", function: { name: "read", arguments: '{"path":' } }) +
      call({ index: 0, id: "c9", function: { arguments: '"a"}' } }) +
      toolsEnd,
    calls: [made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "Gemini: no index, an empty id, whole arguments",
    body:
      call({ id: "", function: { name: "read", arguments: readA } }) +
      call({ id: "", function: { name: "read", arguments: readB } }) +
      stop,
    calls: [made("", "read", readA), made("", "read", readB)],
    end: "calls",
  },
  {
    name: "one id for two calls",
    body:
      call({ index: 0, id: "c", function: { name: "read", arguments: readA } }) +
      call({ index: 1, id: "c", function: { name: "read", arguments: readB } }) +
      toolsEnd,
    calls: [made("c", "read", readA), made("c", "read", readB)],
    end: "calls",
  },
  {
    name: "arguments as an object",
    body: call({ index: 0, id: "c1", function: { name: "read", arguments: { path: "a" } } }) + toolsEnd,
    calls: [made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "the old function_call",
    body:
      chunk({ function_call: { name: "read", arguments: '{"path":' } }) +
      chunk({ function_call: { arguments: '"a"}' } }) +
      chunk({}, "function_call") +
      done,
    calls: [made("", "read", readA)],
    end: "calls",
  },
  {
    name: "absurd indexes",
    body:
      call({ index: 1e9, id: "c1", function: { name: "read", arguments: readA } }) +
      call({ index: -1, id: "c2", function: { name: "read", arguments: readB } }) +
      toolsEnd,
    calls: [made("c2", "read", readB), made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "a call cut off by the limit",
    body:
      call({ index: 0, id: "c1", function: { name: "read", arguments: '{"pa' } }) +
      chunk({}, "length") +
      done,
    said: ["call"],
    end: "length",
  },
  {
    name: "a call and then an error",
    body:
      call({ index: 0, id: "c1", function: { name: "read", arguments: readA } }) +
      data({ error: { message: "Boom" } }) +
      toolsEnd,
    said: ["call"],
    end: "model_unavailable!",
  },
  {
    name: "a call and then nothing",
    body: call({ index: 0, id: "c1", function: { name: "read", arguments: readA } }),
    said: ["call"],
    end: "model_truncated!",
  },
];

/** The whole answer that a shape must become. */
export function expectedAnswer(shape: StreamShape) {
  const { thought = "", text: words = "", calls = [], usage = null, meta = {} } = shape;
  const spoken = [thought && `thought: ${thought}`, words && `text: ${words}`].filter((said) => said !== "");
  return {
    said: shape.said ?? [...spoken, ...calls.map(() => "call")],
    calls,
    end: shape.end,
    usage,
    meta: { model: "default/m", ...meta },
    ...(shape.limitTokens === undefined ? {} : { limitTokens: shape.limitTokens }),
  };
}

/** The end in the short form of the table. */
export function shortEnd(end: ModelEnd): string {
  if (end.type !== "problem") return end.type;
  return end.retryable ? `${end.problem.code}!` : end.problem.code;
}
