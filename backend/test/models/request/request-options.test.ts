/** R13 to R19, R22: what stands beside the messages of a request, and where it is sent. */
import { expect, test } from "vitest";
import type { ModelMessage } from "../../../src/agent/model.ts";
import type { DialectLesson } from "../../../src/models/dialect.ts";
import { endpointAddress } from "../../../src/models/provider.ts";
import { ownToolName, sentToolName } from "../../../src/models/request/tool-names.ts";
import { asks, body, result, sent, tool, user } from "./request-shaping.ts";

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
