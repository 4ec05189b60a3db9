/** How little a request takes, and what still fits into a small window. */
import { expect, test } from "vitest";
import { call, calling, edit, mustSee, type Play, readUntil, type Seen } from "./stage/played-model.ts";
import { filler } from "./stage/sample-projects.ts";
import { startTask } from "./stage/task-stage.ts";
import { smallWindow, standardWindow, windows } from "./stage/windows.ts";

async function* greeting(): Play {
  yield { text: "Hello." };
  return undefined;
}

const bars = [
  { size: "8k", window: smallWindow, most: 1_600 },
  { size: "128k", window: standardWindow, most: 4_000 },
];

test.for(bars)(
  "the first request in an empty project has at most $most tokens ($size)",
  async ({ window, most }) => {
    const task = await startTask({
      window,
      goal: "Hello",
      files: { ".gitignore": "" },
      main: greeting,
      mode: "ask",
    });
    await task.say("Hello");
    await task.check();
    const [first] = task.model.requests();
    expect(first?.tokens).toBeGreaterThan(500);
    expect(first?.tokens).toBeLessThanOrEqual(most);
  },
);

test.for(bars)("instructions of 20 KB take their share and no more ($size)", async ({ window, most }) => {
  const files = { "AGENTS.md": "- Name things by what they are.\n".repeat(650) };
  const task = await startTask({ window, goal: "Hello", files, main: greeting });
  await task.say("Hello");
  await task.check();
  const [first] = task.model.requests();
  const share = window === smallWindow ? 500 : 2_700;
  expect(first?.tokens).toBeLessThanOrEqual(most + share);
  expect(JSON.stringify(first?.body.messages)).toContain("Name things by what they are");
});

const longFile = `${filler(86)}
/** The last word. */
export function lastWord(name) {
  return "bye " + name;
}
`;

async function* endOfFile(): Play {
  let seen: Seen = yield calling(call("read", { path: "src/long.mjs" }));
  if (!seen.results.join("").includes('return "bye " + name')) {
    const line = Number(/(\d+)(?:-\d+)?:? .*function lastWord/.exec(seen.results.join("\n"))?.[1] ?? 580);
    seen = yield* readUntil("src/long.mjs", /return "bye "/, line);
  }
  seen = yield calling(
    edit(seen, "src/long.mjs", { old: '  return "bye " + name;', new: "  return 'good bye ' + name;" }),
  );
  mustSee(seen, /\+1 [−-]1/);
  yield { text: "It says good bye now." };
  return undefined;
}

test.for(windows)("a file of 600 lines is edited at its end ($name)", async (window) => {
  const goal = "Let lastWord in src/long.mjs say good bye and the name.";
  const task = await startTask({ window, goal, files: { "src/long.mjs": longFile }, main: endOfFile });
  expect(longFile.split("\n").length).toBeGreaterThan(590);
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(await task.file("src/long.mjs")).toBe(longFile.replace('"bye " + name', () => "'good bye ' + name"));
});

const longPrompt = `Fix what this log says.\n${"2026-01-02 03:04:05 worker 17 waits for queue 3\n".repeat(900)}The last line is what matters: queue 3 has no reader.`;

async function* logReader(first: Seen): Play {
  mustSee(first, "Fix what this log says.", "queue 3 has no reader");
  const seen: Seen = yield calling(call("list", { path: "." }));
  mustSee(seen, "Fix what this log says.", "queue 3 has no reader");
  yield { text: "Queue 3 needs a reader." };
  return undefined;
}

test.for(windows)(
  "of a prompt that is too long for the window its head and its tail are told ($name)",
  async (window) => {
    const goal = "Fix what this log says.";
    const task = await startTask({ window, goal, files: { "a.txt": "a\n" }, main: logReader });
    expect(await task.say(longPrompt)).toMatchObject({ state: "idle", stopReason: "end_turn" });
    await task.check();
  },
);
