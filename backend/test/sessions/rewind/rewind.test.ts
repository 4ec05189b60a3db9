/** A session goes back to before a turn and forward again: real files, real git, real log, and what a crash leaves. */
import { mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { EngineTurn } from "../../../src/engines/engine.ts";
import type { DoRewind } from "../../../src/protocol/rewind.ts";
import type { Session } from "../../../src/sessions/session.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { git } from "../../workspace/git-fixture.ts";
import { faultyFiles } from "../faulty-files.ts";
import {
  createSession,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

/** A prompt `a.txt=one b.txt=` writes the one and removes the other, as an edit of the agent. */
async function edit(turn: EngineTurn) {
  const [block] = turn.prompt;
  const words = block?.type === "text" ? block.text.split(" ") : [];
  await turn.checkpointTaken();
  turn.emit(
    {
      sessionUpdate: "agent_message_chunk",
      messageId: turn.turnId,
      content: { type: "text", text: "Will do." },
    },
    { stepId: `${turn.turnId}-s` },
  );
  for (const word of words.filter((one) => one.includes("="))) {
    const [path = "", text = ""] = word.split("=");
    const call = { toolCallId: `${turn.turnId}-${path}`, kind: "edit" as const };
    turn.emit({ sessionUpdate: "tool_call", ...call, status: "in_progress" }, { stepId: `${turn.turnId}-s` });
    if (text === "") await rm(join(turn.root, path));
    else await writeFile(join(turn.root, path), text);
    turn.emit({ sessionUpdate: "tool_call_update", toolCallId: call.toolCallId, status: "completed" });
  }
  return { stopReason: "end_turn" as const };
}

async function say(session: Session, id: string, text: string): Promise<string> {
  const after = session.lastSeq;
  await session.submitPrompt(promptOf(id, text), phone);
  return (await turnEnd(session, after)).turnId ?? "";
}

async function filesOf({ project }: Machine): Promise<Record<string, string>> {
  const names = (await readdir(project)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(join(project, name), "utf8")] as const),
    ),
  );
}

async function back(session: Session, turnId: string, more: Partial<DoRewind> = {}) {
  const { digest } = await session.previewRewind({ turnId });
  return session.rewind({ id: "rewind-0001", turnId, scope: "both", digest, ...more }, phone);
}

/** Two turns that wrote files. */
async function twoTurns(options: Parameters<typeof startStore>[1] = {}) {
  const machine = await makeMachine();
  await writeFile(join(machine.project, "a.txt"), "zero");
  await writeFile(join(machine.project, "gone.txt"), "here");
  const histories: string[][] = [];
  const store = startStore(machine, {
    ...options,
    runTurn: async (turn) => {
      histories.push(turn.history().map((item) => (item.type === "user" ? item.messageId : item.type)));
      return (options.runTurn ?? edit)(turn);
    },
  });
  const session = await createSession(store, machine);
  const first = await say(session, "prompt-1", "a.txt=one");
  const second = await say(session, "prompt-2", "a.txt=two new.txt=new gone.txt=");
  return { machine, store, session, first, second, histories };
}

const asStarted = { "a.txt": "zero", "gone.txt": "here" };
const asAfterFirst = { "a.txt": "one", "gone.txt": "here" };
const asAfterSecond = { "a.txt": "two", "new.txt": "new" };

test("the preview tells what would change, and changes nothing", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { lastSeq } = session;
  const preview = await session.previewRewind({ turnId: second });
  expect(preview).toEqual({
    turnId: second,
    at: expect.any(String),
    keepThrough: expect.any(Number),
    turns: 1,
    filesKnown: true,
    files: [
      { path: "a.txt", change: "restored", additions: 1, deletions: 1, changedSince: false },
      { path: "gone.txt", change: "recreated", additions: 1, deletions: 0, changedSince: false },
      { path: "new.txt", change: "deleted", additions: 0, deletions: 1, changedSince: false },
    ],
    digest: expect.any(String),
  });
  expect(session.lastSeq).toBe(lastSeq);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await store.close();
});

test("files and conversation go back, and an undo brings both again, also from an undo", async () => {
  const { machine, store, session, first, second, histories } = await twoTurns();
  const { answer } = await back(session, second);
  expect(answer).toEqual({ seq: session.lastSeq, done: ["a.txt", "gone.txt", "new.txt"], skipped: [] });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer.done).toEqual(["a.txt", "gone.txt", "new.txt"]);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await session.rewind({ id: "rewind-0003", undoes: undo.answer.seq }, phone);
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  expect(await updates(session, "rewind")).toMatchObject([
    { scope: "both", turnId: second, keepThrough: expect.any(Number) },
    { scope: "both", turnId: null, keepThrough: null, undoes: answer.seq },
    { scope: "both", turnId: null, keepThrough: null, undoes: undo.answer.seq },
  ]);
  await back(session, first, { id: "rewind-0004" });
  expect(await filesOf(machine)).toEqual(asStarted);
  await say(session, "prompt-3", "hello");
  expect(histories.at(-1)).toEqual(["prompt-3"]);
  await store.close();
});

