/** The demo's story, driven through its endpoint by the smallest agent there can be, in a real copy of the sample project. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { copySampleProject } from "../../src/demo/sample-project.ts";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";
import { prepareDemo } from "../../src/demo/start-demo.ts";
import { storyScript } from "../../src/demo/story.ts";
import { type MadeCall, runShell, runTinyTurn, type TinyTurn } from "./tiny-agent.ts";

type Setup = Pick<TinyTurn, "baseUrl" | "root" | "messages">;

async function demo(): Promise<Setup> {
  const model = await startScriptedModel({ script: storyScript({ pace: "instant" }) });
  const root = await copySampleProject();
  onTestFinished(async () => {
    await model.close();
    await rm(dirname(root), { recursive: true });
  });
  return { baseUrl: model.baseUrl, root, messages: [] };
}

/** A finished test run as the shell tool tells it, without running anything. */
function run(...failed: readonly string[]): string {
  const lines = failed.map((name) => `✖ ${name} (0.5ms)`).join("\n");
  return `${lines}\nℹ tests 8\nℹ fail ${failed.length}\nexit code ${failed.length > 0 ? 1 : 0}, 0.5 s`;
}

function summary(calls: readonly MadeCall[]): readonly string[] {
  return calls.map(({ name, input }) => `${name} ${input.command ?? input.path ?? input.pattern}`);
}

const loginFails = ["a login is still good after ten minutes", "every visit renews the login"];
const openingCalls = ["read package.json", "read README.md", "glob **/*.js"];
const lookingCalls = [
  ...openingCalls,
  "read src/auth.js",
  "read src/cookie.js",
  "read test/auth.test.js",
  "grep src",
];

