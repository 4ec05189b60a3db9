/** Streams of the servers that people run on machines of their own, each with what it means. */
import {
  call,
  chunk,
  data,
  done,
  made,
  named,
  readA,
  readB,
  type StreamShape,
  second,
  stop,
  text,
  toolsEnd,
} from "./stream-shapes.ts";

export const ownServerShapes: readonly StreamShape[] = [
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
];
