/** Streams with what is peculiar to each provider, named for it, each with what it means. */
import {
  call,
  chunk,
  data,
  done,
  made,
  readA,
  readB,
  type StreamShape,
  stop,
  text,
  toolsEnd,
} from "./stream-shapes.ts";

const named = (id: string, name: string, written: unknown) =>
  call({ index: 0, id, type: "function", function: { name, arguments: written } });
const second = (id: string, name: string, written: unknown) =>
  call({ index: 1, id, type: "function", function: { name, arguments: written } });
const usage = (counts: object) => data({ choices: [], usage: counts });
const counted = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
const hundredTwenty = { inputTokens: 100, outputTokens: 20 };

export const providerShapes: readonly StreamShape[] = [
  {
    name: "GitHub Models: a first chunk of prompt filters alone, padding in each",
    body:
      data({ choices: [], prompt_filter_results: [{ prompt_index: 0 }], id: "", model: "" }) +
      data({ choices: [{ index: 0, delta: { content: "Hi" } }], obfuscation: "x8Zt" }) +
      stop,
    text: "Hi",
    end: "stop",
  },
  {
    name: "GitHub Models: retired, told inside a 200",
    body: data({ error: { code: "410", message: "GitHub Models has been retired" } }),
    end: "model_gone",
  },
  {
    name: "Azure: a chunk of annotations after the finish",
    body:
      text("Hi") +
      chunk({}, "stop") +
      data({
        choices: [{ index: 0, content_filter_offsets: {}, content_filter_results: {}, finish_reason: null }],
      }) +
      done,
    text: "Hi",
    end: "stop",
  },
  {
    name: "Azure: cut off by its filter in mid-text",
    body: text("He") + data({ choices: [{ delta: {}, finish_reason: "content_filter" }] }) + done,
    text: "He",
    end: "refusal",
  },
  {
    name: "OpenAI: usage null until the end, with what was cached",
    body:
      data({ choices: [{ delta: { role: "assistant", content: "" } }], usage: null }) +
      text("Hi") +
      chunk({}, "stop") +
      usage({ ...counted, prompt_tokens_details: { cached_tokens: 64 } }) +
      done,
    text: "Hi",
    usage: { ...hundredTwenty, cachedInputTokens: 64 },
    end: "stop",
  },
  {
    name: "OpenAI: a refusal after words",
    body: text("Well.") + chunk({ refusal: "No." }) + stop,
    text: "Well.",
    end: "refusal",
  },
  {
    name: "OpenAI: words, then two calls at once",
    body:
      text("Look.") +
      named("call_1", "read", "") +
      call({ index: 0, function: { arguments: readA } }) +
      second("call_2", "read", "") +
      call({ index: 1, function: { arguments: readB } }) +
      toolsEnd,
    said: ["text: Look.", "call", "call"],
    calls: [made("call_1", "read", readA), made("call_2", "read", readB)],
    end: "calls",
  },
  {
    name: "OpenRouter: comments while it thinks, then what it cost",
    body:
      `: OPENROUTER PROCESSING\n\n: OPENROUTER PROCESSING\n\n${text("Hi")}` +
      chunk({}, "stop") +
      usage({ ...counted, cost: 0.0012, is_byok: false, prompt_tokens_details: { cached_tokens: 0 } }) +
      done,
    text: "Hi",
    usage: { ...hundredTwenty, cachedInputTokens: 0, cost: 0.0012 },
    end: "stop",
  },
  {
    name: "OpenRouter: a key of one's own costs what both ask for",
    body:
      text("Hi") +
      chunk({}, "stop") +
      usage({ ...counted, cost: 0.25, is_byok: true, cost_details: { upstream_inference_cost: 0.5 } }) +
      done,
    text: "Hi",
    usage: { ...hundredTwenty, cost: 0.75 },
    end: "stop",
  },
  {
    name: "OpenRouter: an error without choices in mid-stream",
    body: text("He") + data({ error: { code: 502, message: "Provider disconnected" }, choices: [] }),
    text: "He",
    end: "model_unavailable!",
  },
  {
    name: "OpenRouter: an error beside a finish that is one",
    body:
      text("He") +
      data({
        error: { code: 429, message: "Rate limited", metadata: { raw: "slow down" } },
        choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
      }),
    text: "He",
    end: "model_rate_limit!",
  },
  {
    name: "OpenRouter: only the provider's own finish tells of the error",
    body:
      text("He") +
      data({ choices: [{ delta: {}, finish_reason: "stop", native_finish_reason: "network_error" }] }) +
      done,
    text: "He",
    end: "model_unavailable!",
  },
  {
    name: "OpenRouter: thoughts in pieces, signed at the end, and one that is sealed",
    body:
      chunk({ reasoning: "Let ", reasoning_details: [{ type: "reasoning.text", text: "Let ", index: 0 }] }) +
      chunk({ reasoning: "me.", reasoning_details: [{ type: "reasoning.text", text: "me.", index: 0 }] }) +
      chunk({ reasoning_details: [{ type: "reasoning.text", signature: "sig", index: 0 }] }) +
      chunk({ reasoning_details: [{ type: "reasoning.encrypted", data: "b64", index: 1 }] }) +
      text("Hi") +
      stop,
    thought: "Let me.",
    text: "Hi",
    meta: {
      reasoningField: "reasoning",
      reasoningDetails: [
        { type: "reasoning.text", text: "Let me.", index: 0, signature: "sig" },
        { type: "reasoning.encrypted", data: "b64", index: 1 },
      ],
    },
    end: "stop",
  },
  {
    name: "OpenRouter: summaries in details alone",
    body:
      chunk({ reasoning_details: [{ type: "reasoning.summary", summary: "Sum", index: 0 }] }) +
      text("Hi") +
      stop,
    thought: "Sum",
    text: "Hi",
    meta: { reasoningDetails: [{ type: "reasoning.summary", summary: "Sum", index: 0 }] },
    end: "stop",
  },
  {
    name: "Gemini: a thought signature beside a call",
    body:
      call({
        id: "",
        function: { name: "read", arguments: readA },
        extra_content: { google: { thought_signature: "AbC=" } },
      }) + stop,
    calls: [
      { ...made("", "read", readA), extra: { extra_content: { google: { thought_signature: "AbC=" } } } },
    ],
    end: "calls",
  },
  {
    name: "Gemini: stop on every chunk",
    body: chunk({ content: "He" }, "stop") + chunk({ content: "llo" }, "stop") + done,
    text: "Hello",
    end: "stop",
  },
  {
    name: "Gemini: an error in a list",
    body: JSON.stringify([
      { error: { code: 503, message: "The model is overloaded.", status: "UNAVAILABLE" } },
    ]),
    end: "model_unavailable!",
  },
  {
    name: "Anthropic: overloaded in the stream",
    body:
      text("He") +
      'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
    text: "He",
    end: "model_unavailable!",
  },
  {
    name: "Anthropic: pings between events",
    body: `event: ping\ndata: {"type": "ping"}\n\n${text("Hi")}event: ping\ndata: {"type": "ping"}\n\n${stop}`,
    text: "Hi",
    end: "stop",
  },
  {
    name: "Anthropic: a prompt that is too long",
    body: data({
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 213462 tokens > 200000 maximum" },
    }),
    limitTokens: 200_000,
    end: "model_context_overflow",
  },
  {
    name: "Ollama: no index and no id at all",
    body:
      call({ function: { name: "read", arguments: readA } }) +
      call({ function: { name: "read", arguments: readB } }) +
      stop,
    calls: [made("", "read", readA), made("", "read", readB)],
    end: "calls",
  },
  {
    name: "Ollama: reasoning beside empty content",
    body: chunk({ role: "assistant", content: "", reasoning: "Hm" }) + chunk({ content: "Hi" }) + stop,
    thought: "Hm",
    text: "Hi",
    meta: { reasoningField: "reasoning" },
    end: "stop",
  },
  {
    name: "Ollama: it fails after the first words, without a word",
    body: text("He"),
    text: "He",
    end: "model_truncated!",
  },
  {
    name: "llama.cpp: the window passed while it wrote",
    body: `${text("He")}error: {"code":500,"message":"Context size has been exceeded.","type":"server_error"}\n\n${done}`,
    text: "He",
    end: "model_context_overflow",
  },
  {
    name: "llama.cpp: the window and the question in numbers",
    body: data({
      error: {
        code: 400,
        message: "the request exceeds the available context size, try increasing it",
        type: "exceed_context_size_error",
        n_prompt_tokens: 9_000,
        n_ctx: 4_096,
      },
    }),
    limitTokens: 4_096,
    end: "model_context_overflow",
  },
  {
    name: "llama.cpp: thoughts in tags, cut at any place",
    body: text("<th") + text("ink>\nHm") + text("m</thi") + text("nk>\n\n") + text("Hi") + stop,
    thought: "\nHmm",
    text: "Hi",
    end: "stop",
  },
  {
    name: "llama.cpp: an answer about the tag",
    body: text("Write <think>x</think>") + stop,
    text: "Write <think>x</think>",
    end: "stop",
  },
  {
    name: "llama.cpp: nothing but an opened tag",
    body: text("<think>Hm </thi") + stop,
    thought: "Hm </thi",
    end: "stop",
  },
  {
    name: "llama.cpp: what looked like a tag is text",
    body: text("<") + text("thing>") + stop,
    text: "<thing>",
    end: "stop",
  },
  {
    name: "LM Studio: an error event at 200",
    body: 'event: error\ndata: {"error":{"message":"Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens, which is not enough."}}\n\n',
    limitTokens: 4_096,
    end: "model_context_overflow",
  },
  {
    name: "LM Studio: an empty stream at 200",
    body: done,
    end: "model_invalid_response!",
  },
  {
    name: "vLLM: usage that grows, the role each time",
    body:
      data({
        choices: [{ delta: { role: "assistant", content: "He" } }],
        usage: { prompt_tokens: 7, completion_tokens: 1, total_tokens: 8 },
      }) +
      data({
        choices: [{ delta: { role: "assistant", content: "llo" } }],
        usage: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 },
      }) +
      stop,
    text: "Hello",
    usage: { inputTokens: 7, outputTokens: 2 },
    end: "stop",
  },
  {
    name: "vLLM: an error that nothing is wrapped around",
    body: data({
      object: "error",
      message: "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.",
      type: "BadRequestError",
      param: null,
      code: 400,
    }),
    limitTokens: 8_192,
    end: "model_context_overflow",
  },
  {
    name: "vLLM: new ids for the fragments of two calls",
    body:
      named("a1", "read", "") +
      call({ index: 0, id: "a2", function: { arguments: readA } }) +
      second("b1", "read", "") +
      call({ index: 1, id: "b2", function: { arguments: readB } }) +
      toolsEnd,
    calls: [made("a1", "read", readA), made("b1", "read", readB)],
    end: "calls",
  },
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
