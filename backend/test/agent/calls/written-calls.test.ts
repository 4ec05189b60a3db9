/** Models without tool calling: what they write is done as other models' calls are, and told back in words. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { writtenCalls } from "../../../src/agent/calls/written-calls.ts";
import type { ModelRequest } from "../../../src/agent/model.ts";
import { requestFaults } from "../request-check.ts";
import { calls, ends, results, says, stage, stop, tool } from "../turn/turn-stage.ts";

function block(old: string, put: string): string {
  return `<<<<<<< SEARCH\n${old}=======\n${put}>>>>>>> REPLACE\n`;
}
const change = block("a\n", "b\n");
const edit = (path: string) => ["edit", { path, old: "a\n", new: "b\n" }] as const;
const patch = "*** Begin Patch\n*** Update File: a.ts\n@@\n-a\n+b\n*** End Patch";

const forms: readonly (readonly [string, string, readonly (readonly [string, unknown])[]])[] = [
  ["prose alone", "Look at `a.ts` and at <b>this</b>.\n\n```ts\nconst a = 1;\n```\nDone.", []],
  ["a path above the block", `I change it.\n\nsrc/a.ts\n${change}Done.`, [edit("src/a.ts")]],
  ["fenced, the path above the fence", `src/a.ts\n\`\`\`ts\n${change}\`\`\`\n`, [edit("src/a.ts")]],
  ["fenced, the path inside", `\`\`\`\nsrc/a.ts\n${change}\`\`\`\n`, [edit("src/a.ts")]],
  ["the fence names it", `\`\`\`src/a.ts\n${change}\`\`\`\n`, [edit("src/a.ts")]],
  ["an empty line between", `src/a.ts\n\n\`\`\`\n${change}\`\`\`\n`, [edit("src/a.ts")]],
  ["in bold and code", `**\`src/a.ts\`**:\n${change}`, [edit("src/a.ts")]],
  ["as a title", `### File: src/a.ts\n${change}`, [edit("src/a.ts")]],
  ["a name without an ending", `Makefile\n${change}`, [edit("Makefile")]],
  ["prose above is no path", `This is the change I make:\n${change}`, [["edit", { old: "a\n", new: "b\n" }]]],
  ["Windows line ends", `src/a.ts\n${change}`.replaceAll("\n", "\r\n"), [edit("src/a.ts")]],
  ["other lengths of the marks", `a.ts\n<<<<< SEARCH\na\n=====\nb\n>>>>> REPLACE`, [edit("a.ts")]],
  [
    "the path of the block before holds on, and both are one call",
    `a.ts\n${change}\n${block("c\n", "d\n")}`,
    [
      [
        "edit",
        {
          path: "a.ts",
          edits: [
            { old: "a\n", new: "b\n" },
            { old: "c\n", new: "d\n" },
          ],
        },
      ],
    ],
  ],
  ["two files are two calls", `a.ts\n${change}\nb.ts\n${change}`, [edit("a.ts"), edit("b.ts")]],
  [
    "lines that are removed",
    `a.ts\n${block("a\nb\n", "")}`,
    [["edit", { path: "a.ts", old: "a\nb\n", new: "" }]],
  ],
  [
    "nothing to search makes a new file, never over one that is there",
    `new.ts\n${block("", "a\n\nb\n")}`,
    [["apply_patch", { patch: "*** Begin Patch\n*** Add File: new.ts\n+a\n+\n+b\n*** End Patch" }]],
  ],
  ["a block without its end", `a.ts\n<<<<<<< SEARCH\na\n=======\nb\n`, [["edit", { path: "a.ts" }]]],
  ["a patch", `So:\n${patch}\nDone.`, [["apply_patch", { patch }]]],
  ["a fenced patch", `\`\`\`diff\n${patch}\n\`\`\``, [["apply_patch", { patch }]]],
  [
    "a patch in a heredoc",
    `\`\`\`run\napply_patch <<'EOF'\n${patch}\nEOF\n\`\`\``,
    [["apply_patch", { patch: `apply_patch <<'EOF'\n${patch}\nEOF` }]],
  ],
  [
    "files to read, whole or in part",
    "```read\nsrc/a.ts\n`b c.ts` 10-60\nd.ts:5\nsrc/\n```",
    [
      ["read", { path: "src/a.ts" }],
      ["read", { path: "b c.ts", offset: 10, limit: 51 }],
      ["read", { path: "d.ts", offset: 5 }],
      ["read", { path: "src/" }],
    ],
  ],
  ["a command", "```run\nnpm test &&\n  ls\n```", [["shell", { command: "npm test &&\n  ls" }]]],
  ["a command for the user to see is none to run", "```bash\nnpm start\n```", []],
  ["an empty order", "```run\n\n```", []],
  [
    "in the order of the answer",
    `\`\`\`run\nls\n\`\`\`\na.ts\n${change}\n\`\`\`read\na.ts\n\`\`\``,
    [["shell", { command: "ls" }], edit("a.ts"), ["read", { path: "a.ts" }]],
  ],
];

test.each(forms)("written: %s", (_name, text, made) => {
  const found = writtenCalls(text).calls.map((call) => [call.name, JSON.parse(call.arguments)]);
  expect(found).toEqual(made);
});

test("MDL-02: an answer that ends inside a block is known to be open, wherever it is cut in it", () => {
  const opening = { search: "a.ts\n<<<<<<< SEARCH\n", patch: "*** Begin Patch\n", run: "```run\n" };
  for (const [text, start] of [
    [`a.ts\n${change}`, opening.search],
    [`${patch}\n`, opening.patch],
    ["```run\nls\n```\n", opening.run],
  ] as const) {
    const whole = text.trimEnd().length;
    for (let cut = start.length; cut < whole; cut += 1)
      expect([text.slice(0, cut), writtenCalls(text.slice(0, cut)).isOpen]).toEqual([
        text.slice(0, cut),
        true,
      ]);
    expect(writtenCalls(text).isOpen).toBe(false);
  }
});

test("MDL-07: whatever is written, at most 64 calls are read from it, each with arguments that are JSON", () => {
  const piece = fc.constantFrom(
    ...forms.map(([, text]) => text),
    "=======\n",
    "```",
    "<<<<<<< SEARCH\n",
    "x",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const { calls: made } = writtenCalls(pieces.join("\n"));
      for (const call of made) expect(typeof JSON.parse(call.arguments)).toBe("object");
      return made.length <= 64;
    }),
  );
  expect(writtenCalls(`\`\`\`read\n${"a.ts\n".repeat(500)}\`\`\``).calls).toHaveLength(64);
});

/** What an endpoint without tools refuses. */
function wordFaults({ messages, tools }: ModelRequest): string[] {
  const others = messages.filter(
    (message) => message.role === "tool" || (message.role === "assistant" && message.calls.length > 0),
  );
  return [
    ...requestFaults(messages),
    ...others.map(({ role }) => `a ${role} message that is no text`),
    ...(tools.length > 0 ? ["tools"] : []),
  ];
}

