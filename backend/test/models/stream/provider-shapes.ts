/** Streams with what is peculiar to each provider, named for it, each with what it means. */
import { furtherShapes } from "./further-shapes.ts";
import { ownServerShapes } from "./own-server-shapes.ts";
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
  ...ownServerShapes,
  ...furtherShapes,
];