test("the engine is told nothing of what has left, also after a restart", async () => {
  const { machine, store, session, second } = await twoTurns();
  await back(session, second, { scope: "conversation" });
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await store.close();
  const told: unknown[] = [];
  const again = startStore(machine, {
    runTurn: async (turn) => {
      told.push(turn.history());
      return { stopReason: "end_turn" };
    },
  });
  const reopened = await again.find(sessionId);
  if (reopened === null) throw new Error("No session.");
  await say(reopened, "prompt-9", "and now?");
  expect(JSON.stringify(told)).toContain("a.txt=one");
  expect(JSON.stringify(told)).not.toContain("new.txt");
  await again.close();
});

test("the same id gives the same answer, for ever; another request under it is refused", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  const [one, two] = await Promise.all([session.rewind(request, phone), session.rewind(request, phone)]);
  expect([one.isRepeated, two.isRepeated]).toEqual([false, true]);
  expect(two.answer).toEqual(one.answer);
  await expect(session.rewind({ ...request, turnId: first }, phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  await store.close();
  const again = startStore(machine);
  const reopened = await again.find(sessionId);
  expect(await reopened?.rewind(request, phone)).toEqual({ answer: one.answer, isRepeated: true });
  expect(reopened?.lastSeq).toBe(one.answer.seq);
  await again.close();
});

test("what somebody else changed stays, unless it is named", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await writeFile(join(machine.project, "a.txt"), "mine");
  await writeFile(join(machine.project, "foreign.txt"), "mine too");
  const { files } = await session.previewRewind({ turnId: second });
  expect(files.filter((file) => file.changedSince).map(({ path }) => path)).toEqual(["a.txt", "foreign.txt"]);
  const { answer } = await back(session, second);
  expect(answer).toMatchObject({
    done: ["gone.txt", "new.txt"],
    skipped: [
      { path: "a.txt", reason: "changed_since" },
      { path: "foreign.txt", reason: "changed_since" },
    ],
  });
  const named = await back(session, first, { id: "rewind-0002", scope: "files", paths: ["a.txt"] });
  expect(named.answer.done).toEqual(["a.txt"]);
  expect(await filesOf(machine)).toEqual({ ...asStarted, "foreign.txt": "mine too" });
  await store.close();
});

test("what a rewind itself put back is nobody else's change", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await back(session, second, { scope: "files" });
  const { files } = await session.previewRewind({ turnId: first });
  expect(files).toEqual([
    { path: "a.txt", change: "restored", additions: 1, deletions: 1, changedSince: false },
  ]);
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  await store.close();
});

test("an undo leaves what was changed since the rewind", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { answer } = await back(session, second);
  await writeFile(join(machine.project, "a.txt"), "mine");
  const undo = await session.rewind({ id: "rewind-0002", undoes: answer.seq }, phone);
  expect(undo.answer).toMatchObject({
    done: ["gone.txt", "new.txt"],
    skipped: [{ path: "a.txt", reason: "changed_since" }],
  });
  expect(await filesOf(machine)).toEqual({ "a.txt": "mine", "new.txt": "new" });
  await expect(session.rewind({ id: "rewind-0003", undoes: answer.seq }, phone)).rejects.toMatchObject({
    code: "changed",
  });
  await store.close();
});

test("another digest than that of now writes nothing", async () => {
  const { machine, store, session, second } = await twoTurns();
  const { digest } = await session.previewRewind({ turnId: second });
  await writeFile(join(machine.project, "a.txt"), "mine");
  const { lastSeq } = session;
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  await expect(session.rewind(request, phone)).rejects.toMatchObject({ code: "changed" });
  expect(session.lastSeq).toBe(lastSeq);
  expect(await filesOf(machine)).toEqual({ "a.txt": "mine", "new.txt": "new" });
  await store.close();
});

