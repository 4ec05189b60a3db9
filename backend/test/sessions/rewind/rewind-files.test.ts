/** Which files a rewind must not touch: what no checkpoint held, what others work on. */
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { git } from "../../workspace/git/git-fixture.ts";
import {
  createSession,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  startStore,
} from "../session-fixture.ts";
import { back, edit, filesOf, say } from "./rewind-stage.ts";

/** One turn that does this, as a command of the agent. */
async function afterTurn(machine: Machine, act: (project: string) => Promise<void>, now?: Date) {
  const store = startStore(machine, {
    ...(now === undefined ? {} : { clock: { now } }),
    runTurn: async (turn) => {
      await turn.checkpointTaken();
      const call = { toolCallId: `${turn.turnId}-c`, kind: "execute" as const };
      turn.emit({ sessionUpdate: "tool_call", ...call, status: "in_progress" }, { stepId: "s" });
      await act(turn.root);
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: call.toolCallId, status: "completed" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  return { store, session, turnId: await say(session, "prompt-1", "go") };
}

test("files that a checkpoint could not hold, in a repository of their own, are not removed", async () => {
  const machine = await makeMachine();
  const { project } = machine;
  await mkdir(join(project, "vendor"));
  git(join(project, "vendor"), "init", "-q");
  await writeFile(join(project, "vendor", "work.c"), "of weeks");
  const { store, session, turnId } = await afterTurn(machine, async (root) => {
    await rm(join(root, "vendor", ".git"), { recursive: true });
    await writeFile(join(root, "made.txt"), "made");
  });
  expect((await back(session, turnId)).answer).toMatchObject({
    done: ["made.txt"],
    skipped: [{ path: "vendor/work.c", reason: "not_kept" }],
  });
  expect(await readFile(join(project, "vendor", "work.c"), "utf8")).toBe("of weeks");
  await store.close();
});

test("a file older than the turn is not removed, whyever no checkpoint held it", async () => {
  const machine = await makeMachine();
  const { project } = machine;
  await writeFile(join(project, "moved.txt"), "moved");
  // The turn begins a minute from now: all these are older, by their birth too.
  const start = new Date(Date.now() + 60_000);
  const { store, session, turnId } = await afterTurn(
    machine,
    async (root) => {
      await rm(join(root, "moved.txt"));
      await writeFile(join(root, "elsewhere.txt"), "moved");
      await writeFile(join(root, "old.txt"), "came from somewhere");
      await writeFile(join(root, "new.txt"), "made");
      await utimes(join(root, "new.txt"), start, new Date(start.getTime() + 1_000));
    },
    start,
  );
  expect((await back(session, turnId)).answer).toMatchObject({
    done: ["elsewhere.txt", "moved.txt", "new.txt"],
    skipped: [{ path: "old.txt", reason: "not_kept" }],
  });
  expect(await filesOf(machine)).toEqual({ "moved.txt": "moved", "old.txt": "came from somewhere" });
  await store.close();
});

test("an undo removes again what only the rules of then ignored", async () => {
  const machine = await makeMachine();
  const { project } = machine;
  await mkdir(join(project, "build"));
  await writeFile(join(project, "build", "x"), "1");
  const { store, session, turnId } = await afterTurn(machine, async (root) => {
    await writeFile(join(root, ".gitignore"), "build/\n");
    await rm(join(root, "build"), { recursive: true });
  });
  const { answer } = await back(session, turnId);
  expect(await readdir(project)).toEqual(["build"]);
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer).toMatchObject({ done: [".gitignore", "build/x"], skipped: [] });
  expect(await filesOf(machine)).toEqual({ ".gitignore": "build/\n" });
  await store.close();
});

test("while another session of the project is at work no file goes back, the conversation does", async () => {
  const machine = await makeMachine();
  await writeFile(join(machine.project, "a.txt"), "zero");
  const done = gate();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      if (turn.sessionId !== "session-2") return edit(turn);
      await done.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  const turnId = await say(session, "prompt-1", "a.txt=one");
  const other = await store.create({ id: "session-2", project: machine.project }, phone);
  await other.submitPrompt(promptOf("prompt-9", "go"), phone);
  await expect(back(session, turnId)).rejects.toMatchObject({
    code: "turn_running",
    data: { sessionId: "session-2" },
  });
  expect(await filesOf(machine)).toEqual({ "a.txt": "one" });
  await back(session, turnId, { id: "rewind-0002", scope: "conversation" });
  done.open();
  await store.close();
});
