/** Tasks on code, done whole in every window: each request fits, the goal is in each, and the files are right in the end. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import {
  call,
  calling,
  edit,
  mustSee,
  type Play,
  readUntil,
  recallUntil,
  type Seen,
} from "./stage/played-model.ts";
import { copies, shopWithBug, shopWithCallers, shopWithCopies } from "./stage/sample-projects.ts";
import { startTask } from "./stage/task-stage.ts";
import { windows } from "./stage/windows.ts";

const run = promisify(execFile);
const tests = call("shell", { command: "node test/run.mjs" });

async function* bugFix(): Play {
  let seen: Seen = yield { text: "I run the tests first.", calls: [tests] };
  mustSee(seen, "one thing, twice", "expected 2490, got 1492", "exit code 1");
  seen = yield calling(call("grep", { pattern: "export function total", path: "src" }));
  const line = Number(/(\d+): export function total/.exec(seen.results.join(""))?.[1]);
  const lines = call("read", { path: "src/cart.mjs", offset: line - 2, limit: 8 });
  seen = yield calling(lines);
  seen = yield calling(
    edit(seen, "src/cart.mjs", { old: "sum + price + count", new: "sum + price * count" }),
    tests,
  );
  seen = yield* recallUntil(seen, /not ok 152 - exactly 5,000 .*\n.*expected 5000, got 5490/);
  if (!seen.text.includes("goods > 5000")) seen = yield calling(lines);
  seen = yield calling(edit(seen, "src/cart.mjs", { old: "goods > 5000", new: "goods >= 5000" }), tests);
  mustSee(seen, "# tests 252, failed 0", "exit code 0");
  yield {
    text: "Two faults in `total`: it added the count, and 5,000 cents were not free. All 252 tests pass.",
  };
  return undefined;
}

test.for(windows)("a bug is fixed with failing tests first ($name)", async (window) => {
  const goal = "The tests fail. Find out why and put it right; change nothing but src/cart.mjs.";
  const task = await startTask({ window, goal, files: shopWithBug, main: bugFix });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  const { stdout } = await run("node", ["test/run.mjs"], { cwd: task.root });
  expect(stdout).toContain("failed 0");
});

async function* refactor(): Play {
  let seen: Seen = yield calling(call("grep", { pattern: "function money", path: "src" }));
  mustSee(seen, ...copies.map((name) => `src/${name}.mjs`));
  const money = 'export function money(cents) {\n  return (cents / 100).toFixed(2) + " EUR";\n}\n';
  const own = money.replace("export ", "");
  seen = yield calling(call("write", { path: "src/money.mjs", content: money }));
  for (const name of copies) {
    const path = `src/${name}.mjs`;
    seen = yield calling(call("grep", { pattern: "^function money", path }));
    const line = Number(/(\d+): function money/.exec(seen.results.join(""))?.[1]);
    seen = yield* readUntil(path, /function money/, line - 2);
    const first = `/** Works out part ${copies.indexOf(name) * 100 + 1} of`;
    seen = yield calling(
      call("edit", {
        path,
        edits: [
          { old: `${own}\n`, new: "" },
          { old: first, new: `import { money } from "./money.mjs";\n\n${first}` },
        ],
      }),
    );
  }
  seen = yield calling(call("shell", { command: "node check.mjs" }));
  mustSee(seen, "all 5 pages use one money");
  yield { text: "`money` stands in src/money.mjs alone now." };
  return undefined;
}

test.for(windows)("a function that five files have is moved into one ($name)", async (window) => {
  const goal = "Move the function money, which every page has its own copy of, into src/money.mjs.";
  const task = await startTask({ window, goal, files: shopWithCopies, main: refactor });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  const { stdout } = await run("node", ["check.mjs"], { cwd: task.root });
  expect(stdout).toBe("all 5 pages use one money\n");
});

const perStep = 6;

async function* rename(): Play {
  for (let round = 0; round < 10; round += 1) {
    const seen: Seen = yield calling(call("grep", { pattern: "fetchUser", mode: "files" }));
    const paths = seen.results.join("\n").match(/src\/\S+\.mjs/g) ?? [];
    if (paths.length === 0) break;
    yield calling(
      ...paths
        .slice(0, perStep)
        .map((path) => call("edit", { path, old: "fetchUser", new: "loadUser", all: true })),
    );
  }
  const seen: Seen = yield calling(call("shell", { command: "node check.mjs" }));
  mustSee(seen, "all 30 callers work");
  yield { text: "`fetchUser` is `loadUser` in all 31 files." };
  return undefined;
}

test.for(windows)("a function is renamed over thirty-one files ($name)", async (window) => {
  const goal = "Rename fetchUser to loadUser wherever it stands, and run check.mjs in the end.";
  const task = await startTask({ window, goal, files: shopWithCallers, main: rename });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  const { stdout } = await run("git", ["grep", "-c", "loadUser"], { cwd: task.root });
  expect(stdout.trim().split("\n")).toHaveLength(31);
  const left = await run("git", ["grep", "-c", "fetchUser"], { cwd: task.root }).catch(({ code }) => code);
  expect(left).toBe(1);
});
