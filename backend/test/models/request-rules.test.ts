/** What a conversation becomes on its way to an endpoint: the rules of each dialect, one by one. */
import { expect, test } from "vitest";
import type { ModelMessage, ModelRequest, ModelTool } from "../../src/agent/model.ts";
import { type DialectFlags, type DialectLesson, dialectOf } from "../../src/models/dialect.ts";
import { endpointAddress } from "../../src/models/provider.ts";
import { chatBody } from "../../src/models/request/chat-body.ts";
import { ownToolName, sentToolName } from "../../src/models/request/tool-names.ts";
import type { ModelCallMeta } from "../../src/protocol/tool-call.ts";

interface Shaping {
  readonly at?: string;
  readonly flags?: Partial<DialectFlags>;
  readonly lessons?: readonly DialectLesson[];
  readonly thinks?: boolean;
  readonly takesImages?: boolean | null;
  readonly request?: Partial<ModelRequest>;
}

function body(messages: readonly ModelMessage[], shaping: Shaping = {}) {
  return chatBody(
    { model: "p/m", messages, tools: [], ...shaping.request },
    {
      model: "m",
      dialect: { ...dialectOf(shaping.at ?? "http://127.0.0.1:8000/v1"), ...shaping.flags },
      lessons: new Set(shaping.lessons),
      thinks: shaping.thinks ?? false,
      takesImages: shaping.takesImages ?? null,
    },
  );
}

const sent = (messages: readonly ModelMessage[], shaping?: Shaping) => body(messages, shaping).messages;

const user: ModelMessage = { role: "user", content: "Hi" };
const read = (id: string, written = "{}") => ({ id, name: "read", arguments: written });
const asks = (...ids: string[]): ModelMessage => ({
  role: "assistant",
  content: "",
  calls: ids.map((id) => read(id)),
});
const result = (callId: string, content = "R"): ModelMessage => ({ role: "tool", callId, content });
const sentCall = (id: string, written = "{}") => ({
  id,
  type: "function",
  function: { name: "read", arguments: written },
});
const sentAsk = (...ids: string[]) => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => sentCall(id)),
});
const sentResult = (id: string, content = "R") => ({ role: "tool", tool_call_id: id, content });
const picture = { type: "image", mimeType: "image/png", data: "AAAA" } as const;
const sentPicture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
const tool: ModelTool = { name: "read", description: "Reads.", parameters: { type: "object" } };

test("R1: each call is answered once and before anything else, also where its result is missing or late", () => {
  expect(sent([user, asks("a", "b"), result("b"), user, result("a", "late")])).toEqual([
    user,
    sentAsk("a", "b"),
    sentResult("a", "late"),
    sentResult("b"),
    user,
  ]);
  expect(sent([user, asks("a"), user])).toEqual([
    user,
    sentAsk("a"),
    sentResult("a", "No result provided."),
    user,
  ]);
});

test("R1: a result goes to the nearest answer that has its id", () => {
  expect(
    sent([asks("a"), result("a", "1"), asks("a"), result("a", "2")]).map(({ content }) => content),
  ).toEqual([null, "1", null, "2"]);
});

test("R2: a result of no call is dropped, and so is a second one", () => {
  expect(sent([result("x"), user, asks("a"), result("a"), result("a", "again"), result("y")])).toEqual([
    user,
    sentAsk("a"),
    sentResult("a"),
  ]);
});

test("R3: an answer that broke off goes without the calls that never ran, and what it said stays", () => {
  const broken: ModelMessage = { role: "assistant", content: "I will", calls: [] };
  expect(sent([user, broken, user])).toEqual([user, { role: "assistant", content: "I will" }, user]);
});

test("R4: an answer with neither text nor calls is left out, and so is an empty question", () => {
  const nothing: ModelMessage = { role: "assistant", content: "", calls: [] };
  expect(sent([user, nothing, { role: "user", content: "" }])).toEqual([user]);
});

test("R5: text alone is a plain text, and never a list of parts", () => {
  expect(sent([user, { role: "assistant", content: "A", calls: [] }]).map(({ content }) => content)).toEqual([
    "Hi",
    "A",
  ]);
});

