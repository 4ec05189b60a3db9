/** The conversation as a request: valid for every prefix of every log, and within a budget. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyToHistory, emptyHistoryFold } from "../../../transcript/fold-history.ts";
import type { History, HistoryCall } from "../../../transcript/history.ts";
import {
  estimateTokens,
  interruptedResult,
  type ProjectionOptions,
  project,
} from "../../src/agent/projection.ts";
import type { SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import { requestFaults } from "./request-check.ts";

const options: ProjectionOptions = { systemPrompt: "SYSTEM", budgetTokens: null, reminders: [] };

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("", " ", "\ud83d", "a\udc00b", "nul \0 here", "plain"),
);
const vendorId = fc.constantFrom(
  "v1",
  "v1",
  "call_1",
  "call_2",
  "",
  "über",
  "x".repeat(60),
  "functions.read:0",
);
const callName = fc.constantFrom("read", "edit", "", "no such tool", "y".repeat(90));
const callArguments = fc.constantFrom(
  "{}",
  '{"path":"a"}',
  '{"path":"\\ud800"}',
  '{"path":"\\u0000"}',
  '{"path":"\ud800"}',
  "",
  "{",
  "[1]",
  '{"a":1}{',
  '{"__proto__":{"a":1}}',
);
const identifier = fc.constantFrom("1", "2", "3", "4");
const status = fc.constantFrom("pending", "in_progress", "completed", "failed", null, undefined);

const anyUpdate: fc.Arbitrary<SessionUpdate> = fc.oneof(
  fc.record({ messageId: identifier, text: words }).map(({ messageId, text }): SessionUpdate => {
    return { sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text } };
  }),
  fc.record({ messageId: identifier, text: words }).map(({ messageId, text }): SessionUpdate => {
    return { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } };
  }),
  fc
    .record({
      kind: fc.constantFrom("tool_call", "tool_call_update"),
      toolCallId: identifier,
      status,
      text: words,
    })
    .chain((facts) =>
      fc
        .option(fc.record({ id: vendorId, name: callName, arguments: callArguments }))
        .map((model): SessionUpdate => {
          const meta = model === null ? {} : { _meta: { model } };
          const state = facts.status === undefined ? {} : { status: facts.status };
          const content = [
            { type: "content" as const, content: { type: "text" as const, text: facts.text } },
          ];
          const kind = facts.kind === "tool_call" ? "tool_call" : "tool_call_update";
          return { sessionUpdate: kind, toolCallId: facts.toolCallId, content, ...state, ...meta };
        }),
    ),
);
const anyLog = fc.array(fc.record({ update: anyUpdate, stepId: fc.option(identifier, { nil: undefined }) }), {
  maxLength: 25,
});

test("every prefix of every log makes a request that a strict endpoint takes", () => {
  fc.assert(
    fc.property(anyLog, (log) => {
      const fold = emptyHistoryFold();
      for (const { update, stepId } of log) {
        const event: SessionEvent = { seq: 1, at: "2026-01-01T00:00:00.000Z", update };
        applyToHistory(fold, stepId === undefined ? event : { ...event, stepId });
        expect(requestFaults(project(fold.items, options))).toEqual([]);
        expect(
          requestFaults(project(fold.items, { ...options, budgetTokens: 10, reminders: ["R"] })),
        ).toEqual([]);
      }
    }),
    { numRuns: 1_000, seed: 42 },
  );
});

const done = (id: string, result: string | null): HistoryCall => {
  const call = { id, name: "read", arguments: '{"path":"a.ts"}' };
  return { toolCallId: `ours-${id}`, call, status: result === null ? "in_progress" : "completed", result };
};

test("a call without a result is told as interrupted, and ids used twice are renamed with their results", () => {
  const history: History = [
    { type: "user", messageId: "p1", content: [{ type: "text", text: "Go" }] },
    { type: "step", stepId: "s1", text: "", calls: [done("v1", "one"), done("v2", null)] },
    { type: "step", stepId: "s2", text: "Again.", calls: [done("v1", "two")] },
  ];
  const call = done("v1", "").call;
  expect(project(history, options).slice(2)).toEqual([
    { role: "assistant", content: "", calls: [call, { ...call, id: "v2" }] },
    { role: "tool", callId: "v1", content: "one" },
    { role: "tool", callId: "v2", content: interruptedResult },
    { role: "assistant", content: "Again.", calls: [{ ...call, id: "call_3" }] },
    { role: "tool", callId: "call_3", content: "two" },
  ]);
});

test("a linked file becomes a line that names its path", () => {
  const link = { type: "resource_link", uri: "file:///p/my%20file.ts", name: "my file.ts" } as const;
  const history: History = [
    { type: "user", messageId: "p1", content: [{ type: "text", text: "Look" }, link] },
  ];
  expect(project(history, options).at(-1)).toEqual({
    role: "user",
    content: "Look\nAttached file: /p/my file.ts",
  });
});

test("over the budget the oldest results become one line each, and the newest stay", () => {
  const steps = Array.from({ length: 20 }, (_, index) => {
    return {
      type: "step",
      stepId: `s${index}`,
      text: "",
      calls: [done(`v${index}`, "x".repeat(600))],
    } as const;
  });
  const messages = project(steps, { ...options, budgetTokens: 3_000 });
  const results = messages.flatMap((message) => (message.role === "tool" ? [message.content] : []));
  const stub = '(the result of read {"path":"a.ts"} was left out to save room; call again if it is needed)';
  expect(results).toEqual([
    ...Array.from({ length: 8 }, () => stub),
    ...Array.from({ length: 12 }, () => "x".repeat(600)),
  ]);
  expect(estimateTokens(messages)).toBeLessThanOrEqual(3_000);
  const tiny = project(steps, { ...options, budgetTokens: 1 });
  expect(tiny.filter((message) => message.role === "tool" && message.content !== stub)).toHaveLength(3);
});