test("while a turn runs nothing goes back", async () => {
  const machine = await makeMachine();
  const done = gate();
  const store = startStore(machine, {
    runTurn: async () => {
      await done.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  const turnId = session.summary().turnId ?? "id1";
  await expect(session.previewRewind({ turnId })).rejects.toMatchObject({ code: "turn_running" });
  await expect(session.rewind({ id: "rewind-0001", undoes: 1 }, phone)).rejects.toMatchObject({
    code: "turn_running",
  });
  done.open();
  await store.close();
});

test("a completed compaction is taken back, once", async () => {
  const machine = await makeMachine();
  const base = { sessionUpdate: "compaction_update", compactionId: "k1", trigger: "manual" } as const;
  const told: string[] = [];
  const store = startStore(machine, {
    runTurn: async (turn) => {
      told.push(JSON.stringify(turn.history()));
      turn.emit({ ...base, status: "in_progress" });
      turn.emit({ ...base, status: "completed", summary: "SUMMED UP" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await say(session, "prompt-1", "sum up");
  const { events } = await session.readEvents({});
  const { seq = 0 } = events.find(({ update }) => "status" in update && update.status === "completed") ?? {};
  await session.rewind({ id: "rewind-0001", undoes: seq }, phone);
  await expect(session.rewind({ id: "rewind-0002", undoes: seq }, phone)).rejects.toMatchObject({
    code: "changed",
  });
  await expect(session.rewind({ id: "rewind-0003", undoes: 1 }, phone)).rejects.toMatchObject({
    code: "not_found",
  });
  await say(session, "prompt-2", "again");
  expect(told.at(-1)).not.toContain("SUMMED UP");
  await store.close();
});

test("a turn without a checkpoint takes back the conversation alone, and says so", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({ sessionUpdate: "tool_call", toolCallId: turn.turnId, kind: "edit", status: "in_progress" });
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: turn.turnId, status: "completed" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  const turnId = await say(session, "prompt-1", "go");
  expect(await session.previewRewind({ turnId })).toMatchObject({ filesKnown: false, files: [] });
  await expect(back(session, turnId, { scope: "files" })).rejects.toMatchObject({ code: "not_found" });
  expect((await back(session, turnId)).answer).toMatchObject({ done: [], skipped: [] });
  await store.close();
});

test("a disk that refuses the line is told of, and the line is written when it takes it again", async () => {
  const files = faultyFiles();
  const { machine, store, session, second } = await twoTurns({ files });
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  files.failing = new Set(["sync"]);
  await expect(session.rewind(request, phone)).rejects.toMatchObject({ code: "not_saving" });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  files.failing = new Set();
  await session.patch({ title: "writes what is owed first" }, phone);
  const { answer, isRepeated } = await session.rewind(request, phone);
  expect({ done: answer.done, isRepeated }).toEqual({
    done: ["a.txt", "gone.txt", "new.txt"],
    isRepeated: true,
  });
  await store.close();
});

test.each([
  { what: "before any file", cut: "before" as const },
  { what: "behind the files", cut: "behind" as const },
])("a process that ends $what leaves the truth for the next one", async ({ cut }) => {
  const log = faultyFiles();
  let kept: { path: string; data: string | Uint8Array } | null = null;
  const files: typeof log = Object.assign(log, {
    writeAtomic: async (path: string, data: string | Uint8Array, mode?: number) => {
      await durableFiles.writeAtomic(path, data, mode);
      if (path.endsWith("rewind.json")) kept = { path, data };
    },
  });
  const { machine, store, session, second } = await twoTurns({ files });
  const { digest } = await session.previewRewind({ turnId: second });
  const request = { id: "rewind-0001", turnId: second, scope: "both", digest } as const;
  const atCut = cut === "before" ? await filesOf(machine) : null;
  const logPath = join(machine.state, "sessions", sessionId, "log.jsonl");
  const logAtCut = await readFile(logPath);
  const { answer } = await session.rewind(request, phone);
  await store.close();
  // As the kill left it: the intent on disk, the log without the line.
  await writeFile(logPath, logAtCut);
  const intent = kept as { path: string; data: string | Uint8Array } | null;
  if (intent === null) throw new Error("No intent was written.");
  await writeFile(intent.path, intent.data);
  for (const name of await readdir(machine.project))
    if (atCut !== null) await rm(join(machine.project, name));
  for (const [name, text] of Object.entries(atCut ?? {})) await writeFile(join(machine.project, name), text);
  const again = startStore(machine, { runTurn: edit });
  const reopened = await again.find(sessionId);
  if (reopened === null) throw new Error("No session.");
  expect(await readdir(join(machine.state, "sessions", sessionId))).not.toContain("rewind.json");
  const found = await reopened.rewind(request, phone);
  expect(found).toEqual({
    isRepeated: cut === "behind",
    answer: { ...answer, seq: expect.any(Number) },
  });
  expect(await filesOf(machine)).toEqual(asAfterFirst);
  await reopened.rewind({ id: "rewind-0002", undoes: found.answer.seq }, phone);
  expect(await filesOf(machine)).toEqual(asAfterSecond);
  await again.close();
});

test("a fork has what its session had gone back to", async () => {
  const { machine, store, session, first, second } = await twoTurns();
  await back(session, second);
  const third = await say(session, "prompt-3", "a.txt=three");
  const told: string[] = [];
  await store.close();
  const again = startStore(machine, {
    runTurn: async (turn) => {
      told.push(JSON.stringify(turn.history()));
      return { stopReason: "end_turn" };
    },
  });
  const forks = [
    { turnId: third, holds: ["prompt-1", "prompt-3"] },
    { turnId: second, holds: ["prompt-1", "prompt-2"] },
    { turnId: first, holds: ["prompt-1"] },
  ];
  for (const [index, { turnId, holds }] of forks.entries()) {
    const fork = await again.fork(sessionId, { id: `fork-000${index}`, turnId }, phone);
    await say(fork, "prompt-9", "look");
    const prompts = ["prompt-1", "prompt-2", "prompt-3"].filter((id) => told.at(-1)?.includes(id));
    expect(prompts).toEqual(holds);
  }
  await again.close();
});

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
