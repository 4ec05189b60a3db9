/** Configured checks: they run after an answer that changed files, and the model is told with the results of that answer. */
import { expect, test } from "vitest";
import * as z from "zod";
import type { Verdict } from "../../../src/agent/permission.ts";
import type { Tool } from "../../../src/agent/tool.ts";
import { createToolBook } from "../../../src/agent/tool-book.ts";
import { requestFaults } from "../request-check.ts";
import { allowAll, calls, results, says, stage, stop, tool } from "./turn-stage.ts";

/** A shell that only says what it was asked; `ends` tells how a command ends. */
function shell(ran: string[], ends: (command: string) => string = () => "exit code 0, 0.1 s, in ."): Tool {
  const input = z.object({ command: z.string(), cwd: z.string().optional() });
  const made: Tool<z.infer<typeof input>> = {
    name: "shell",
    kind: "execute",
    description: "Runs.",
    input,
    synonyms: {},
    readOnly: false,
    title: ({ command }) => command,
    plan: async ({ command, cwd }) => ({
      title: command,
      locations: [],
      access: { type: "execute", command, cwd: cwd ?? "." },
      subject: { type: "command", command, cwd: cwd ?? "." },
      content: [],
      basis: command,
      run: async () => {
        ran.push(command);
        return { text: `out of ${command}\n\n${ends(command)}` };
      },
    }),
  };
  return made as Tool;
}

const edit = tool({ name: "edit", readOnly: false });
const read = tool({ name: "read" });

function scene(
  options: Partial<Parameters<typeof stage>[0]> & Pick<Parameters<typeof stage>[0], "responses">,
  { commands = ["lint", "test"], ends }: { commands?: string[]; ends?: (command: string) => string } = {},
) {
  const ran: string[] = [];
  const made = shell(ran, ends);
  const tools = [edit, read, made];
  return { ran, ...stage({ tools, checks: { commands, tools: createToolBook([made]) }, ...options }) };
}

const done = [says("Done."), stop];

test("after the last change of an answer the checks run once, as rows of their own, and are told with its results", async () => {
  const at = scene(
    { responses: [[calls(["edit", { path: "a" }], ["edit", { path: "b" }], ["read", { path: "a" }])], done] },
    { ends: (command) => `exit code ${command === "test" ? 1 : 0}, 0.1 s, in .` },
  );
  expect(await at.run()).toEqual({ stopReason: "end_turn" });
  expect(at.ran).toEqual(["lint", "test"]);
  expect(Object.keys(results(at.emitted))).toEqual([
    "t1-s1-c1",
    "t1-s1-c2",
    "t1-s1-c3",
    "t1-s1-v1",
    "t1-s1-v2",
  ]);
  expect(
    at.emitted.flatMap(({ update }) =>
      update.sessionUpdate === "tool_call" && update.kind === "execute" ? [[update.title, update._meta]] : [],
    ),
  ).toEqual(
    ["lint", "test"].map((command) => [
      command,
      {
        model: { id: "", name: "shell", arguments: JSON.stringify({ command, cwd: "." }), madeBy: "check" },
      },
    ]),
  );
  const told = at.requests[1]?.messages ?? [];
  expect(told.map(({ role }) => role)).toEqual([
    "system",
    "user",
    "assistant",
    "tool",
    "tool",
    "tool",
    "user",
  ]);
  expect(told.at(-1)?.content).toBe(
    "Check after your edits, `test`:\nout of test\n\nexit code 1, 0.1 s, in .\n\nCheck after your edits, `lint`:\npassed: exit code 0, 0.1 s, in .",
  );
  expect(at.requests.flatMap(({ messages }) => requestFaults(messages))).toEqual([]);
});

test("they do not run where nothing was changed, or the model ran them itself after its last change", async () => {
  const failing = tool({ name: "edit", readOnly: false, run: () => Promise.reject(new Error("no")) });
  const table = [
    [calls(["read", { path: "a" }]), {}, []],
    [calls(["edit", { path: "a" }]), { tools: [failing, read] }, []],
    [calls(["edit", { path: "a" }], ["shell", { command: "test" }]), {}, ["test", "lint"]],
    [calls(["shell", { command: "test" }], ["edit", { path: "a" }]), {}, ["test", "lint", "test"]],
  ] as const;
  for (const [call, options, ran] of table) {
    const at = scene({ responses: [[call], done], ...options });
    expect(await at.run()).toEqual({ stopReason: "end_turn" });
    expect(at.ran).toEqual(ran);
  }
});

test("that a check says the same again and again is no circle, and stops nothing", async () => {
  const change = (index: number) => [calls(["edit", { path: `a${index}` }])];
  const at = scene({ responses: [...Array.from({ length: 8 }, (_, index) => change(index)), done] });
  expect(await at.run()).toEqual({ stopReason: "end_turn" });
  expect(at.ran).toHaveLength(16);
  expect(at.emitted.filter(({ update }) => update.sessionUpdate === "notice")).toEqual([]);
});

test("INJ-02: a check is judged and asked for as any command; refused, it ends no turn and is not asked for again in it", async () => {
  const ask: Verdict = { type: "ask", reach: [], dangerous: false };
  const at = scene({
    responses: [[calls(["edit", { path: "a" }])], [calls(["edit", { path: "b" }])], done],
    judge: (access) => (access.type === "execute" ? ask : allowAll()),
    answer: async () => ({ type: "denied", feedback: null }),
  });
  expect(await at.run()).toEqual({ stopReason: "end_turn" });
  expect(at.questions.map(({ subject }) => subject)).toEqual([
    { type: "command", command: "lint", cwd: "." },
  ]);
  expect(at.ran).toEqual([]);
  expect(Object.keys(results(at.emitted))).toEqual(["t1-s1-c1", "t1-s1-v1", "t1-s1-v2", "t1-s2-c1"]);
});

test("a model that takes no tools has its written changes checked too", async () => {
  const text = "a.ts\n<<<<<<< SEARCH\na\n=======\nb\n>>>>>>> REPLACE";
  const at = scene(
    { responses: [[says(text), stop], done], facts: { tools: false } },
    { commands: ["test"] },
  );
  expect(await at.run()).toEqual({ stopReason: "end_turn" });
  expect(at.ran).toEqual(["test"]);
  expect(at.requests[1]?.messages.at(-1)).toEqual({
    role: "user",
    content:
      "Result of edit a.ts:\nedit a.ts\n\nCheck after your edits, `test`:\npassed: exit code 0, 0.1 s, in .",
  });
});
