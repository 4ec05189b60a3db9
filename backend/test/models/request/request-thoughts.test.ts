/** R20 and R21: thoughts go back to whom they came from, and nothing is sent that is no text. */
import { expect, test } from "vitest";
import type { ModelMessage } from "../../../src/agent/model.ts";
import type { ModelCallMeta } from "../../../src/protocol/tool-call.ts";
import {
  asks,
  body,
  read,
  result,
  type Shaping,
  sent,
  sentAsk,
  sentCall,
  sentResult,
  user,
} from "./request-shaping.ts";

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
