/** What a person decides steers the task, and is not forgotten when the window is small: an edited plan, a refusal with words. */
import { expect, test } from "vitest";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import { call, calling, edit, mustSee, type Play, readUntil, type Seen } from "./stage/played-model.ts";
import { shopWithBug } from "./stage/sample-projects.ts";
import { type Person, startTask } from "./stage/task-stage.ts";
import { windows } from "./stage/windows.ts";

const plan = "# Plan\n1. Add `src/tax.mjs` with a function `tax`.\n2. Use it in `total`.";
const edited =
  "# Plan\n1. Add `src/vat.mjs` with a function `vat` that takes 19 percent.\n2. Leave `total` alone.";

const acceptsEdited: Person = ({ subject }) =>
  subject.type === "plan" ? { optionId: "start_edit", feedback: edited } : { optionId: "allow_once" };

/** Enough of the file that a small window cannot keep all of it. */
async function* readMuch(): AsyncGenerator<ReturnType<typeof calling>, Seen, Seen> {
  yield* readUntil("src/cart.mjs", /export function total/);
  return yield* readUntil("src/cart.mjs", /export function part50/, 150);
}

async function* planned(first: Seen): Play {
  mustSee(first, "Plan mode is on");
  let seen = yield* readMuch();
  if (!seen.tools.includes("exit_plan")) throw new Error("no tool to hand the plan in");
  seen = yield calling(call("exit_plan", { plan }));
  mustSee(seen, "`vat` that takes 19 percent");
  seen = yield* readMuch();
  seen = yield* readMuch();
  mustSee(seen, "`vat` that takes 19 percent", "Leave `total` alone");
  const content = "export const vat = (cents) => Math.round(cents * 0.19);\n";
  seen = yield calling(call("write", { path: "src/vat.mjs", content }));
  if (/plan mode/i.test(seen.results.join(""))) throw new Error("still in plan mode");
  seen = yield calling(
    call("shell", { command: "node -e 'import(\"./src/vat.mjs\").then((m) => console.log(m.vat(1000)))'" }),
  );
  mustSee(seen, "190");
  yield { text: "`vat` is there, as the plan says." };
  return undefined;
}

test.for(windows)("a plan is accepted as the person edited it, and carried out ($name)", async (window) => {
  const goal = "Plan how the shop can work out taxes, then do it.";
  const task = await startTask({
    ...{ window, goal, files: shopWithBug, main: planned },
    mode: "plan",
    person: acceptsEdited,
  });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(await task.file("src/vat.mjs")).toContain("0.19");
  expect(task.session().summary().mode).toBe("edit");
});

const goods = "  return goods > 5000 ? goods : goods + 490;";
const words = "Not 490: from now on delivery costs 390.";

async function* refused(): Play {
  let seen = yield* readUntil("src/cart.mjs", /goods \+ 490/);
  seen = yield calling(
    edit(seen, "src/cart.mjs", { old: goods, new: "  return goods >= 5000 ? goods : goods + 490;" }),
  );
  mustSee(seen, words, "Do not retry the same call");
  seen = yield* readMuch();
  seen = yield* readMuch();
  mustSee(seen, words);
  if (!seen.text.includes(goods)) seen = yield* readUntil("src/cart.mjs", /goods \+ 490/);
  seen = yield calling(
    edit(seen, "src/cart.mjs", { old: goods, new: "  return goods >= 5000 ? goods : goods + 390;" }),
  );
  yield { text: "Delivery costs 390 now, and is free from 5,000 on." };
  return undefined;
}

test.for(windows)("an edit is refused with words, and made as they say ($name)", async (window) => {
  const goal = "Exactly 5,000 cents should be delivered free, see total in src/cart.mjs.";
  const asked: PermissionRequest[] = [];
  const task = await startTask({
    ...{ window, goal, files: shopWithBug, main: refused },
    mode: "ask",
    person(request) {
      asked.push(request);
      return asked.length === 1 ? { optionId: "reject_once", feedback: words } : { optionId: "allow_once" };
    },
  });
  expect(await task.say(goal)).toMatchObject({ state: "idle", stopReason: "end_turn" });
  await task.check();
  expect(asked.map(({ subject }) => subject.type)).toEqual(["edit", "edit"]);
  const text = await task.file("src/cart.mjs");
  expect(text).toContain("goods >= 5000 ? goods : goods + 390;");
  expect(text).not.toContain("490");
});