test("R6: content is null only beside calls, and an empty text where null is not taken", () => {
  const speaks: ModelMessage = { role: "assistant", content: "Look.", calls: [read("a")] };
  const contents = (shaping?: Shaping) =>
    sent([asks("a"), result("a"), speaks, result("a")], shaping).map(({ content }) => content);
  expect(contents()).toEqual([null, "R", "Look.", "R"]);
  expect(contents({ flags: { emptyContent: "text" } })).toEqual(["", "R", "Look.", "R"]);
  expect(contents({ lessons: ["no_null_content"] })).toEqual(["", "R", "Look.", "R"]);
});

test.each<[written: string, sent: string]>([
  ['{ "path" : "a" }', '{ "path" : "a" }'],
  ["", "{}"],
  ['{"path":"a', "{}"],
  ['["a"]', "{}"],
  ["null", "{}"],
  ['"text"', "{}"],
  ['{"__proto__":{"x":1}}', '{"__proto__":{"x":1}}'],
  [`{"x":"\\u0000","y":${"[".repeat(9_999)}${"]".repeat(9_999)}}`, "{}"],
])("R7: arguments %.40j are sent as %.40j", (written, expected) => {
  const messages: ModelMessage[] = [
    { role: "assistant", content: "", calls: [read("a", written)] },
    result("a"),
  ];
  expect(sent(messages)[0]).toEqual({ ...sentAsk(), tool_calls: [sentCall("a", expected)] });
});

const idsOf = (messages: readonly ModelMessage[], shaping?: Shaping) =>
  sent(messages, shaping).flatMap((message) =>
    message.role === "tool"
      ? [message.tool_call_id]
      : message.role === "assistant"
        ? (message.tool_calls ?? []).map(({ id }) => id)
        : [],
  );

test("R8: ids that an endpoint would refuse are changed in call and result alike, the same way each time", () => {
  const long = "x".repeat(41);
  const messages = [asks("", long, "a|b", "ok-1"), result(""), result(long), result("a|b"), result("ok-1")];
  const ids = idsOf(messages);
  expect(ids.slice(0, 4)).toEqual(ids.slice(4));
  expect(new Set(ids).size).toBe(4);
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
  expect(ids[3]).toBe("ok-1");
  expect(idsOf(messages)).toEqual(ids);
});

test("R8: one id for several calls becomes several, each with its own result", () => {
  const messages = [asks("c", "c"), result("c", "1"), result("c", "2"), asks("c"), result("c", "3")];
  const [first, second, third] = [...new Set(idsOf(messages))];
  expect(sent(messages).filter(({ role }) => role === "tool")).toEqual([
    sentResult(first ?? "", "1"),
    sentResult(second ?? "", "2"),
    sentResult(third ?? "", "3"),
  ]);
});

test("R8: Mistral gets nine letters and digits", () => {
  const ids = idsOf([asks("call_1", "abcDEF123"), result("call_1"), result("abcDEF123")], {
    at: "https://api.mistral.ai/v1",
  });
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]{9}$/);
  expect(ids[1]).toBe("abcDEF123");
});

test("R9: for Mistral an answer stands between a result and the next question", () => {
  const roles = (at: string) => sent([asks("a"), result("a"), user], { at }).map(({ role }) => role);
  expect(roles("https://api.mistral.ai/v1")).toEqual(["assistant", "tool", "assistant", "user"]);
  expect(roles("https://api.openai.com/v1")).toEqual(["assistant", "tool", "user"]);
});

test("R10: pictures of results follow in one user message behind all results of the answer", () => {
  const shown: ModelMessage = { role: "tool", callId: "a", content: "A picture.", images: [picture] };
  const also: ModelMessage = { role: "tool", callId: "b", content: "", images: [picture] };
  const pictures = [{ type: "text", text: "Pictures of the results above:" }, sentPicture, sentPicture];
  const results = [
    sentAsk("a", "b"),
    sentResult("a", "A picture.\n(The picture follows in the next user message.)"),
    sentResult("b", "(The picture follows in the next user message.)"),
  ];
  expect(sent([asks("a", "b"), shown, also])).toEqual([...results, { role: "user", content: pictures }]);
  expect(sent([asks("a", "b"), shown, also, user, asks("c"), result("c")])).toEqual([
    ...results,
    { role: "user", content: [...pictures, { type: "text", text: "Hi" }] },
    sentAsk("c"),
    sentResult("c"),
  ]);
});

