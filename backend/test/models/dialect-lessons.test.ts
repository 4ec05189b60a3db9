/** Refusals that teach: the request is asked again as the endpoint wants it, once, and from then on at once. */
import { expect, test } from "vitest";
import type { ModelMessage, ModelRequest } from "../../src/agent/model.ts";
import type { ResolvedModel } from "../../src/models/catalogue.ts";
import { createChatModel } from "../../src/models/chat-client.ts";
import type { DialectLesson, DialectOverrides, LearnedFact } from "../../src/models/dialect.ts";
import { answerFrom, endpoint, provider, request } from "./endpoint.ts";
import { shortEnd, stop, text } from "./stream/stream-shapes.ts";

interface Sent {
  readonly [field: string]: unknown;
  readonly messages: readonly { readonly [field: string]: unknown }[];
}

interface Teaching {
  readonly lesson: DialectLesson;
  readonly request: Partial<ModelRequest>;
  readonly dialect?: DialectOverrides;
  readonly resolved?: Partial<ResolvedModel>;
  /** What the endpoint refuses, and its words for it. */
  readonly refuses: (sent: Sent) => boolean;
  readonly status?: number;
  readonly words: unknown;
}

const asks: ModelMessage = {
  role: "assistant",
  content: "",
  calls: [{ id: "a", name: "read", arguments: "{}" }],
  origin: { model: "default/m", thought: "Hm", reasoningField: "reasoning_content" },
};
const conversation: readonly ModelMessage[] = [
  { role: "system", content: "S" },
  { role: "user", content: "U" },
  asks,
  { role: "tool", callId: "a", content: "R" },
];
const said = (message: string) => ({ error: { message } });
const some = (sent: Sent, field: string) => sent.messages.some((message) => field in message);

const teachings: readonly Teaching[] = [
  {
    lesson: "no_stream_options",
    request: {},
    refuses: (sent) => "stream_options" in sent,
    words: said("Unrecognized field: stream_options"),
  },
  {
    lesson: "no_stream_options",
    request: {},
    refuses: (sent) => "stream_options" in sent,
    status: 422,
    words: { detail: [{ loc: ["body", "stream_options"], msg: "Extra inputs are not permitted" }] },
  },
  {
    lesson: "no_max_tokens",
    request: { maxOutputTokens: 9 },
    refuses: (sent) => "max_tokens" in sent,
    words: said(
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    ),
  },
  {
    lesson: "no_max_completion_tokens",
    request: { maxOutputTokens: 9 },
    dialect: { outputLimit: "max_completion_tokens" },
    refuses: (sent) => "max_completion_tokens" in sent,
    words: said("Unrecognized request argument supplied: max_completion_tokens"),
  },
  {
    lesson: "no_reasoning_effort",
    request: { effort: "low" },
    refuses: (sent) => "reasoning_effort" in sent,
    words: said("Argument not supported on this model: reasoningEffort"),
  },
  {
    lesson: "no_developer_role",
    request: {},
    dialect: { thinkingSystemRole: "developer" },
    resolved: { thinks: true },
    refuses: (sent) => sent.messages[0]?.role === "developer",
    words: said("'messages[0].role' does not support 'developer' with this model."),
  },
  {
    lesson: "no_null_content",
    request: {},
    refuses: (sent) => sent.messages.some(({ content }) => content === null),
    words: said("messages.2.content: Input should be a valid string"),
  },
  {
    lesson: "no_images",
    request: {
      messages: [
        { role: "user", content: "U", images: [{ type: "image", mimeType: "image/png", data: "AAAA" }] },
      ],
    },
    refuses: (sent) => JSON.stringify(sent).includes("image_url"),
    status: 404,
    words: said("No endpoints found that support image input"),
  },
  {
    lesson: "no_reasoning",
    request: {},
    refuses: (sent) => some(sent, "reasoning_content"),
    words: said("'messages.2' : property 'reasoning_content' is unsupported"),
  },
  {
    lesson: "needs_reasoning",
    request: { messages: [...conversation, { role: "assistant", content: "A", calls: [] }] },
    refuses: (sent) =>
      sent.messages.some((message) => message.role === "assistant" && !("reasoning_content" in message)),
    words: said("The `reasoning_content` in the thinking mode must be passed back to the API."),
  },
  {
    lesson: "needs_tools_list",
    request: {},
    refuses: (sent) => !("tools" in sent),
    words: said("This model requires `tools=` param to be specified when messages contain tool calls."),
  },
];

