/** A command that takes too long becomes a background job; when it ends, the model and the person are told, once. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test, vi } from "vitest";
import { call, calling, mustSee, type Play, readUntil, type Seen } from "./stage/played-model.ts";
import { shopWithBug } from "./stage/sample-projects.ts";
import { startTask, type Task } from "./stage/task-stage.ts";
import { windows } from "./stage/windows.ts";

const run = promisify(execFile);

test.for(windows)("a time-out becomes a background job and is reported ($name)", async (window) => {
  const goal = "Run the build; while it runs, look at how cart.mjs ends. Then say how both went.";
  let task: Task | null = null;

  async function* main(): Play {
    // The build waits for whoever opens the gate: no clock decides how long it takes.
    const build = call("shell", { command: "cat gate > built.txt && echo all built", timeout: 0.2 });
    let seen: Seen = yield calling(build);
    const job = /as job (j\d+)/.exec(seen.results.join(""))?.[1] ?? "";
    mustSee(seen, "still running", "goes on in the background");
    seen = yield* readUntil("src/cart.mjs", /part50/, 200);
    await opened(task, job);
    seen = yield calling(call("grep", { pattern: "part50", path: "src" }));
    mustSee(seen, new RegExp(`background job ${job} .* has ended: exit code 0`));
    seen = yield calling(call("job", { id: job, action: "read" }));
    mustSee(seen, "all built", `${job}: exit code 0`);
    yield { text: "The build is done, and part50 is the last function." };
    return undefined;
  }

  task = await startTask({ window, goal, files: shopWithBug, main });
  await run("mkfifo", [join(task.root, "gate")]);
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(await task.file("built.txt")).toBe("bricks\n");
  const told = (await task.updates("notice")).filter((one) => JSON.stringify(one).includes("job_ended"));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatchObject({ code: "job_ended", data: { exitCode: 0 } });
});

/** Lets the build go on, and resolves once its end is known. */
async function opened(task: Task | null, job: string): Promise<void> {
  if (task === null) throw new Error("There is no task.");
  const { id } = task.session();
  await writeFile(join(task.root, "gate"), "bricks\n");
  await vi.waitFor(() => {
    if (
      task
        .jobs()
        .list(id)
        .find(({ jobId }) => jobId === job)?.end === null
    )
      throw new Error("still running");
  });
}
