/** Work that is much longer than a small window: what was thought out is summed up, what a person says meanwhile is kept. */
import { expect, test } from "vitest";
import { call, calling, mustSee, type Play, readUntil, type Seen } from "./stage/played-model.ts";
import { shopWithBug } from "./stage/sample-projects.ts";
import { startTask, type Task } from "./stage/task-stage.ts";
import { smallWindow, windows } from "./stage/windows.ts";

const thoughts =
  "I looked at several ways. Keeping prices as floats is out, since sums drift; decimals would need a package. So cents stay whole numbers, as AGENTS.md says, and rounding happens once, at the end. ";

async function* thinker(): Play {
  for (let round = 0; round < 8; round += 1) {
    const read = call("read", { path: "src/cart.mjs", offset: round * 30 + 1, limit: 60 });
    yield { text: `${thoughts.repeat(6)}Part ${round} is next.`, calls: [read] };
  }
  const seen: Seen = yield calling(call("list", { path: "src" }));
  mustSee(seen, "Goal: as the user first asked.");
  yield { text: "Whole cents it is." };
  return undefined;
}

test("what was decided is summed up before a small window lets go of it (8k)", async () => {
  const goal = "Find out how the shop should keep its prices.";
  const task = await startTask({ window: smallWindow, goal, files: shopWithBug, main: thinker });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  const compactions = await task.updates("compaction_update");
  expect(compactions.length).toBeGreaterThanOrEqual(2);
  expect(compactions.at(-1)).toMatchObject({
    status: "completed",
    trigger: "budget",
    summary: expect.stringContaining("Next steps"),
  });
  const asked = task.model.requests().filter(({ answeredBy }) => answeredBy === "summary");
  expect(asked.length).toBeLessThanOrEqual(3);
});

test.for(windows)("what is said into a running turn holds to its end ($name)", async (window) => {
  const goal = "Count the functions of src/cart.mjs.";
  const said = "Leave out those whose number is even.";
  let task: Task | null = null;

  async function* main(): Play {
    yield* readUntil("src/cart.mjs", /part50/, 150);
    await task?.send(said, "steer");
    let seen = yield* readUntil("src/cart.mjs", /export function total/);
    mustSee(seen, said);
    for (let round = 0; round < 4; round += 1) seen = yield* readUntil("src/cart.mjs", /part50/, 150 + round);
    mustSee(seen, said);
    yield { text: "There are 25 odd ones, and total." };
    return undefined;
  }

  task = await startTask({ window, goal, files: shopWithBug, main });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
});

const table = Array.from({ length: 120 }, (_, index) => `  [${index}, "row ${index} of the table"],`).join(
  "\n",
);

async function* writer(): Play {
  const parts = ["one", "two", "three"];
  for (const name of parts) {
    const content = `export const ${name} = new Map([\n${table}\n]);\n`;
    yield calling(call("write", { path: `src/${name}.mjs`, content }));
  }
  const check =
    'node -e \'for (const n of ["one","two","three"]) import("./src/" + n + ".mjs").then((m) => console.log(n, m[n].size))\'';
  const seen: Seen = yield calling(call("shell", { command: check }));
  mustSee(seen, "one 120", "two 120", "three 120");
  yield { text: "The three tables are there." };
  return undefined;
}

test.for(windows)("files that are long to write are written, one after the other ($name)", async (window) => {
  const goal = "Write three tables of 120 rows, one file each.";
  const task = await startTask({ window, goal, files: { "a.txt": "a\n" }, main: writer });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect((await task.file("src/three.mjs")).split("\n")).toHaveLength(123);
});

async function* talker(first: Seen): Play {
  let seen = first;
  for (let prompt = 1; prompt <= 12; prompt += 1) {
    mustSee(seen, `Prompt ${prompt}:`);
    seen = yield calling(call("read", { path: "src/cart.mjs", offset: prompt * 10, limit: 60 }));
    seen = yield { text: `That was ${prompt}.` };
  }
  return undefined;
}

test.for(windows)("a conversation of twelve prompts goes on in each of them ($name)", async (window) => {
  const task = await startTask({ window, goal: "Prompt 1: look at", files: shopWithBug, main: talker });
  for (let prompt = 1; prompt <= 12; prompt += 1) {
    const end = await task.say(`Prompt ${prompt}: look at line ${prompt * 10} of src/cart.mjs.`);
    expect(end).toMatchObject({ state: "idle", stopReason: "end_turn" });
  }
  await task.check();
});