async function stage(teaching: Omit<Teaching, "lesson">) {
  const server = await endpoint((response, { body }) => {
    // The client's own request, which the test's type describes.
    const isRefused = teaching.refuses(body as Sent);
    response.writeHead(isRefused ? (teaching.status ?? 400) : 200);
    response.end(isRefused ? JSON.stringify(teaching.words) : text("Hello") + stop);
  });
  const learned: LearnedFact[] = [];
  const asked = { ...provider(server.baseUrl), dialect: teaching.dialect ?? {} };
  const resolved = { provider: asked, model: "m", contextWindow: null, ...teaching.resolved };
  const lessons = () => [...(resolved.lessons ?? []), ...learned.flatMap(({ lesson }) => lesson ?? [])];
  const model = createChatModel(
    { resolve: async () => ({ ...resolved, lessons: lessons() }) },
    { onLearned: (id, name, fact) => learned.push(id === "default" && name === "m" ? fact : {}) },
  );
  const messages = { ...request, messages: conversation, ...teaching.request };
  return { server, learned, once: () => answerFrom(model, { request: messages }) };
}

test.each(teachings)("$lesson is learnt from $words, once, and told", async (teaching) => {
  const { server, learned, once } = await stage(teaching);
  expect([(await once()).text, (await once()).text]).toEqual(["Hello", "Hello"]);
  expect(server.requests).toHaveLength(3);
  expect(learned).toEqual([{ lesson: teaching.lesson }]);
});

test.each(teachings)("$lesson that was learnt before is kept from the first request", async (teaching) => {
  const resolved = { ...teaching.resolved, lessons: [teaching.lesson] };
  const { server, learned, once } = await stage({ ...teaching, resolved });
  expect((await once()).text).toBe("Hello");
  expect([server.requests.length, learned]).toEqual([1, []]);
});

test("several lessons are learnt in one go", async () => {
  const { server, learned, once } = await stage({
    request: { maxOutputTokens: 9 },
    refuses: (sent) => "stream_options" in sent || "max_tokens" in sent,
    words: said("Unknown fields: stream_options, max_tokens"),
  });
  expect((await once()).text).toBe("Hello");
  expect([server.requests.length, learned]).toEqual([
    3,
    [{ lesson: "no_stream_options" }, { lesson: "no_max_tokens" }],
  ]);
});

test("R13: an endpoint that takes the limit under no name gets none", async () => {
  const { server, once } = await stage({
    request: { maxOutputTokens: 9 },
    refuses: (sent) => "max_completion_tokens" in sent || "max_tokens" in sent,
    words: said("Unknown parameter: max_tokens or max_completion_tokens"),
  });
  expect((await once()).text).toBe("Hello");
  expect(server.requests).toHaveLength(3);
});

test("a refusal that goes on is the answer, and nothing is learnt from it", async () => {
  const { server, learned, once } = await stage({
    request: {},
    refuses: () => true,
    words: said("stream_options is the least of your troubles"),
  });
  expect(shortEnd((await once()).end)).toBe("model_invalid_request");
  expect([server.requests.length, learned]).toEqual([2, []]);
});

test("a limit that is merely too large is not a field that is refused", async () => {
  const { server, learned, once } = await stage({
    request: { maxOutputTokens: 99_999 },
    refuses: () => true,
    words: said("max_tokens is too large: 99999. This model supports at most 16384 completion tokens."),
  });
  expect(shortEnd((await once()).end)).toBe("model_invalid_request");
  expect([server.requests.length, learned]).toEqual([1, []]);
});

test("a model without tools is told of, and not asked without them", async () => {
  const { server, learned, once } = await stage({
    request: { tools: [{ name: "read", description: "Reads.", parameters: { type: "object" } }] },
    refuses: () => true,
    words: said("registry.ollama.ai/library/m does not support tools"),
  });
  expect(shortEnd((await once()).end)).toBe("model_invalid_request");
  expect([server.requests.length, learned]).toEqual([1, [{ lesson: "no_tools" }]]);
});
