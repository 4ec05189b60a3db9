/** The strict provider's invariants: each broken one is a 400 with its reason, and a violation. */
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";

const user = { role: "user", content: "hello" };
const system = { role: "system", content: "You help." };
const assistant = (...calls: readonly object[]) => ({ role: "assistant", content: null, tool_calls: calls });
const call = (id: string, argumentString = "{}", name = "read") => ({
  id,
  type: "function",
  function: { name, arguments: argumentString },
});
const result = (id: string) => ({ role: "tool", tool_call_id: id, content: "done" });
const tool = (name: string) => ({ type: "function", function: { name, parameters: { type: "object" } } });

const Answer = z.object({ error: z.object({ message: z.string() }).optional() });

async function send(
  body: object,
): Promise<{ status: number; message: string | null; violations: readonly string[] }> {
  const model = await startScriptedModel({ script: { fallback: { text: "ok" } } });
  onTestFinished(() => model.close());
  const response = await fetch(`${model.baseUrl}/chat/completions`, {
    method: "POST",
    body: JSON.stringify({ model: "scripted", ...body }),
  });
  const answer = Answer.parse(await response.json());
  const violations = model.violations().map(({ reason }) => reason);
  return { status: response.status, message: answer.error?.message ?? null, violations };
}

test.each([
  ["a prompt", [user]],
  [
    "parallel calls, answered in any order",
    [system, user, assistant(call("a"), call("b")), result("b"), result("a")],
  ],
  [
    "text between calls and a prompt",
    [user, assistant(call("a")), result("a"), { role: "assistant", content: "Done." }, user],
  ],
])("takes %s", async (_name, messages) => {
  expect(await send({ messages, tools: [tool("read")] })).toEqual({
    status: 200,
    message: null,
    violations: [],
  });
});

test.each<[string, object[], string]>([
  [
    "a call without a result",
    [user, assistant(call("a")), user],
    'call "a" is not answered directly after the message that made it',
  ],
  [
    "a last call without a result",
    [user, assistant(call("a"), call("b")), result("a")],
    'call "b" is not answered directly after the message that made it',
  ],
  [
    "two results for one call",
    [user, assistant(call("a")), result("a"), result("a")],
    'result "a" answers no open call',
  ],
  ["a result without a call", [user, result("a")], 'result "a" answers no open call'],
  [
    "an id used twice",
    [user, assistant(call("a")), result("a"), assistant(call("a")), result("a")],
    'call id "a" is used twice',
  ],
  [
    "arguments that are not JSON",
    [user, assistant(call("a", "{oops")), result("a")],
    'arguments of call "a" are not a JSON object',
  ],
  [
    "arguments that are no object",
    [user, assistant(call("a", "[]")), result("a")],
    'arguments of call "a" are not a JSON object',
  ],
  [
    "a called name that is not legal",
    [user, assistant(call("a", "{}", "re ad")), result("a")],
    'called name "re ad" is not legal',
  ],
  [
    "an empty assistant message",
    [user, { role: "assistant", content: "" }, user],
    "message 1: an assistant message has neither text nor calls",
  ],
  ["an empty user message", [{ role: "user", content: "" }], "message 0: a user message is empty"],
  [
    "a system message further down",
    [user, system],
    "message 1: a system message stands first, and only once",
  ],
  [
    "an assistant message at the end",
    [user, { role: "assistant", content: "So" }],
    "the last message is the assistant's own",
  ],
])("refuses %s", async (_name, messages, reason) => {
  expect(await send({ messages })).toEqual({ status: 400, message: reason, violations: [reason] });
});

test.each<[string, object, string]>([
  ["an empty list of tools", { tools: [] }, "'tools' is empty: leave it out"],
  ["two tools of one name", { tools: [tool("read"), tool("read")] }, "two tools have the same name"],
  ["a tool name that is not legal", { tools: [tool("mcp:read")] }, 'tool name "mcp:read" is not legal'],
  [
    "a tool choice without tools",
    { tool_choice: "auto" },
    "'tool_choice' is only allowed when 'tools' are given",
  ],
  [
    "stream options without a stream",
    { stream_options: {} },
    "'stream_options' is only allowed when 'stream' is true",
  ],
])("refuses %s", async (_name, fields, reason) => {
  expect(await send({ messages: [user], ...fields })).toEqual({
    status: 400,
    message: reason,
    violations: [reason],
  });
});

test("refuses what is no chat request at all", async () => {
  expect((await send({ messages: [] })).status).toBe(400);
  expect((await send({ messages: [{ role: "robot", content: "x" }] })).status).toBe(400);
});
