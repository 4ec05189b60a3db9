/** The moments at which a turn can be broken off, each reached by what happens and not by a clock. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ScriptedReply } from "../../../src/demo/scripted-model/script.ts";
import type { SessionUpdate } from "../../../src/protocol/session-update.ts";
import { eventWhere, gate } from "../../sessions/session-fixture.ts";
import { call, calling, edit, mustSee, type Play, readUntil, type Seen } from "./played-model.ts";
import { shopWithBug } from "./sample-projects.ts";
import { type Person, startTask, type Task } from "./task-stage.ts";
import type { Window } from "./windows.ts";

const run = promisify(execFile);

export interface Phase {
  readonly name: string;
  /** What the model answers at this moment; null: nothing comes from it. */
  reply(seen: Seen): ScriptedReply | null;
  /** True of the update that shows that the moment has come; none does where a model is silent. */
  hasCome(update: SessionUpdate): boolean;
  /** What the model must be told when the work goes on. */
  readonly afterwards: RegExp;
}

const old = "sum + price + count";
const right = { old, new: "sum + price * count" };

export const phases: readonly Phase[] = [
  {
    name: "while the model speaks",
    reply: () => ({
      text: "I know what is wrong: the count is added.",
      fault: { type: "hold", afterCharacters: 20 },
    }),
    hasCome: ({ sessionUpdate }) => sessionUpdate === "agent_message_chunk",
    afterwards: /I know what is wrong/,
  },
  {
    name: "while a call runs",
    reply: () => calling(call("shell", { command: "echo begun && cat gate" })),
    hasCome: (update) => update.sessionUpdate === "tool_output_chunk" && update.text.includes("begun"),
    afterwards: /stopped before its end|outcome is unknown|Interrupted/i,
  },
  {
    name: "while a question is open",
    reply: (seen) => calling(edit(seen, "src/cart.mjs", right)),
    hasCome: (update) => update.sessionUpdate === "request_permission" && update.subject.type === "edit",
    afterwards: /not run|not started|interrupted/i,
  },
  {
    name: "while a subagent works",
    reply: () => calling(call("task", { prompt: "Find out how carts are told apart." })),
    hasCome: () => false,
    afterwards: /did not finish \(cancelled\)|outcome is unknown|not started/i,
  },
  {
    name: "before the model answers",
    reply: () => null,
    hasCome: () => false,
    afterwards: /total/,
  },
];

const goal = "In src/cart.mjs, total must multiply price and count. Put that right and run the tests.";

export interface BrokenTask {
  readonly task: Task;
  /** Resolves when the moment has come. */
  readonly moment: Promise<unknown>;
  /** Lets a silent model speak, when nobody listens any more. */
  release(): void;
}

/** A task that has been begun, and comes to that moment once. */
export async function beginTask(phase: Phase, window: Window): Promise<BrokenTask> {
  const [reached, held] = [gate(), gate()];
  let wasAsked = false;

  async function* main(): Play {
    yield* readUntil("src/cart.mjs", /part50/, 150);
    let seen = yield* readUntil("src/cart.mjs", /export function total/, 140);
    const reply = phase.reply(seen);
    if (reply === null) {
      reached.open();
      await held.opened;
    }
    seen = yield reply ?? { text: "Too late." };
    mustSee(seen, phase.afterwards);
    if (!seen.text.includes(old)) seen = yield* readUntil("src/cart.mjs", /export function total/, 140);
    seen = yield calling(edit(seen, "src/cart.mjs", right));
    seen = yield calling(call("shell", { command: "node test/run.mjs | tail -n 3" }));
    mustSee(seen, "failed 1");
    yield { text: "total multiplies now; one test fails for another reason." };
    return undefined;
  }

  async function* silentSubagent(): Play {
    reached.open();
    await held.opened;
    yield { text: "Too late." };
    return undefined;
  }

  const person: Person = ({ subject }) => {
    if (phase.name !== "while a question is open" || wasAsked || subject.type !== "edit")
      return { optionId: "allow_once" };
    wasAsked = true;
    return null;
  };
  const task = await startTask({
    ...{ window, goal, files: shopWithBug, main, person },
    subagent: silentSubagent,
    mode: "ask",
  });
  await run("mkfifo", [join(task.root, "gate")]);
  await task.send(goal);
  const shown = eventWhere(task.session(), ({ update }) => phase.hasCome(update));
  return { task, moment: Promise.race([reached.opened, shown]), release: held.open };
}