test("looks, plans, runs the tests, and fixes what fails until all pass", async () => {
  const setup = await demo();
  const { text, calls } = await runTinyTurn({ ...setup, prompt: "make the tests pass" });
  expect(summary(calls)).toEqual([
    ...lookingCalls,
    "shell npm test",
    "edit src/auth.js",
    "shell npm test",
    "edit src/cookie.js",
    "shell npm test",
  ]);
  expect(text).toContain("a script stands in for the model");
  expect(text).toContain("2 of 8 tests fail");
  expect(text).toContain("one test caught what I missed");
  expect(text).toMatch(
    /All 8 tests pass\.[\s\S]+\n- `src\/auth.js`: .+\n- `src\/cookie.js`: .+\n\n```js\nexport const maxAge/,
  );
  expect(await runShell(setup.root, "node --test")).toContain("exit code 0");
  expect(await readFile(join(setup.root, "src/auth.js"), "utf8")).toContain("maxAge = 30 * 60 * 1000;");

  const again = await runTinyTurn({ ...setup, prompt: "Fix login timeout" });
  expect(summary(again.calls)).toEqual([...lookingCalls, "shell npm test"]);
  expect(again.text).toContain("All 8 tests pass already");
}, 30_000);

test("stops at a refused call, and asks for it again when told to go on", async () => {
  const setup = await demo();
  const refused = await runTinyTurn({
    ...setup,
    prompt: "make the tests pass",
    instead: ({ name }) => (name === "shell" ? 'The user refused this call and says: "not now"' : null),
  });
  expect(refused.text).toContain("`npm test` stays undone");
  expect(summary(refused.calls)).toEqual([...lookingCalls, "shell npm test"]);

  const resumed = await runTinyTurn({
    ...setup,
    prompt: "Go on.",
    instead: ({ name }) => (name === "shell" ? run() : null),
  });
  expect(summary(resumed.calls)).toEqual(["shell npm test"]);
  expect(resumed.text).toContain("All 8 tests pass already");
});

test("reads a file again when an edit fails, and makes the edit once more", async () => {
  const setup = await demo();
  let edits = 0;
  const { calls } = await runTinyTurn({
    ...setup,
    prompt: "fix the tests",
    instead: ({ name }) => {
      if (name === "shell") return edits > 1 ? run() : run(...loginFails);
      if (name !== "edit") return null;
      edits += 1;
      return edits === 1 ? "The file had changed. Read it again." : null;
    },
  });
  const seen = [
    "shell npm test",
    "edit src/auth.js",
    "read src/auth.js",
    "edit src/auth.js",
    "shell npm test",
  ];
  expect(summary(calls)).toEqual([...lookingCalls, ...seen]);
});

test("leaves a file alone that is not as the script knows it", async () => {
  const setup = await demo();
  const path = join(setup.root, "src/auth.js");
  await writeFile(path, (await readFile(path, "utf8")).replace("30 * 60", "45 * 60"));
  const { text } = await runTinyTurn({
    ...setup,
    prompt: "fix the login",
    instead: ({ name }) => (name === "shell" ? run(...loginFails) : null),
  });
  expect(text).toContain("`src/auth.js` is not as this script knows it");
});

test("goes by what it read before when a read says that nothing changed", async () => {
  const setup = await demo();
  const instead = ({ name }: { name: string }) => (name === "shell" ? run() : null);
  await runTinyTurn({ ...setup, prompt: "make the tests pass", instead });
  const { text } = await runTinyTurn({
    ...setup,
    prompt: "make the tests pass",
    instead: ({ name }) => (name === "read" ? "Unchanged since it was last read." : instead({ name })),
  });
  expect(text).toContain("All 8 tests pass already");
});

test("names failing tests that it does not know", async () => {
  const setup = await demo();
  const instead = ({ name }: { name: string }) => (name === "shell" ? run("the moon is full") : null);
  const { text } = await runTinyTurn({ ...setup, prompt: "fix the tests", instead });
  expect(text).toContain("- the moon is full");
});

test("runs the tests without npm when npm is not there", async () => {
  const setup = await demo();
  const instead = ({ name, input }: Omit<MadeCall, "result">) => {
    if (name !== "shell") return null;
    return input.command === "npm test" ? "bash: npm: command not found\nexit code 127" : run();
  };
  const { calls } = await runTinyTurn({ ...setup, prompt: "do the tests pass", instead });
  expect(summary(calls)).toEqual([...lookingCalls, "shell npm test", "shell node --test"]);
});

test("says so in a project that is not the sample", async () => {
  const setup = await demo();
  await rm(join(setup.root, "package.json"));
  const instead = ({ input }: Omit<MadeCall, "result">) =>
    input.path === "package.json" ? "No such file" : null;
  const { text, calls } = await runTinyTurn({ ...setup, prompt: "make the tests pass", instead });
  expect(summary(calls)).toEqual(openingCalls);
  expect(text).toContain("This is not the demo's sample project");
});

test("only plans in plan mode, and does it when told to go on", async () => {
  const setup = await demo();
  const reminder = "<reminder>\nPlan mode is on: only reading and searching is allowed.\n</reminder>";
  const planned = await runTinyTurn({ ...setup, prompt: "make the tests pass", reminder });
  expect(summary(planned.calls)).toEqual(lookingCalls);
  expect(planned.text).toContain("Plan mode only reads");

  const instead = ({ name }: { name: string }) => (name === "shell" ? run() : null);
  const done = await runTinyTurn({ ...setup, prompt: "go on", instead });
  expect(summary(done.calls)).toEqual(["shell npm test"]);
});

test("makes a call again whose outcome is unknown", async () => {
  const setup = await demo();
  let runs = 0;
  const instead = ({ name }: { name: string }) => {
    if (name !== "shell") return null;
    runs += 1;
    return runs === 1
      ? "Interrupted: the outcome of this call is unknown. Check before you repeat it."
      : run();
  };
  const { calls } = await runTinyTurn({ ...setup, prompt: "make the tests pass", instead });
  expect(summary(calls)).toEqual([...lookingCalls, "shell npm test", "shell npm test"]);
});

test("tells about the project from what its files say", async () => {
  const setup = await demo();
  const { text, calls } = await runTinyTurn({ ...setup, prompt: "Tell me about the project" });
  expect(calls.filter(({ name }) => name === "read")).toHaveLength(6);
  expect(text).toContain("## shop");
  expect(text).toContain("| `src/cart.js` | 16 | A cart and what it costs. All amounts are in cents. |");
  expect(text).toContain("```js\n/** Returns the session and renews it");
});

test("counts as far as it is asked to", async () => {
  const { text } = await runTinyTurn({ ...(await demo()), prompt: "count to 12" });
  expect(text.split(/\s+/)).toEqual(Array.from({ length: 12 }, (_, index) => `${index + 1}`).concat(""));
});

test("answers anything else with what it can do, and says that it is no model", async () => {
  const { text, calls } = await runTinyTurn({ ...(await demo()), prompt: "Write me a poem" });
  expect(calls).toEqual([]);
  expect(text).toMatch(/^I am the script of VoxPilot's demo, not a model/);
  expect(text.match(/^- `.+`/gm)).toEqual([
    "- `make the tests pass`",
    "- `tell me about the project`",
    "- `count to 100`",
  ]);
});

test("is listed as a script and not a model", async () => {
  const prepared = await prepareDemo({ pace: "instant" });
  onTestFinished(async () => {
    await prepared.close();
    await rm(dirname(prepared.projectPath), { recursive: true });
  });
  const response = await fetch(`${prepared.baseUrl}/models`);
  const listing = {
    id: "scripted",
    object: "model",
    created: 0,
    owned_by: "voxpilot",
    name: "Demo script (not a model)",
  };
  expect(await response.json()).toEqual({ object: "list", data: [{ ...listing, context_length: 128_000 }] });
});