const read = tool({ name: "read" });
const editing = tool({
  name: "edit",
  readOnly: false,
  run: async (_, path) => ({ text: `Changed ${path}` }),
});
const wordsOnly = { tools: false } as const;

test("what is written runs as calls do: asked for, logged, and its results come back in a message of the user's", async () => {
  const text = `I read it first.\n\n\`\`\`read\na.ts\n\`\`\`\n\nb.ts\n${change}`;
  const scene = stage({
    responses: [
      [says(text.slice(0, 30)), says(text.slice(30)), stop],
      [says("Done."), stop],
    ],
    tools: [read, editing],
    facts: wordsOnly,
    judge: (access) =>
      access.type === "write"
        ? { type: "ask", reach: [], dangerous: false }
        : { type: "allow", by: { kind: "mode", id: "ask", name: "ask" }, reach: [] },
    answer: async () => ({ type: "allowed" }),
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.questions).toMatchObject([{ toolCallId: "t1-s1-c2" }]);
  expect(results(scene.emitted)).toEqual({ "t1-s1-c1": "read a.ts", "t1-s1-c2": "Changed b.ts" });
  expect(
    scene.emitted.flatMap(({ update }) =>
      update.sessionUpdate === "tool_call" ? [update._meta?.model] : [],
    ),
  ).toEqual([
    { id: "", name: "read", arguments: '{"path":"a.ts"}', madeBy: "text" },
    { id: "", name: "edit", arguments: JSON.stringify(edit("b.ts")[1]), madeBy: "text" },
  ]);
  expect(scene.requests[0]?.messages[0]?.content).toContain("<<<<<<< SEARCH");
  expect(scene.requests[1]?.messages.slice(1)).toEqual([
    { role: "user", content: "Do it" },
    { role: "assistant", content: text, calls: [] },
    { role: "user", content: "Result of read a.ts:\nread a.ts\n\nResult of edit b.ts:\nChanged b.ts" },
  ]);
  expect(scene.requests.flatMap(wordFaults)).toEqual([]);
});

test("a plain no to a written call ends the turn, a stop answers all of them", async () => {
  const responses = [[says(`a.ts\n${change}\nb.ts\n${change}`), stop]];
  const refused = stage({
    responses,
    tools: [editing],
    facts: wordsOnly,
    judge: () => ({ type: "ask", reach: [], dangerous: false }),
    answer: async () => ({ type: "denied", feedback: null }),
  });
  expect(await refused.run()).toEqual({ stopReason: "cancelled" });
  expect(Object.keys(results(refused.emitted))).toEqual(["t1-s1-c1", "t1-s1-c2"]);
});

test("of a model that calls tools, what it writes stays words", async () => {
  for (const facts of [{}, { tools: true }]) {
    const scene = stage({ responses: [[says(`a.ts\n${change}`), stop]], tools: [editing], facts });
    expect(await scene.run()).toEqual({ stopReason: "end_turn" });
    expect(results(scene.emitted)).toEqual({});
    expect(scene.requests[0]?.messages[0]?.content).not.toContain("SEARCH");
  }
});

test("MDL-02: an answer that is cut off inside a block runs nothing and is asked for again", async () => {
  const scene = stage({
    responses: [
      [says(`a.ts\n${change}\nb.ts\n<<<<<<< SEARCH\nx`), ends({ type: "length" })],
      [says("Done."), stop],
    ],
    tools: [editing],
    facts: wordsOnly,
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(results(scene.emitted)).toEqual({});
  expect(scene.requests[1]?.messages.at(-1)?.content).toContain("cut off at the output limit");
  expect(scene.requests.flatMap(wordFaults)).toEqual([]);
});

test("an endpoint that refuses tools is asked once more, in words, and what was called before is told", async () => {
  const facts: { tools: boolean | null } = { tools: null };
  const refusal = ends({
    type: "problem",
    problem: { code: "model_invalid_request", status: 400, detail: "m does not support tools" },
    retryable: false,
  });
  const scene = stage({
    responses: [
      [calls(["read", { path: "a.ts" }])],
      async function* () {
        facts.tools = false;
        yield refusal;
      },
      [says("```read\nb.ts\n```"), stop],
      [says("Done."), stop],
    ],
    tools: [read],
    facts,
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests.map(({ tools }) => tools.length)).toEqual([1, 1, 0, 0]);
  expect(scene.requests.slice(2).flatMap(wordFaults)).toEqual([]);
  expect(scene.requests[2]?.messages.slice(1)).toEqual([
    { role: "user", content: "Do it" },
    { role: "assistant", content: '(Called read with {"path":"a.ts"})', calls: [] },
    { role: "user", content: "Result of read a.ts:\nread a.ts" },
  ]);
  expect(scene.requests[3]?.messages.at(-1)?.content).toBe("Result of read b.ts:\nread b.ts");
});

test("in a small window old blocks and their results give way, the goal stays", async () => {
  const long = "const value = compute(1, 2, 3);\n".repeat(60);
  const scene = stage({
    responses: [
      ...Array.from({ length: 12 }, (_, index) => [
        says(`f${index}.ts\n${block(`// ${index}\n${long}`, "b\n")}\n\`\`\`read\nf${index}.ts\n\`\`\``),
        stop,
      ]),
      [says("Done."), stop],
    ],
    tools: [{ ...read, ...tool({ name: "read", run: async () => ({ text: long }) }) }, editing],
    facts: { tools: false, contextWindow: 8_000 },
    prompt: "Keep the goal GOAL-7",
  });
  expect(await scene.run()).toEqual({ stopReason: "end_turn" });
  expect(scene.requests.flatMap(wordFaults)).toEqual([]);
  for (const { messages } of scene.requests) {
    expect(JSON.stringify(messages)).toContain("GOAL-7");
    expect(JSON.stringify(messages).length / 3.3).toBeLessThan(8_000);
  }
});

test("RES-01: written orders of nothing but white space are read in a moment", () => {
  const line = `a${" :".repeat(100_000)}x${" ".repeat(100_000)}y`;
  expect(writtenCalls(`\`\`\`read\n${line}\n\`\`\`\n`).calls).toHaveLength(1);
  expect(writtenCalls(`a${"*".repeat(300_000)}b\n\`\`\`read\nsrc/a.ts:10-60\n\`\`\`\n`).calls).toEqual([
    expect.objectContaining({
      name: "read",
      arguments: JSON.stringify({ path: "src/a.ts", offset: 10, limit: 51 }),
    }),
  ]);
});