test("R10: a person's pictures go beside the words, as data URLs", () => {
  expect(sent([{ role: "user", content: "What is it?", images: [picture] }])).toEqual([
    { role: "user", content: [{ type: "text", text: "What is it?" }, sentPicture] },
  ]);
});

test("R11: a model that takes no pictures is told in words that one was there", () => {
  const messages: ModelMessage[] = [
    { role: "user", content: "See", images: [picture, picture] },
    asks("a"),
    { role: "tool", callId: "a", content: "Shot.", images: [picture] },
  ];
  const expected = [
    { role: "user", content: "See\n\n(2 pictures were left out: this model takes no pictures.)" },
    sentAsk("a"),
    sentResult("a", "Shot.\n(A picture was left out: this model takes no pictures.)"),
  ];
  expect(sent(messages, { takesImages: false })).toEqual(expected);
  expect(sent(messages, { lessons: ["no_images"] })).toEqual(expected);
});

test("R12: the system prompt comes first and once", () => {
  expect(sent([user, { role: "system", content: "A" }, user, { role: "system", content: "B" }])).toEqual([
    { role: "system", content: "A\n\nB" },
    user,
    user,
  ]);
});

test.each<[at: string, thinks: boolean, role: string]>([
  ["https://api.openai.com/v1", true, "developer"],
  ["https://api.openai.com/v1", false, "system"],
  ["https://mine.openai.azure.com/openai/v1", true, "developer"],
  ["https://openrouter.ai/api/v1", true, "system"],
  ["http://127.0.0.1:11434/v1", true, "system"],
])("R12: at %s, thinking %s, it is sent as %s", (at, thinks, role) => {
  expect(sent([{ role: "system", content: "S" }, user], { at, thinks })[0]).toEqual({ role, content: "S" });
});

test("R12: an endpoint that refused the developer's role gets the system's", () => {
  const shaping = { at: "https://api.openai.com/v1", thinks: true, lessons: ["no_developer_role"] } as const;
  expect(sent([{ role: "system", content: "S" }], shaping)).toEqual([{ role: "system", content: "S" }]);
});

test.each<[at: string, lessons: readonly DialectLesson[], field: object]>([
  ["https://api.openai.com/v1", [], { max_completion_tokens: 99 }],
  ["https://mine.openai.azure.com/openai/v1", [], { max_completion_tokens: 99 }],
  ["https://api.groq.com/openai/v1", [], { max_completion_tokens: 99 }],
  ["https://api.mistral.ai/v1", [], { max_tokens: 99 }],
  ["http://127.0.0.1:8080/v1", [], { max_tokens: 99 }],
  ["http://127.0.0.1:8080/v1", ["no_max_tokens"], { max_completion_tokens: 99 }],
  ["https://api.openai.com/v1", ["no_max_completion_tokens"], { max_tokens: 99 }],
  ["http://127.0.0.1:8080/v1", ["no_max_tokens", "no_max_completion_tokens"], {}],
])("R13: at %s after %j the limit is sent as %j", (at, lessons, field) => {
  const { max_tokens, max_completion_tokens } = body([user], {
    at,
    lessons,
    request: { maxOutputTokens: 99 },
  });
  expect({ max_tokens, max_completion_tokens }).toEqual(field);
  expect(Object.keys(body([user], { at, lessons }))).not.toContain("max_tokens");
});

test.each(["https://api.openai.com/v1", "https://api.deepseek.com", "http://127.0.0.1:8080/v1"])(
  "R14, R16, R17: at %s nothing is said of sampling, of parallel calls, or of strict schemas",
  (at) => {
    expect(body([user], { at, thinks: true, request: { tools: [tool] } })).toEqual({
      model: "m",
      messages: [user],
      stream: true,
      stream_options: { include_usage: true },
      tools: [{ type: "function", function: tool }],
    });
  },
);

test("R15: token counts are asked for, except where that is refused", () => {
  expect(body([user]).stream_options).toEqual({ include_usage: true });
  expect(Object.keys(body([user], { lessons: ["no_stream_options"] }))).not.toContain("stream_options");
  expect(Object.keys(body([user], { flags: { streamUsage: false } }))).not.toContain("stream_options");
});

test("R16: parallel calls are named where someone set it, and there are tools", () => {
  const flags = { parallelToolCalls: false };
  expect(body([user], { flags, request: { tools: [tool] } }).parallel_tool_calls).toBe(false);
  expect(Object.keys(body([user], { flags }))).not.toContain("parallel_tool_calls");
});

