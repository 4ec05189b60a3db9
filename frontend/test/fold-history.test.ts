/** The fold of a log into what the model is told. */
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { applyToHistory, emptyHistoryFold, subagentHistory } from "../../transcript/fold-history.ts";
import type { History } from "../../transcript/history.ts";

type Logged = readonly [update: SessionUpdate, stepId?: string];

function folded(...log: readonly Logged[]): History {
  const fold = emptyHistoryFold();
  log.forEach(([update, stepId], index) => {
    const event: SessionEvent = { seq: index + 1, at: "2026-01-01T00:00:00.000Z", update };
    applyToHistory(fold, stepId === undefined ? event : { ...event, stepId });
  });
  return fold.items;
}

const text = (words: string) => ({ type: "text", text: words }) as const;
const agentSays = (words: string, messageId = "m1"): SessionUpdate => {
  return { sessionUpdate: "agent_message_chunk", messageId, content: text(words) };
};
const model = (id: string) => ({ model: { id, name: "read", arguments: '{"path":"a"}' } });
const result = (words: string) => [{ type: "content", content: text(words) } as const];

test("chunks of one message make one item", () => {
  const link = { type: "resource_link", uri: "file:///p/a.ts", name: "a.ts" } as const;
  const history = folded(
    [{ sessionUpdate: "user_message_chunk", messageId: "p1", content: text("Look at") }],
    [{ sessionUpdate: "user_message_chunk", messageId: "p1", content: link }],
    [agentSays("I ", "m1"), "s1"],
    [{ sessionUpdate: "agent_thought_chunk", messageId: "m2", content: text("hm") }, "s1"],
    [agentSays("look", "m3"), "s1"],
  );
  expect(history).toEqual([
    { type: "user", messageId: "p1", content: [text("Look at"), link] },
    { type: "step", stepId: "s1", text: "I look", calls: [], thought: "hm" },
  ]);
});

test("calls stay in the order in which they were made, whichever ends first", () => {
  const history = folded(
    [{ sessionUpdate: "tool_call", toolCallId: "c1", status: "pending", _meta: model("v1") }, "s1"],
    [{ sessionUpdate: "tool_call", toolCallId: "c2", status: "pending", _meta: model("v2") }, "s1"],
    [
      { sessionUpdate: "tool_call_update", toolCallId: "c2", status: "completed", content: result("two") },
      "s1",
    ],
    [{ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "in_progress" }],
  );
  const calls = [
    { toolCallId: "c1", call: model("v1").model, status: "in_progress", result: null },
    { toolCallId: "c2", call: model("v2").model, status: "completed", result: "two" },
  ];
  expect(history).toEqual([{ type: "step", stepId: "s1", text: "", calls }]);
});

test("a result is the text of the content alone, whether it comes with the end or before it", () => {
  const diff = { type: "diff", path: "a", oldText: null, newText: "x", oldLine: 1, newLine: 1 } as const;
  const history = folded(
    [{ sessionUpdate: "tool_call", toolCallId: "c1", _meta: model("v1") }, "s1"],
    [
      {
        sessionUpdate: "tool_call_update",
        toolCallId: "c1",
        content: [diff, ...result("a"), ...result("b")],
      },
    ],
    [{ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "failed" }],
  );
  expect(history[0]).toMatchObject({ calls: [{ status: "failed", result: "a\nb" }] });
});

test("a call of another engine gets the facts that a model needs", () => {
  const history = folded([
    {
      sessionUpdate: "tool_call_update",
      toolCallId: "x",
      kind: "execute",
      rawInput: { command: "ls" },
      status: "completed",
    },
  ]);
  const call = { id: "x", name: "execute", arguments: '{"command":"ls"}' };
  expect(history).toEqual([
    {
      type: "step",
      stepId: "x",
      text: "",
      calls: [{ toolCallId: "x", call, status: "completed", result: "" }],
    },
  ]);
});

