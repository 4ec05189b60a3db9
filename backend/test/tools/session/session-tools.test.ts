import { join } from "node:path";
import { expect, test } from "vitest";
import type { PersonAnswer, PlanEntry, SubagentTask, Tool, ToolContext } from "../../../src/agent/tool.ts";
import { askTool } from "../../../src/tools/session/ask.ts";
import { exitPlanTool } from "../../../src/tools/session/exit-plan.ts";
import { KeptTexts } from "../../../src/tools/session/kept-texts.ts";
import { createRecallTool } from "../../../src/tools/session/recall.ts";
import { createSkillTool } from "../../../src/tools/session/skill.ts";
import { createTaskTool } from "../../../src/tools/session/task.ts";
import { todoTool } from "../../../src/tools/session/todo.ts";
import { stage } from "../stage.ts";

async function textOf<Input>(tool: Tool<Input>, input: unknown, context: ToolContext): Promise<string> {
  const planned = await tool.plan(tool.input.parse(input), context);
  expect(planned.access).toEqual({ type: "none" });
  return (await planned.run(context)).text;
}

test("todo shows the whole list, takes other dialects' words, and keeps one item in progress", async () => {
  const { context } = await stage();
  const shown: (readonly PlanEntry[])[] = [];
  const watched = { ...context, showPlan: (entries: readonly PlanEntry[]) => void shown.push(entries) };
  const items = [
    { text: "one", status: "completed" },
    { content: "two", status: "in-progress" },
    { title: "three", status: "doing" },
    "four",
  ];
  expect(await textOf(todoTool, { items }, watched)).toBe(
    "1 of 4 done. Now: two\nOnly the first item in progress was kept so: do one at a time.",
  );
  expect(shown).toEqual([
    [
      { content: "one", priority: "medium", status: "completed" },
      { content: "two", priority: "medium", status: "in_progress" },
      { content: "three", priority: "medium", status: "pending" },
      { content: "four", priority: "medium", status: "pending" },
    ],
  ]);
  expect(await textOf(todoTool, { items: [{ text: "a", status: "done" }] }, watched)).toBe(
    "All 1 done. Check the result, then sum up.",
  );
  expect(todoTool.input.safeParse({ items: [{ text: "a", status: "else" }] }).success).toBe(false);
});

test.each<[PersonAnswer, string | RegExp]>([
  [{ type: "chosen", choice: 1, text: null }, "The user chose: b"],
  [{ type: "chosen", choice: 0, text: "now" }, "The user chose: a\nand says: now"],
  [{ type: "said", text: "c" }, "The user says: c"],
  [
    { type: "refused", text: null },
    "The user does not want to answer. Decide yourself and say what you assumed.",
  ],
])("ask tells the answer %j", async (answer, text) => {
  const { context } = await stage();
  const asked: unknown[] = [];
  const asking: ToolContext = {
    ...context,
    ask: async (subject) => {
      asked.push(subject);
      return answer;
    },
  };
  expect(await textOf(askTool, { question: "Which?", options: [{ label: "a" }, "b"] }, asking)).toBe(text);
  expect(asked).toEqual([{ type: "question", question: "Which?", options: ["a", "b"] }]);
});