test("R18: long and foreign names of tools are cut and hashed, and mapped back", () => {
  const long = { ...tool, name: `mcp_${"very_".repeat(20)}long_name_one` };
  const other = { ...tool, name: `mcp_${"very_".repeat(20)}long_name_two` };
  const foreign = { ...tool, name: "server.tool/ä" };
  const tools = [tool, long, other, foreign];
  const names = (body([user], { request: { tools } }).tools ?? []).map((made) => made.function.name);
  expect(names[0]).toBe("read");
  expect(new Set(names).size).toBe(4);
  for (const name of names) expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
  expect(names.map((name) => ownToolName(tools, name))).toEqual(tools.map(({ name }) => name));
  expect(ownToolName(tools, "nobody's")).toBe("nobody's");
});

test("R18: a call in the conversation has the name that its tool is sent under", () => {
  const name = "x".repeat(80);
  const messages: ModelMessage[] = [
    { role: "assistant", content: "", calls: [{ id: "a", name, arguments: "{}" }] },
    result("a"),
  ];
  expect(sent(messages)[0]).toMatchObject({ tool_calls: [{ function: { name: sentToolName(name) } }] });
});

test("R18: at most 128 tools are offered", () => {
  const tools = Array.from({ length: 200 }, (_, index) => ({ ...tool, name: `t${index}` }));
  expect(body([user], { request: { tools } }).tools).toHaveLength(128);
});

test("R19: without tools there is no list of them, except where calls in the conversation want one", () => {
  const withCalls = [user, asks("a"), result("a")];
  expect(Object.keys(body(withCalls))).not.toContain("tools");
  expect(body(withCalls, { flags: { emptyTools: true } }).tools).toEqual([]);
  expect(body(withCalls, { lessons: ["needs_tools_list"] }).tools).toEqual([]);
  expect(Object.keys(body([user], { flags: { emptyTools: true } }))).not.toContain("tools");
});

const origin = { model: "p/m", thought: "Hm" };
const thought = (more: object, calls: readonly ModelCallMeta[] = [read("a")]): ModelMessage[] => [
  { role: "assistant", content: "A", calls, origin: { ...origin, ...more } },
  result("a"),
];
const answer = { role: "assistant", content: "A", tool_calls: [sentCall("a")] };
const details = [{ type: "reasoning.text", text: "Hm", signature: "s" }];

test.each<{ name: string; shaping?: Shaping; more: object; echoed: object }>([
  {
    name: "under its field",
    more: { reasoningField: "reasoning_content" },
    echoed: { reasoning_content: "Hm" },
  },
  { name: "under another field", more: { reasoningField: "reasoning" }, echoed: { reasoning: "Hm" } },
  { name: "not to another model", more: { reasoningField: "reasoning", model: "p/other" }, echoed: {} },
  { name: "not where it came in tags", more: {}, echoed: {} },
  {
    name: "not where it is refused",
    shaping: { lessons: ["no_reasoning"] },
    more: { reasoningField: "reasoning", reasoningDetails: details },
    echoed: {},
  },
  {
    name: "not to OpenAI",
    shaping: { at: "https://api.openai.com/v1" },
    more: { reasoningField: "reasoning_content" },
    echoed: {},
  },
  {
    name: "word for word in details",
    shaping: { at: "https://openrouter.ai/api/v1" },
    more: { reasoningField: "reasoning", reasoningDetails: details },
    echoed: { reasoning_details: details },
  },
  {
    name: "to DeepSeek",
    shaping: { at: "https://api.deepseek.com" },
    more: { reasoningField: "reasoning_content" },
    echoed: { reasoning_content: "Hm" },
  },
  {
    name: "empty to DeepSeek, where another model thought",
    shaping: { at: "https://api.deepseek.com" },
    more: { reasoningField: "reasoning", model: "p/other" },
    echoed: { reasoning_content: "" },
  },
  {
    name: "empty where it is insisted on",
    shaping: { lessons: ["needs_reasoning"] },
    more: { thought: "" },
    echoed: { reasoning_content: "" },
  },
])("R20: thoughts go back $name", ({ shaping, more, echoed }) => {
  expect(sent(thought(more), shaping)[0]).toEqual({ ...answer, ...echoed });
});

