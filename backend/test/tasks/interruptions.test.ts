/** A turn is broken off in each of its phases, by a person or by the end of the process; the next one goes on and does the task. */
import { expect, test } from "vitest";
import { phone } from "../sessions/session-fixture.ts";
import { beginTask, phases } from "./stage/phases.ts";
import { smallWindow, standardWindow } from "./stage/windows.ts";

const cases = [standardWindow, smallWindow].flatMap((window) =>
  phases.map((phase) => ({ window, phase, where: phase.name, size: window.name })),
);

test.for(cases)("a turn stopped $where is continued ($size)", async ({ window, phase }) => {
  const { task, moment, release } = await beginTask(phase, window);
  await moment;
  await task.session().cancel(undefined, phone);
  expect(await task.ended()).toMatchObject({ state: "idle", stopReason: "cancelled" });
  release();
  expect(await task.say()).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(await task.file("src/cart.mjs")).toContain("sum + price * count");
});

test.for(cases)("a turn whose process ends $where is continued ($size)", async ({ window, phase }) => {
  const { task, moment, release } = await beginTask(phase, window);
  await moment;
  await task.crash();
  release();
  expect(task.session().summary().state).toBe("interrupted");
  expect(await task.say()).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(await task.file("src/cart.mjs")).toContain("sum + price * count");
});