test.each<[PersonAnswer, "ask" | "edit" | null, RegExp]>([
  [
    { type: "chosen", choice: 0, text: null },
    "ask",
    /accepted the plan\. The session is now in ask mode.*Begin with the first step\.$/,
  ],
  [{ type: "chosen", choice: 1, text: "# P" }, "edit", /in edit mode.*Begin with the first step\.$/],
  [{ type: "chosen", choice: 1, text: "# Q" }, "edit", /this is what counts:\n\n# Q$/],
  [
    { type: "refused", text: "smaller" },
    null,
    /^The user wants the plan changed: smaller\nStay in plan mode/,
  ],
  [{ type: "refused", text: null }, null, /did not accept the plan\. Stay in plan mode and ask/],
])("exit_plan: %j", async (answer, mode, text) => {
  const { context } = await stage();
  const modes: string[] = [];
  const asking: ToolContext = {
    ...context,
    ask: () => Promise.resolve(answer),
    mode: () => "plan",
    setMode: (next) => void modes.push(next),
  };
  expect(await textOf(exitPlanTool, { plan: "# P" }, asking)).toMatch(text);
  expect(modes).toEqual(mode === null ? [] : [mode]);
});

test.each(["ask", "edit", "auto"] as const)("APR-15: in %s mode there is no plan to accept", async (mode) => {
  const { context } = await stage();
  const set: string[] = [];
  const asked: unknown[] = [];
  const elsewhere: ToolContext = {
    ...context,
    mode: () => mode,
    ask: (subject) => {
      asked.push(subject);
      return Promise.resolve({ type: "chosen", choice: 1, text: null });
    },
    setMode: (next) => void set.push(next),
  };
  await expect(exitPlanTool.plan({ plan: "# P" }, elsewhere)).rejects.toThrow(
    `The session is in ${mode} mode, not in plan mode: there is no plan to accept. Go on with the work.`,
  );
  expect([asked, set]).toEqual([[], []]);
});

test("APR-15: who left plan mode while a plan waited has chosen; the plan's answer changes no mode", async () => {
  const { context } = await stage();
  const set: string[] = [];
  const modes = ["plan", "auto"] as const;
  let at = 0;
  const meanwhile: ToolContext = {
    ...context,
    mode: () => modes[at] ?? "ask",
    ask: () => {
      at = 1;
      return Promise.resolve({ type: "chosen", choice: 0, text: null });
    },
    setMode: (next) => void set.push(next),
  };
  await expect(textOf(exitPlanTool, { plan: "# P" }, meanwhile)).rejects.toThrow(/not in plan mode/);
  expect(set).toEqual([]);
});

test("recall pages through kept texts and earlier results, every character", async () => {
  const { context, failure } = await stage();
  const texts = new KeptTexts();
  const tool = createRecallTool(texts);
  expect(texts.keep("session-1", `one\n${"x".repeat(4_500)}\nend`)).toBe("o1");
  expect(await textOf(tool, { id: "o1", offset: 4 }, context)).toBe(
    `${"x".repeat(500)}\nend\n\n(lines 4 to 5 of 5, the end)`,
  );
  expect(await textOf(tool, { id: "o1", limit: 1 }, context)).toBe(
    "one\n\n(lines 1 to 1 of 5; continue with offset=2)",
  );
  const earlier = { ...context, recall: (id: string) => (id === "r7" ? "a result" : null) };
  expect(await textOf(tool, { id: "r7" }, earlier)).toBe("a result");
  expect(await failure(tool, { id: "r8" })).toMatch(
    /^There is no result r8\. There are o1 .*make the call again\.$/,
  );
});

test("kept texts are bounded, and none of another session", () => {
  const texts = new KeptTexts();
  for (let count = 0; count < 25; count += 1) texts.keep("a", "x");
  expect(texts.ids("a")).toEqual(Array.from({ length: 20 }, (_, index) => `o${index + 6}`));
  texts.keep("a", "y".repeat(2_000_000));
  expect(texts.ids("a")).toEqual(["o26"]);
  expect(texts.find("b", "o26")).toBeNull();
});

test("task: explorers run beside each other, those that change something one after the other", async () => {
  const { context } = await stage();
  const tool = createTaskTool();
  const events: string[] = [];
  const waiting: (() => void)[] = [];
  const delegate = async ({ prompt }: SubagentTask) => {
    events.push(`${prompt} begins`);
    await new Promise<void>((resolve) => waiting.push(resolve));
    events.push(`${prompt} ends`);
    return { text: prompt, steps: 1, tokens: null, failed: false };
  };
  const parent = { ...context, delegate };
  const run = (prompt: string, kind: string) => textOf(tool, { prompt, kind }, parent);
  const all = Promise.all([
    run("a", "explore"),
    run("b", "Explore"),
    run("c", "general"),
    run("d", "general"),
  ]);
  for (let count = 0; count < 4; count += 1) {
    await expect.poll(() => waiting.length).toBeGreaterThan(count);
    if (count === 0) await expect.poll(() => waiting.length).toBe(3);
    waiting[count]?.();
  }
  expect(await all).toEqual(["a", "b", "c", "d"]);
  expect(events.indexOf("d begins")).toBeGreaterThan(events.indexOf("c ends"));
  expect(events.indexOf("b begins")).toBeLessThan(events.indexOf("a ends"));
});

test("task: a subagent without a report is an error, one that did not finish is told so", async () => {
  const { failure, context } = await stage();
  const tool = createTaskTool();
  expect(await failure(tool, { prompt: "x", kind: "explore" })).toBe(
    "The subagent ended without a report. Do this part yourself, or give it a smaller one.",
  );
  const report = { text: "half", steps: 3, tokens: 10, failed: true };
  const parent = { ...context, delegate: () => Promise.resolve(report) };
  expect(await (await tool.plan({ prompt: "x", kind: "explore" }, parent)).run(parent)).toEqual({
    text: "half",
    output: { type: "subagent", steps: 3, tokens: 10 },
    failed: true,
  });
});

test("skill loads a project's skill, and names those that there are", async () => {
  const { context, failure, root } = await stage({
    ".agents/skills/release/SKILL.md":
      "---\nname: release\ndescription: How to release\n---\nTag, then push.\n",
  });
  const tool = createSkillTool(() => null);
  expect(await textOf(tool, { name: "release" }, context)).toBe(
    `Skill release; its files lie in ${join(".agents", "skills", "release")}.\n\nTag, then push.`,
  );
  expect(root).not.toBe("");
  expect(await failure(tool, { name: "other" })).toBe(
    "There is no skill other. There are: release. Load one of these, or go on without.",
  );
});
