/** Which files a rewind must not touch: what no checkpoint held, what others work on. */
import { createHash } from "node:crypto";
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

test("what git ignores by now stays, with what is in it, and the preview says so", async () => {
  const machine = await makeMachine();
  const { project } = machine;
  await writeFile(join(project, ".env"), "KEY=then");
  await writeFile(join(project, "a.txt"), "then");
  const { store, session, turnId } = await afterTurn(machine, async (root) => {
    await writeFile(join(root, "a.txt"), "now");
    await writeFile(join(root, ".env"), "KEY=now");
    await writeFile(join(root, "made.log"), "made");
    await writeFile(join(root, ".gitignore"), ".env\n");
  });
  // Its own excludes, of a repository that is made later, are rules of now as well.
  git(project, "init", "-q");
  await writeFile(join(project, ".git", "info", "exclude"), "*.log\n");
  const { files } = await session.previewRewind({ turnId });
  const fates = files.map(({ path, change, stays = null }) => ({ path, change, stays }));
  expect(fates).toEqual([
    { path: ".env", change: "restored", stays: "ignored" },
    { path: ".gitignore", change: "deleted", stays: null },
    { path: "a.txt", change: "restored", stays: null },
    { path: "made.log", change: "deleted", stays: "ignored" },
  ]);
  const paths = files.map(({ path }) => path);
  const { answer } = await back(session, turnId, { paths });
  expect(answer).toMatchObject({
    done: [".gitignore", "a.txt"],
    skipped: [
      { path: ".env", reason: "ignored" },
      { path: "made.log", reason: "ignored" },
    ],
  });
  expect(await readFile(join(project, ".env"), "utf8")).toBe("KEY=now");
  expect(await readFile(join(project, "made.log"), "utf8")).toBe("made");
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer).toMatchObject({ done: [".gitignore", "a.txt"], skipped: [] });
  await store.close();
});

test("of each file the preview says what then happens: what was never kept, or cannot be, stays", async () => {
  const machine = await makeMachine();
  const { project } = machine;
  for (const name of ["inside", "lost.txt", "grown.txt", "plain.txt"])
    await writeFile(join(project, name), `${name} then`);
  await mkdir(join(project, "repo"));
  await writeFile(join(project, "repo", "work.c"), "of weeks");
  const { store, session, turnId } = await afterTurn(machine, async (root) => {
    for (const name of ["lost.txt", "plain.txt"]) await writeFile(join(root, name), "now");
    await rm(join(root, "grown.txt"));
    await writeFile(join(root, "repo", "work.c"), "changed");
  });
  // Too large by now for any checkpoint, in a repository by now, and without its bytes of then.
  await writeFile(join(project, "grown.txt"), Buffer.alloc(5_000_001));
  git(join(project, "repo"), "init", "-q");
  await removeObject(machine, "lost.txt then");
  const { files } = await session.previewRewind({ turnId });
  const stays = files.filter((file) => file.stays !== undefined).map(({ path }) => path);
  const { answer } = await back(session, turnId, { paths: files.map(({ path }) => path) });
  expect({ stays, ...answer }).toMatchObject({
    stays: ["grown.txt", "lost.txt", "repo/work.c"],
    done: ["plain.txt"],
    skipped: [
      { path: "grown.txt", reason: "not_kept" },
      { path: "lost.txt", reason: "not_kept" },
      { path: "repo/work.c", reason: "not_kept" },
    ],
  });
  expect(await readFile(join(project, "lost.txt"), "utf8")).toBe("now");
  await store.close();
});

/** The bytes of a file that was kept are gone from where they lay. */
async function removeObject({ state, project }: Machine, text: string): Promise<void> {
  const id = createHash("sha1").update(`blob ${text.length}\0${text}`).digest("hex");
  const repositories = await readdir(join(state, "checkpoints"));
  expect({ project, count: repositories.length }).toEqual({ project, count: 1 });
  for (const name of repositories)
    await rm(join(state, "checkpoints", name, "objects", id.slice(0, 2), id.slice(2)));
}

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

/** Two sessions at work at once; each prompt edits as it says, and ends when its gate opens. */
async function atOnce() {
  const machine = await makeMachine();
  await writeFile(join(machine.project, "mine.txt"), "then");
  await writeFile(join(machine.project, "theirs.txt"), "then");
  const gates = new Map<string, ReturnType<typeof gate>>();
  const gateOf = (name: string) => {
    const known = gates.get(name) ?? gate();
    gates.set(name, known);
    return known;
  };
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await turn.checkpointTaken();
      gateOf(`${turn.sessionId} begun`).open();
      await gateOf(`${turn.sessionId} writes`).opened;
      const end = await edit(turn);
      gateOf(`${turn.sessionId} written`).open();
      await gateOf(`${turn.sessionId} ends`).opened;
      return end;
    },
  });
  const session = await createSession(store, machine);
  const other = await store.create({ id: "session-2", project: machine.project }, phone);
  return { machine, store, session, other, gateOf };
}

test.each([
  { how: "open", restarts: false },
  { how: "read again after a restart", restarts: true },
])(
  "what another session changed beside a turn stays unless it is named, with the other $how",
  async ({ restarts }) => {
    const { machine, store, session, other, gateOf } = await atOnce();
    const saying = say(session, "prompt-1", "mine.txt=now");
    await gateOf("session-1 begun").opened;
    const otherSaying = say(other, "prompt-2", "theirs.txt=now new.txt=new");
    await gateOf("session-2 begun").opened;
    for (const id of ["session-2", "session-1"]) {
      gateOf(`${id} writes`).open();
      await gateOf(`${id} written`).opened;
    }
    gateOf("session-2 ends").open();
    await otherSaying;
    gateOf("session-1 ends").open();
    const turnId = await saying;
    if (restarts) await store.close();
    const stage = restarts ? startStore(machine, { runTurn: edit }) : store;
    const found = await stage.find(session.id);
    if (found === null) throw new Error("No session.");
    const { files } = await found.previewRewind({ turnId });
    expect(files.map(({ path, changedSince }) => ({ path, changedSince }))).toEqual([
      { path: "mine.txt", changedSince: false },
      { path: "new.txt", changedSince: true },
      { path: "theirs.txt", changedSince: true },
    ]);
    expect((await back(found, turnId)).answer).toMatchObject({
      done: ["mine.txt"],
      skipped: [
        { path: "new.txt", reason: "changed_since" },
        { path: "theirs.txt", reason: "changed_since" },
      ],
    });
    expect(await filesOf(machine)).toEqual({ "mine.txt": "then", "new.txt": "new", "theirs.txt": "now" });
    await stage.close();
  },
);

test.each([
  { place: "the project", session: ".", other: "." },
  { place: "a folder in it", session: ".", other: "sub" },
  { place: "a folder around it", session: "sub", other: "." },
])("while another session is at work in $place no file goes back, the conversation does", async (at) => {
  const outer = await makeMachine();
  await mkdir(join(outer.project, "sub"));
  const machine = { ...outer, project: join(outer.project, at.session) };
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
  const other = await store.create({ id: "session-2", project: join(outer.project, at.other) }, phone);
  await other.submitPrompt(promptOf("prompt-9", "go"), phone);
  await expect(back(session, turnId)).rejects.toMatchObject({
    code: "turn_running",
    data: { sessionId: "session-2" },
  });
  expect(await readFile(join(machine.project, "a.txt"), "utf8")).toBe("one");
  await back(session, turnId, { id: "rewind-0002", scope: "conversation" });
  done.open();
  await store.close();
});