test("a chunk costs the same in a long session as in a short one", () => {
  const fold = emptyHistoryFold();
  const apply = (update: SessionUpdate, stepId: string) =>
    applyToHistory(fold, { seq: 1, at: "2026-01-01T00:00:00.000Z", update, stepId });
  for (let step = 0; step < 20_000; step += 1) apply(agentSays("x"), `s${step}`);
  const [first, tail] = [fold.items[0], fold.items];
  for (let chunk = 0; chunk < 20_000; chunk += 1) apply(agentSays("y"), "s19999");
  expect(fold.items).toBe(tail);
  expect(fold.items[0]).toBe(first);
  expect(fold.items.at(-1)).toMatchObject({ text: `x${"y".repeat(20_000)}` });
});

test("what a subagent says and does is not its parent's conversation, and is kept until its call ends", () => {
  const fold = emptyHistoryFold();
  const apply = (update: SessionUpdate, stepId: string, parentToolCallId?: string) => {
    const event: SessionEvent = { seq: 1, at: "2026-01-01T00:00:00.000Z", update, stepId };
    applyToHistory(fold, parentToolCallId === undefined ? event : { ...event, parentToolCallId });
  };
  apply({ sessionUpdate: "tool_call", toolCallId: "c1", _meta: model("v1") }, "s1");
  apply(agentSays("I look"), "c1-s1", "c1");
  apply({ sessionUpdate: "tool_call", toolCallId: "c1-c1", _meta: model("v2") }, "c1-s1", "c1");
  expect(fold.items).toHaveLength(1);
  expect(subagentHistory(fold, "c1")).toMatchObject([
    { stepId: "c1-s1", text: "I look", calls: [{ toolCallId: "c1-c1" }] },
  ]);
  apply(
    { sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed", content: result("Done") },
    "s1",
  );
  expect(subagentHistory(fold, "c1")).toEqual([]);
  expect(fold.items).toMatchObject([{ calls: [{ result: "Done" }] }]);
});

test("a step knows who answered, a prompt what was told beside it, a result its pictures", () => {
  const origin = { model: "a/b", reasoningField: "reasoning" } as const;
  const image = { type: "image", mimeType: "image/png", data: "AAAA" } as const;
  const none = { used: null, size: null, inputTokens: null, outputTokens: null };
  const history = folded(
    [{ sessionUpdate: "user_message_chunk", messageId: "p1", content: text("See @a") }],
    [
      {
        sessionUpdate: "prompt_context",
        promptId: "p1",
        source: { type: "file", path: "a" },
        text: "a says",
      },
    ],
    [{ sessionUpdate: "tool_call", toolCallId: "c1", _meta: model("v1") }, "s1"],
    [{ sessionUpdate: "usage_update", ...none, _meta: origin }, "s1"],
    [
      {
        sessionUpdate: "tool_call_update",
        toolCallId: "c1",
        status: "completed",
        content: [{ type: "content", content: image }, ...result("a.png")],
      },
    ],
  );
  const call = {
    toolCallId: "c1",
    call: model("v1").model,
    status: "completed",
    result: "a.png",
    images: [image],
  };
  expect(history).toEqual([
    { type: "user", messageId: "p1", content: [text("See @a")], context: ["a says"] },
    { type: "step", stepId: "s1", text: "", calls: [call], origin },
  ]);
});

test("a compaction counts once it is completed, and no longer when it failed after that", () => {
  const update = (status: "in_progress" | "completed" | "failed"): Logged => [
    {
      sessionUpdate: "compaction_update",
      compactionId: "k1",
      status,
      trigger: "manual",
      ...(status === "completed" ? { summary: "S", keepFrom: "s2" } : {}),
    },
  ];
  expect(folded(update("in_progress"))).toEqual([]);
  expect(folded(update("in_progress"), update("failed"))).toEqual([]);
  const held = { type: "compaction", compactionId: "k1", summary: "S", keepFrom: "s2" };
  expect(folded(update("in_progress"), update("completed"))).toEqual([held]);
  expect(folded(update("completed"), update("failed"))).toEqual([{ ...held, summary: null, keepFrom: null }]);
});
