/** Streams of further services, and of what stands between: proxies and gateways, each with what it means. */
import {
  call,
  chunk,
  counted,
  data,
  done,
  hundredTwenty,
  made,
  named,
  readA,
  readB,
  type StreamShape,
  second,
  stop,
  text,
  toolsEnd,
  usage,
} from "./stream-shapes.ts";

export const furtherShapes: readonly StreamShape[] = [
  {
    name: "Groq: usage in a field of its own",
    body:
      text("Hi") +
      data({ choices: [{ delta: {}, finish_reason: "stop" }], x_groq: { id: "req", usage: counted } }) +
      done,
    text: "Hi",
    usage: hundredTwenty,
    end: "stop",
  },
  {
    name: "Groq: a call that it could not read",
    body: data({
      error: {
        message: "Failed to call a function. Please adjust your prompt.",
        type: "invalid_request_error",
        code: "tool_use_failed",
        failed_generation: "<function=read>",
        status_code: 400,
      },
    }),
    end: "model_invalid_response!",
  },
  {
    name: "DeepSeek: keep-alive comments, thoughts, what the cache held",
    body:
      `: keep-alive\n\n: keep-alive\n\n${chunk({ role: "assistant", content: null, reasoning_content: "Hm" })}` +
      chunk({ content: "Hi", reasoning_content: null }) +
      chunk({ content: "", reasoning_content: null }, "stop") +
      usage({ ...counted, prompt_cache_hit_tokens: 60, prompt_cache_miss_tokens: 40 }) +
      done,
    thought: "Hm",
    text: "Hi",
    usage: { ...hundredTwenty, cachedInputTokens: 60 },
    meta: { reasoningField: "reasoning_content" },
    end: "stop",
  },
  {
    name: "DeepSeek: it has no room on its machines",
    body: text("He") + chunk({}, "insufficient_system_resource") + done,
    text: "He",
    end: "model_unavailable!",
  },
  {
    name: "DeepSeek: blank lines before an answer that is no stream",
    body: `\n\n\n${JSON.stringify({ choices: [{ message: { content: "Hi" }, finish_reason: "stop" }], usage: counted })}`,
    text: "Hi",
    usage: hundredTwenty,
    end: "stop",
  },
  {
    name: "Mistral: thoughts as parts in parts, then plain text",
    body:
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "H" }] }] }) +
      chunk({ content: [{ type: "thinking", thinking: [{ type: "text", text: "m" }], closed: true }] }) +
      chunk({ content: [{ type: "text", text: "Hi" }] }) +
      chunk({ content: "!" }) +
      stop,
    thought: "Hm",
    text: "Hi!",
    end: "stop",
  },
  {
    name: "Mistral: its own name for the limit",
    body: text("Hi") + chunk({ content: "" }, "model_length") + done,
    text: "Hi",
    end: "length",
  },
  {
    name: "Mistral: a flat error",
    body: data({
      object: "error",
      message: "Service tier capacity exceeded",
      type: "rate_limit_error",
      code: "3505",
    }),
    end: "model_rate_limit!",
  },
  {
    name: "xAI: thoughts counted in the total alone",
    body:
      chunk({ reasoning_content: "Hm" }) +
      text("Hi") +
      chunk({}, "stop") +
      usage({ prompt_tokens: 100, completion_tokens: 5, total_tokens: 125 }) +
      done,
    thought: "Hm",
    text: "Hi",
    usage: { inputTokens: 100, outputTokens: 25 },
    meta: { reasoningField: "reasoning_content" },
    end: "stop",
  },
  {
    name: "xAI: cached tokens counted beside the prompt's",
    body:
      text("Hi") +
      chunk({}, "stop") +
      usage({ prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 90 } }) +
      done,
    text: "Hi",
    usage: { inputTokens: 100, outputTokens: 5, cachedInputTokens: 90 },
    end: "stop",
  },
  {
    name: "Moonshot: usage inside the choice, cached tokens at its top",
    body:
      text("Hi") +
      data({ choices: [{ delta: {}, finish_reason: "stop", usage: { ...counted, cached_tokens: 30 } }] }) +
      done,
    text: "Hi",
    usage: { ...hundredTwenty, cachedInputTokens: 30 },
    end: "stop",
  },
  {
    name: "Moonshot: its words for a question that is too long",
    body: data({
      error: {
        message: "Your request exceeded model token limit: 131072 (requested: 140000)",
        type: "invalid_request_error",
      },
    }),
    limitTokens: 131_072,
    end: "model_context_overflow",
  },
  {
    name: "Z.ai: the network failed",
    body: text("He") + chunk({}, "network_error") + done,
    text: "He",
    end: "model_unavailable!",
  },
  {
    name: "Z.ai: the window is full",
    body: text("He") + chunk({}, "model_context_window_exceeded") + done,
    text: "He",
    end: "length",
  },
  {
    name: "Z.ai: a number for a prompt that is too long",
    body: data({ error: { code: "1261", message: "Prompt exceeds max length" } }),
    end: "model_context_overflow",
  },
  {
    name: "Z.ai: a question cut to the window, and no room for an answer",
    body:
      chunk({}, "length") + usage({ prompt_tokens: 8_192, completion_tokens: 0, total_tokens: 8_192 }) + done,
    usage: { inputTokens: 8_192, outputTokens: 0 },
    end: "model_context_overflow",
  },
  {
    name: "MiniMax: out of money, told at 200",
    body: data({ base_resp: { status_code: 1008, status_msg: "insufficient balance" }, choices: null }),
    end: "model_quota",
  },
  {
    name: "MiniMax: too many requests, told at 200",
    body: data({ base_resp: { status_code: 1002, status_msg: "too fast" } }),
    end: "model_rate_limit!",
  },
  {
    name: "MiniMax: all is well, told at 200",
    body:
      data({ choices: [{ delta: { content: "Hi" } }], base_resp: { status_code: 0, status_msg: "" } }) + stop,
    text: "Hi",
    end: "stop",
  },
  {
    name: "LiteLLM: arguments as an object",
    body: named("c1", "read", { path: "a" }) + toolsEnd,
    calls: [made("c1", "read", readA)],
    end: "calls",
  },
  {
    name: "LiteLLM: thoughts, text and a call in one delta",
    body:
      chunk({
        reasoning_content: "Hm",
        content: "Hi",
        tool_calls: [{ index: 0, id: "c1", function: { name: "read", arguments: readA } }],
      }) + toolsEnd,
    thought: "Hm",
    text: "Hi",
    calls: [made("c1", "read", readA)],
    meta: { reasoningField: "reasoning_content" },
    end: "calls",
  },
  {
    name: "LiteLLM: two calls in one list without indexes",
    body:
      chunk({
        tool_calls: [
          { id: "c1", function: { name: "read", arguments: readA } },
          { id: "c2", function: { name: "read", arguments: readB } },
        ],
      }) + toolsEnd,
    calls: [made("c1", "read", readA), made("c2", "read", readB)],
    end: "calls",
  },
  {
    name: "Together: a question that is longer than the window",
    body: data({
      error: {
        message: "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
        code: 422,
      },
    }),
    limitTokens: 8_192,
    end: "model_context_overflow",
  },
  {
    name: "Fireworks: an error as one word of JSON",
    body: data({ error: "Internal error" }),
    end: "model_unavailable!",
  },
  {
    name: "Cerebras: a finish and usage in one chunk, and no [DONE]",
    body: text("Hi") + data({ choices: [{ delta: {}, finish_reason: "stop" }], usage: counted }),
    text: "Hi",
    usage: hundredTwenty,
    end: "stop",
  },
  {
    name: "any gateway: CRLF, no space, no last blank line",
    body: `${(text("Hi") + chunk({}, "stop")).replaceAll("\n", "\r\n").replaceAll("data: ", "data:")}data:[DONE]`,
    text: "Hi",
    end: "stop",
  },
  {
    name: "any gateway: letters and pictures of several bytes",
    body: text("Grüße 🦊 日本") + stop,
    text: "Grüße 🦊 日本",
    end: "stop",
  },
  {
    name: "any gateway: unknown named events with data",
    body: `event: metadata\nid: 7\nretry: 10\ndata: {"region":"eu"}\n\n${text("Hi")}${stop}`,
    text: "Hi",
    end: "stop",
  },
  {
    name: "any gateway: JSON that is nothing we know",
    body: `data: 42\n\n${stop}`,
    end: "model_unavailable!",
  },
  {
    name: "any gateway: a page at 200 that asks to sign in",
    body: "\n  <html><body>Sign in to the hotel's network</body></html>",
    end: "model_invalid_response",
  },
  {
    name: "any gateway: calls named after what objects inherit",
    body:
      named("__proto__", "__proto__", '{"__proto__":{"x":1}}') +
      second("constructor", "constructor", "{}") +
      toolsEnd,
    calls: [
      made("__proto__", "__proto__", '{"__proto__":{"x":1}}'),
      made("constructor", "constructor", "{}"),
    ],
    end: "calls",
  },
  {
    name: "any gateway: fields of the wrong kind",
    body:
      chunk({ content: 7, reasoning_content: {}, tool_calls: "x", reasoning_details: 5 }) +
      chunk({ tool_calls: [null, 7, [], { index: "0", id: 5, function: 9 }] }) +
      text("Hi") +
      chunk({}, "length") +
      done,
    said: ["call", "text: Hi"],
    end: "length",
  },
  {
    name: "any gateway: a call without a name, finished as an answer",
    body: call({ index: 0, id: "c1", function: { arguments: "{}" } }) + stop,
    calls: [made("c1", "", "{}")],
    end: "calls",
  },
  {
    name: "any gateway: a fragment that belongs to the only call that is not finished",
    body:
      named("c1", "read", '{"path":') +
      call({ id: "c2", function: { name: "read", arguments: readB } }) +
      call({ function: { arguments: '"a"}' } }) +
      toolsEnd,
    calls: [made("c1", "read", readA), made("c2", "read", readB)],
    end: "calls",
  },
];
