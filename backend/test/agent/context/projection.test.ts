/** The conversation as a request: valid for every prefix of every log, and within a budget. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyToHistory, emptyHistoryFold } from "../../../../transcript/fold-history.ts";
import type { History, HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import { interruptedResult } from "../../../src/agent/context/item-messages.ts";
import { workingNotes } from "../../../src/agent/context/notes.ts";
import type { ModelMessage } from "../../../src/agent/model.ts";
import { type ProjectionOptions, projection } from "../../../src/agent/projection.ts";
import { estimateMessages } from "../../../src/agent/room/token-estimate.ts";
import { dialectOf } from "../../../src/models/dialect.ts";
import { chatBody } from "../../../src/models/request/chat-body.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import { requestFaults } from "../request-check.ts";
import { anyLog } from "./any-log.ts";

const options: ProjectionOptions = { systemPrompt: "SYSTEM", budgetTokens: null, reminders: [] };

test("MDL-11: every prefix of every log makes a request that a strict endpoint takes", () => {
  fc.assert(
    fc.property(anyLog, (log) => {
      const fold = emptyHistoryFold();
      for (const { update, stepId } of log) {
        const event: SessionEvent = { seq: 1, at: "2026-01-01T00:00:00.000Z", update };
        applyToHistory(fold, stepId === undefined ? event : { ...event, stepId });
        expect(requestFaults(projection(fold.items, options).messages)).toEqual([]);
        expect(
          requestFaults(projection(fold.items, { ...options, budgetTokens: 10, reminders: ["R"] }).messages),
        ).toEqual([]);
      }
    }),
    { numRuns: 400, seed: 42 },
  );
});

const done = (id: string, result: string | null): HistoryCall => {
  const call = { id, name: "read", arguments: '{"path":"a.ts"}' };
  return { toolCallId: `ours-${id}`, call, status: result === null ? "in_progress" : "completed", result };
};

test("a call without a result is told as interrupted, and each result stands behind its own call", () => {
  const history: History = [
    { type: "user", messageId: "p1", content: [{ type: "text", text: "Go" }] },
    { type: "step", stepId: "s1", text: "", calls: [done("v1", "one"), done("v2", null)] },
    { type: "step", stepId: "s2", text: "Again.", calls: [done("v1", "two")] },
  ];
  const call = done("v1", "").call;
  expect(projection(history, options).messages.slice(2)).toEqual([
    { role: "assistant", content: "", calls: [call, { ...call, id: "v2" }] },
    { role: "tool", callId: "v1", content: "one" },
    { role: "tool", callId: "v2", content: interruptedResult },
    { role: "assistant", content: "Again.", calls: [call] },
    { role: "tool", callId: "v1", content: "two" },
  ]);
});

test("R18: a tool is called in the conversation by the very name that it is offered under, ids apart", () => {
  const odd = { id: "v1", name: "files.read", arguments: "{}" };
  const calls = [{ toolCallId: "c1", call: odd, status: "completed", result: "ok" }] as const;
  const history: History = [
    { type: "user", messageId: "p1", content: [{ type: "text", text: "Go" }] },
    { type: "step", stepId: "s1", text: "", calls },
    { type: "step", stepId: "s2", text: "", calls },
  ];
  const tools = [{ name: "files.read", description: "Reads.", parameters: {} }];
  const sent = chatBody(
    { model: "a/b", messages: projection(history, options).messages, tools },
    {
      model: "b",
      dialect: dialectOf("http://127.0.0.1:8000/v1"),
      lessons: new Set(),
      thinks: false,
      takesImages: null,
    },
  );
  const called = sent.messages.flatMap((message) =>
    message.role === "assistant" ? (message.tool_calls ?? []) : [],
  );
  const offered = sent.tools?.[0]?.function.name ?? "";
  expect(called.map((call) => call.function.name)).toEqual([offered, offered]);
  expect(new Set(called.map((call) => call.id)).size).toBe(2);
});

test("a linked file becomes a line that names its path", () => {
  const link = { type: "resource_link", uri: "file:///p/my%20file.ts", name: "my file.ts" } as const;
  const history: History = [
    { type: "user", messageId: "p1", content: [{ type: "text", text: "Look" }, link] },
  ];
  expect(projection(history, options).messages.at(-1)).toEqual({
    role: "user",
    content: "Look\nAttached file: /p/my file.ts",
  });
});

const said = (messageId: string, text: string): HistoryItem => {
  return { type: "user", messageId, content: [{ type: "text", text }] };
};
const reads = (count: number, characters: number): HistoryItem[] =>
  Array.from({ length: count }, (_, index) => {
    const call = { id: `v${index}`, name: "read", arguments: JSON.stringify({ path: `f${index}.ts` }) };
    const result = `line of file ${index}\n`.repeat(Math.ceil(characters / 18));
    return {
      type: "step",
      stepId: `s${index}`,
      text: "",
      calls: [{ toolCallId: `c${index}`, call, status: "completed", result }],
    };
  });
const contents = (messages: readonly ModelMessage[], role: ModelMessage["role"]) =>
  messages.flatMap((message) => (message.role === role ? [message.content] : []));

test("over the budget the oldest results become one line that names what recall takes, and the newest stay", () => {
  const history = [said("p1", "Look at all"), ...reads(8, 900)];
  const messages = projection(history, { ...options, budgetTokens: 2_000 }).messages;
  const results = contents(messages, "tool");
  expect(results.slice(0, 2)).toEqual(["read f0.ts (r1, cut; recall r1)", "read f1.ts (r2, cut; recall r2)"]);
  expect(results.at(-1)).toBe("line of file 7\n".repeat(50));
  expect(estimateMessages(messages)).toBeLessThanOrEqual(2_000);
});

test("stubs of edits keep their path and counts, those of commands their exit code, and long arguments are cut", () => {
  const long = "x".repeat(4_000);
  const call = (name: string, input: object, result: string): HistoryCall => {
    const made = { id: name, name, arguments: JSON.stringify(input) };
    return { toolCallId: name, call: made, status: "completed", result };
  };
  const history: History = [
    said("p1", "Go"),
    {
      type: "step",
      stepId: "s1",
      text: "",
      calls: [
        call("write", { path: "a.ts", content: long }, `Wrote a.ts: +90 −0\n${"1\tx\n".repeat(30)}`),
        call("shell", { command: "npm test" }, `${long}\n\nexit code 1, 0.2 s, in .`),
      ],
    },
    ...reads(3, 900),
  ];
  const messages = projection(history, { ...options, budgetTokens: 1_900 }).messages;
  expect(contents(messages, "tool").slice(0, 2)).toEqual([
    "write a.ts: Wrote a.ts: +90 −0 (r1, cut; recall r1)",
    "shell npm test: exit code 1, 0.2 s, in . (r2, cut; recall r2)",
  ]);
  const first = messages.find(({ role }) => role === "assistant");
  const written = first?.role === "assistant" ? (first.calls[0]?.arguments ?? "") : "";
  expect(JSON.parse(written)).toEqual({ path: "a.ts", content: `${"x".repeat(80)}… (4000 characters, cut)` });
});

test("the goal and the newest words are in every request, however long the work becomes", () => {
  const work: HistoryItem[] = [
    said("p1", "Make the SHOP faster"),
    ...reads(60, 1_500),
    said("p2", "and keep the API"),
  ];
  for (let length = 1; length <= work.length; length += 1) {
    const history = [...work.slice(0, length), ...(length > 30 ? [said("p3", "only in src")] : [])];
    const messages = projection(history, { ...options, budgetTokens: 3_000, profile: "small" }).messages;
    const heard = contents(messages, "user").join("\n");
    expect(heard).toContain("Make the SHOP faster");
    if (length > 30) expect(heard).toContain("only in src");
    expect(estimateMessages(messages)).toBeLessThanOrEqual(3_000);
    expect(requestFaults(messages)).toEqual([]);
  }
});

test("a request that is longer than the budget keeps its head and its tail", () => {
  const text = `START ${"word ".repeat(5_000)} END`;
  const messages = projection([said("p1", text)], {
    ...options,
    budgetTokens: 1_500,
    profile: "small",
  }).messages;
  const [heard = ""] = contents(messages, "user");
  expect(heard.startsWith("START")).toBe(true);
  expect(heard.endsWith("END")).toBe(true);
  expect(estimateMessages(messages)).toBeLessThanOrEqual(1_500);
});

test("what was read, changed and run before is noted once its steps are no longer shown", () => {
  const call = (name: string, input: object, result: string): HistoryCall => {
    const made = { id: name, name, arguments: JSON.stringify(input) };
    return { toolCallId: name, call: made, status: "completed", result };
  };
  const first: HistoryItem = {
    type: "step",
    stepId: "s-first",
    text: "",
    calls: [
      call("read", { path: "src/a.ts", offset: 10, limit: 50 }, "10\tx"),
      call("edit", { path: "src/a.ts" }, "src/a.ts: +2 −1"),
      call("shell", { command: "npm test" }, " ✗ adds two numbers\n\nexit code 1, 2.0 s, in ."),
    ],
  };
  const notes =
    "Files changed: src/a.ts +2 −1\nLast command: npm test → exit code 1, 2.0 s, in .\nFailing tests: adds two numbers\nFiles read:";
  expect(workingNotes([first], 1_000)).toBe(`${notes} src/a.ts 10-59`);
  const history = [said("p1", "Fix it"), first, ...reads(40, 900)];
  const messages = projection(history, { ...options, budgetTokens: 1_500, profile: "small" }).messages;
  expect(contents(messages, "user").join("\n")).toContain(notes);
});

test("the beginning of a request stays the same from step to step but for rare cuts", () => {
  const work = [said("p1", "Look at all"), ...reads(80, 700)];
  let changes = 0;
  let before: readonly ModelMessage[] = [];
  for (let length = 1; length <= work.length; length += 1) {
    const messages = projection(work.slice(0, length), { ...options, budgetTokens: 12_000 }).messages;
    const isSame = before.every(
      (message, index) => JSON.stringify(message) === JSON.stringify(messages[index]),
    );
    if (!isSame) changes += 1;
    before = messages;
  }
  expect(changes).toBeGreaterThan(0);
  expect(changes).toBeLessThanOrEqual(12);
});

test("a compaction stands for what came before it, and taken back it does not", () => {
  const work = [
    said("p1", "Build the shop"),
    ...reads(4, 90),
    said("p2", "with a cart"),
    ...reads(6, 90).slice(4),
  ];
  const compaction = {
    type: "compaction",
    compactionId: "k1",
    summary: "All is well.",
    keepFrom: "s4",
  } as const;
  const messages = projection([...work, compaction], options).messages;
  expect(contents(messages, "user")[0]).toBe(
    "# The user's first request\nBuild the shop\n\n# What the user said after it\n\nwith a cart\n\n# Summary of the work so far\nAll is well.\n\n# Notes on steps that are no longer shown\nFiles read: f0.ts; f1.ts; f2.ts; f3.ts",
  );
  expect(contents(messages, "tool")).toHaveLength(2);
  const undone = { ...compaction, summary: null, keepFrom: null };
  expect(projection([...work, undone], options).messages).toEqual(projection(work, options).messages);
});

test("the list of what is to be done comes last once the call that wrote it is cut", () => {
  const call = { id: "t", name: "todo", arguments: '{"todos":["whatever the model wrote"]}' };
  const plan = [
    { content: "write {tests}", priority: "medium", status: "completed" },
    { content: "fix it", priority: "medium", status: "in_progress" },
    { content: "tell", priority: "medium", status: "pending" },
  ] as const;
  const list: HistoryItem = {
    type: "step",
    stepId: "s-todo",
    text: "",
    calls: [{ toolCallId: "c-todo", call, status: "completed", result: "ok" }],
    plan,
  };
  const history = [said("p1", "Go"), list, ...reads(20, 900)];
  const messages = projection(history, { ...options, budgetTokens: 2_400, profile: "small" }).messages;
  expect(messages.at(-1)?.content).toBe(
    "<reminder>\nYour todo list:\n- [x] write {tests}\n- [~] fix it\n- [ ] tell\n</reminder>",
  );
});

test("the list of what is to be done is the one that the log has of the step, and goes with it", () => {
  const fold = emptyHistoryFold();
  const entries = [{ content: "Mend {a}", priority: "medium", status: "completed" }] as const;
  const told: SessionUpdate[] = [
    { sessionUpdate: "tool_call", toolCallId: "c1", title: "1", status: "pending" },
    { sessionUpdate: "plan", entries: [...entries] },
  ];
  for (const [index, update] of told.entries())
    applyToHistory(fold, { seq: index + 1, at: "2026-01-01T00:00:00.000Z", update, stepId: "s1" });
  expect(fold.items.map((item) => (item.type === "step" ? [item.stepId, item.plan] : null))).toEqual([
    ["s1", entries],
  ]);
});

test("thoughts and what stood beside a call are handed on to the model that made them, and left out where it is cut", () => {
  const call = { id: "v1", name: "read", arguments: "{}", extra: { google: { thought_signature: "x" } } };
  const step: HistoryItem = {
    type: "step",
    stepId: "s1",
    text: "Hm",
    calls: [{ toolCallId: "c1", call, status: "completed", result: "y".repeat(200) }],
    thought: "I think",
    origin: { model: "a/b", reasoningField: "reasoning_content" },
  };
  const origin = { model: "a/b", thought: "I think", reasoningField: "reasoning_content" };
  expect(projection([said("p1", "Go"), step], options).messages[2]).toEqual({
    role: "assistant",
    content: "Hm",
    calls: [call],
    origin,
  });
  const cut = projection([said("p1", "Go"), step, ...reads(6, 900)], {
    ...options,
    budgetTokens: 1_800,
  }).messages;
  expect(cut[2]).toMatchObject({ origin: { ...origin, thought: "" }, calls: [call] });
});

const anyHistory = fc.array(
  fc.oneof(
    fc
      .record({ size: fc.nat(9_000), id: fc.nat(9) })
      .map(({ size, id }) => said(`p${id}`, "word ".repeat(size / 5 + 1))),
    fc.record({ count: fc.nat(6), size: fc.nat(30_000), text: fc.nat(2_000) }).map(
      ({ count, size, text }): HistoryItem => ({
        type: "step",
        stepId: `s${count}-${size}`,
        text: "t".repeat(text),
        calls: Array.from({ length: count }, (_, index) => ({
          toolCallId: `${size}-${index}`,
          call: {
            id: `v${index}`,
            name: "write",
            arguments: JSON.stringify({ content: "ab ".repeat(size / 9) }),
          },
          status: "completed",
          result: "0f9a ".repeat(size / 5),
        })),
      }),
    ),
  ),
  { minLength: 1, maxLength: 20 },
);

test("MDL-12: whatever the history and the budget, the request fits and a strict endpoint takes it", () => {
  fc.assert(
    fc.property(anyHistory, fc.integer({ min: 300, max: 30_000 }), (history, budgetTokens) => {
      const messages = projection(history, {
        ...options,
        budgetTokens,
        reminders: ["R"],
        profile: "small",
      }).messages;
      expect(estimateMessages(messages)).toBeLessThanOrEqual(budgetTokens);
      expect(requestFaults(messages)).toEqual([]);
    }),
    { numRuns: 60, seed: 7 },
  );
});