test("R20: DeepSeek gets the field on every answer, also one of which nothing is known", () => {
  const messages: ModelMessage[] = [
    user,
    { role: "assistant", content: "A", calls: [] },
    asks("a"),
    result("a"),
  ];
  expect(sent(messages, { at: "https://api.deepseek.com" })).toEqual([
    user,
    { role: "assistant", content: "A", reasoning_content: "" },
    { ...sentAsk("a"), reasoning_content: "" },
    sentResult("a"),
  ]);
});

test("R20: a thought signature goes back beside its call, to its own model alone", () => {
  const extra = { extra_content: { google: { thought_signature: "AbC=" } } };
  const at = "https://generativelanguage.googleapis.com/v1beta/openai";
  const messages = (model: string) => thought({ model }, [{ ...read("a"), extra }]);
  expect(sent(messages("p/m"), { at })[0]).toEqual({
    ...answer,
    tool_calls: [{ ...sentCall("a"), ...extra }],
  });
  expect(sent(messages("p/other"), { at })[0]).toEqual(answer);
  expect(sent(messages("p/m"), { at: "https://api.openai.com/v1" })[0]).toEqual(answer);
});

test("R20: what stands beside a call cannot take the place of what it is", () => {
  const extra = { id: "x", type: "y", function: { name: "shell" } };
  expect(sent(thought({}, [{ ...read("a"), extra }]))[0]).toEqual(answer);
});

test("R21, MDL-13: halves of surrogate pairs and NUL are taken out of everything that is sent", () => {
  const bad = "a\ud83d\0b\udc00";
  const messages: ModelMessage[] = [
    { role: "system", content: bad },
    { role: "user", content: bad },
    {
      role: "assistant",
      content: bad,
      calls: [{ id: "a", name: bad, arguments: JSON.stringify({ [bad]: [bad, "🦊"] }) }],
      origin: {
        model: "p/m",
        thought: bad,
        reasoningField: "reasoning",
        reasoningDetails: [{ text: bad }],
      },
    },
    { role: "tool", callId: "a", content: bad },
  ];
  const tools = [{ name: "t", description: bad, parameters: { title: bad } }];
  for (const flags of [{ reasoningDetails: true }, { reasoningDetails: false }]) {
    const written = JSON.stringify(body(messages, { flags, request: { tools } }));
    expect(written).not.toMatch(/\\u(?:d[89a-f]|0000)/i);
    expect(written).toContain('{\\"ab\\":[\\"ab\\",\\"🦊\\"]}');
  }
});

test("R21: an emoji that a cut divided leaves valid JSON", () => {
  const text = "🦊".repeat(10);
  for (let length = 0; length <= text.length; length += 1) {
    const [message] = sent([{ role: "user", content: `x${text.slice(0, length)}` }]);
    expect(message?.content).toBe(`x${"🦊".repeat(Math.floor(length / 2))}`);
  }
});

test.each<[pasted: string, address: string]>([
  ["https://api.openai.com/v1/", "https://api.openai.com/v1"],
  ["https://api.openai.com/v1/chat/completions", "https://api.openai.com/v1"],
  [" https://api.openai.com/v1/chat/completions/ ", "https://api.openai.com/v1"],
  ["http://127.0.0.1:11434/v1/models", "http://127.0.0.1:11434/v1"],
])("R22: the address %j is %j", (pasted, address) => {
  expect(endpointAddress(pasted)).toBe(address);
});

test.each<[at: string, field: object]>([
  ["https://api.openai.com/v1", { reasoning_effort: "low" }],
  ["https://openrouter.ai/api/v1", { reasoning: { effort: "low" } }],
  ["https://api.anthropic.com/v1", {}],
  ["http://127.0.0.1:8080/v1", { reasoning_effort: "low" }],
])("effort at %s is %j", (at, field) => {
  const { reasoning_effort, reasoning } = body([user], { at, request: { effort: "low" } });
  expect({ reasoning_effort, reasoning }).toEqual(field);
});

test("the same conversation gives the same bytes, and a longer one begins with them", () => {
  const messages = [user, asks("", "x"), result(""), result("x"), user];
  const first = JSON.stringify(sent(messages));
  expect(JSON.stringify(sent(messages))).toBe(first);
  expect(JSON.stringify(sent([...messages, asks(""), result("")]))).toContain(first.slice(0, -1));
});
