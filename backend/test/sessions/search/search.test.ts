/** Search over all sessions: what is found, and what becomes of the texts that it is found in. */
import { appendFile, readdir, rm, stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SearchResults } from "../../../src/protocol/search.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import type { Session } from "../../../src/sessions/session.ts";
import type { SessionStore } from "../../../src/sessions/store/session-store.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import {
  createSession,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  sessionId,
  startStore,
  turnEnd,
} from "../session-fixture.ts";

async function find(store: SessionStore, query: string, limit = 20): Promise<SearchResults> {
  return store.search({ query, limit, signal: new AbortController().signal }, "d1");
}

/** Ids with kinds and marked texts: what a person sees of the results. */
async function shown(store: SessionStore, query: string): Promise<unknown> {
  const { results } = await find(store, query);
  return results.map(({ session, hits }) => [
    session.id,
    ...hits.map(({ kind, text, marks }) => [kind, ...marks.map(([from, to]) => text.slice(from, to))]),
  ]);
}

/** Answers each prompt with these chunks. */
function saying(...chunks: readonly string[]): RunTurn {
  return async (turn) => {
    for (const text of chunks) {
      const content = { type: "text", text } as const;
      turn.emit({
        sessionUpdate: "agent_message_chunk",
        messageId: `m-${turn.turnId}`,
        content,
      });
    }
    // Whatever stands behind text has it written.
    await turn.emitDurable({ sessionUpdate: "plan", entries: [] });
    return { stopReason: "end_turn" };
  };
}

async function oneTurn(store: SessionStore, machine: Machine, prompt = "Hello there") {
  const session = await createSession(store, machine);
  const after = session.lastSeq;
  await session.submitPrompt(promptOf(`prompt-${after}-x`, prompt), phone);
  await turnEnd(session, after);
  return session;
}

test("titles, prompts, answers, commands and names of files are found, whatever the case", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({
        sessionUpdate: "tool_call",
        toolCallId: "c1",
        title: "grep needle",
        kind: "execute",
        status: "completed",
        rawInput: { command: "grep needle\n  --count Source/Main.TS" },
        locations: [{ path: "lib/Ünïcode.ts" }],
      });
      turn.emit({
        sessionUpdate: "tool_call",
        toolCallId: "c2",
        title: "A plan of two",
        status: "completed",
      });
      return saying("Found the Straße.")(turn);
    },
  });
  const session = await oneTurn(store, machine, "Find the Haystack");
  await session.patch({ title: "Autumn cleaning" }, phone);

  expect(await shown(store, "AUTUMN")).toEqual([[sessionId, ["title", "Autumn"]]]);
  expect(await shown(store, "haySTACK")).toEqual([[sessionId, ["prompt", "Haystack"]]]);
  expect(await shown(store, "the s")).toEqual([[sessionId, ["agent", "the S"]]]);
  expect(await shown(store, "needle --count source/main.ts")).toEqual([
    [sessionId, ["command", "needle --count Source/Main.TS"]],
  ]);
  expect(await shown(store, "üNÏC")).toEqual([[sessionId, ["file", "Ünïc"]]]);
  expect(await shown(store, "plan of")).toEqual([[sessionId, ["tool", "plan of"]]]);
  expect(await shown(store, "nowhere")).toEqual([]);
  await store.close();
});

test("a word that was streamed in pieces is found, also while its turn runs", async () => {
  const machine = await makeMachine();
  const said = gate();
  const goOn = gate();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await saying("An extra", "ordi", "nary day")(turn);
      said.open();
      await goOn.opened;
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  await said.opened;
  expect(await shown(store, "extraordinary")).toEqual([[sessionId, ["agent", "extraordinary"]]]);
  goOn.open();
  await turnEnd(session);
  expect(await shown(store, "extraordinary")).toEqual([[sessionId, ["agent", "extraordinary"]]]);
  await store.close();
});

test("a long text is found at every place of it, also where its pieces meet", async () => {
  const machine = await makeMachine();
  const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`);
  const store = startStore(machine, { runTurn: saying(words.join(" ")) });
  await oneTurn(store, machine);
  for (const start of [0, 150, 151, 152, 153, 250, 500, 1_000, 2_998]) {
    const query = words.slice(start, start + 12).join(" ");
    expect([start, await shown(store, query)]).toEqual([start, [[sessionId, ["agent", query]]]]);
  }
  const [{ hits = [] } = {}] = (await find(store, "word1500")).results;
  expect(hits[0]?.text).toMatch(/^….*word1500.*…$/);
  expect(hits[0]?.text.length).toBeLessThan(260);
  await store.close();
});

test.each([
  "-e",
  "--files",
  "--pre=sh",
  "-",
  "a|b",
  ".*",
  "\\w",
  "(",
  "[",
  "$x",
  "^a",
  "12",
  "f",
  "'",
  "\u{1f600}",
])("the query %j is text: no option, no pattern, no place of a line", async (query) => {
  const machine = await makeMachine();
  const store = startStore(machine, { runTurn: saying("zzz") });
  const session = await oneTurn(store, machine, `qqq ${query} qqq`);
  await session.patch({ title: "zzz" }, phone);
  expect(await shown(store, `q ${query} q`)).toEqual([[sessionId, ["prompt", `q ${query} q`]]]);
  await session.patch({ title: "yyy" }, phone);
  const other = await store.create({ id: "other-session", project: machine.project, title: "yyy" }, phone);
  await other.submitPrompt(promptOf("prompt-0009", "zzz"), phone);
  await turnEnd(other);
  expect((await find(store, query)).results.map(({ session: { id } }) => id)).toEqual([sessionId]);
  await store.close();
});

test("the texts are made anew when they are missing, behind, torn or refused by the disk", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { runTurn: saying("alpha") });
  await oneTurn(store, machine, "beta");
  await find(store, "beta");
  await store.close();
  const folder = join(machine.state, "search");
  const found = [[sessionId, ["title", "beta"], ["prompt", "beta"]]];
  const readAgain = async (files = durableFiles) => {
    const next = startStore(machine, { files });
    const answer = await shown(next, "beta");
    await next.close();
    return answer;
  };
  const textOf = async () => join(folder, (await readdir(folder))[0] ?? "none");

  expect((await stat(await textOf())).mode & 0o777).toBe(0o600);
  expect((await stat(folder)).mode & 0o777).toBe(0o700);
  await rm(folder, { recursive: true });
  expect(await readAgain({ ...durableFiles, openAppend: refuse, makeDirectory: refuse })).toEqual(found);
  expect(await readAgain()).toEqual(found);
  // Killed after it was written and before it got its name.
  const whole = await textOf();
  await durableFiles.move(whole, join(folder, `${sessionId}.1.txt`));
  expect(await readAgain()).toEqual(found);
  await appendFile(await textOf(), "torn");
  expect(await readAgain()).toEqual(found);
  await durableFiles.move(await textOf(), join(folder, `${sessionId}.0.txt`));
  await truncate(join(folder, `${sessionId}.0.txt`), 9);
  expect(await readAgain()).toEqual(found);
  // Made of a longer log than there is.
  await durableFiles.move(await textOf(), join(folder, `${sessionId}.999.txt`));
  await truncate(join(folder, `${sessionId}.999.txt`), 0);
  expect(await readAgain()).toEqual(found);
  expect(await readdir(folder)).toHaveLength(1);
});

async function refuse(): Promise<never> {
  throw Object.assign(new Error("read-only"), { code: "EROFS" });
}

test("a turn adds to a session's text, and does not write it again", async () => {
  const machine = await makeMachine();
  const written: string[] = [];
  const files: typeof durableFiles = {
    ...durableFiles,
    openAppend: async (path) => {
      const file = await durableFiles.openAppend(path);
      if (!path.includes("search")) return file;
      return {
        get size() {
          return file.size;
        },
        append: (data) => {
          written.push(Buffer.from(data).toString("utf8"));
          return file.append(data);
        },
        sync: () => file.sync(),
        truncate: (size) => file.truncate(size),
        close: () => file.close(),
      };
    },
  };
  const store = startStore(machine, { runTurn: saying("ok"), files });
  await oneTurn(store, machine, "first words");
  expect(await shown(store, "words")).toHaveLength(1);
  await oneTurn(store, machine, "second words");
  expect((await find(store, "words")).results[0]?.hits.map(({ text }) => text)).toEqual([
    "first words",
    "first words",
    "second words",
  ]);
  await store.close();
  expect(written).toHaveLength(2);
  expect(written.filter((text) => text.includes("first words"))).toHaveLength(1);
});

test("the newest sessions come first, at most as many as asked for, with at most five hits each; archived ones too", async () => {
  const machine = await makeMachine();
  const clock = { now: new Date("2026-01-01T00:00:00Z") };
  const store = startStore(machine, { clock, runTurn: saying("needle") });
  for (const id of ["session-a", "session-b", "session-c"]) {
    const session = await store.create({ id, project: machine.project, title: id }, phone);
    for (let turn = 0; turn < 4; turn += 1) {
      clock.now = new Date(clock.now.getTime() + 60_000);
      const after = session.lastSeq;
      await session.submitPrompt(promptOf(`prompt-${after}-x`, "a needle"), phone);
      await turnEnd(session, after);
    }
    if (id === "session-b") await session.patch({ archived: true }, phone);
  }
  const { results, hasMore } = await find(store, "needle", 2);
  expect(results.map(({ session, hits }) => [session.id, session.archived, hits.length])).toEqual([
    ["session-c", false, 5],
    ["session-b", true, 5],
  ]);
  expect(hasMore).toBe(true);
  expect((await find(store, "needle", 3)).hasMore).toBe(false);
  await store.delete("session-c");
  expect((await find(store, "needle", 3)).results.map(({ session: { id } }) => id)).toEqual([
    "session-b",
    "session-a",
  ]);
  await store.close();
});

/** Where in a session something was said, the oldest first. */
async function placesSaid(session: Session | null): Promise<readonly number[]> {
  const { events } = (await session?.readEvents({ limit: 500 })) ?? { events: [] };
  const isSaid = ({ update }: SessionEvent) =>
    update.sessionUpdate === "user_message_chunk" || update.sessionUpdate === "agent_message_chunk";
  return events.filter(isSaid).map(({ seq, from }) => from ?? seq);
}

test("in one session alone the newest fifty places are found, the newest first, and nothing of the others", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { runTurn: saying("needle") });
  for (const id of ["session-a", "session-b"]) {
    const session = await store.create({ id, project: machine.project, title: id }, phone);
    for (let turn = 0; turn < (id === "session-a" ? 27 : 1); turn += 1) {
      const after = session.lastSeq;
      await session.submitPrompt(promptOf(`prompt-${after}-x`, "a needle"), phone);
      await turnEnd(session, after);
    }
  }
  const signal = AbortSignal.timeout(10_000);
  const within = (sessionId: string) =>
    store.search({ query: "needle", limit: 20, sessionId, signal }, phone.id);
  const { results, hasMore } = await within("session-a");
  expect(results.map(({ session, hits }) => [session.id, hits.length])).toEqual([["session-a", 50]]);
  const seqs = results[0]?.hits.map(({ seq }) => seq) ?? [];
  expect(seqs).toEqual([...seqs].sort((one, other) => other - one));
  // A question and an answer in each of 27 turns: the first two turns have given way.
  const said = await placesSaid(await store.find("session-a"));
  expect(seqs).toEqual(said.slice(-50).toReversed());
  expect(hasMore).toBe(false);
  expect((await within("session-x")).results).toEqual([]);
  await store.close();
});

/** Whoever reads the texts' folder waits at the gate, from the first write on. */
function heldFiles(): { files: typeof durableFiles; held: Promise<void>; release: () => void } {
  const begun = gate();
  const goOn = gate();
  const openAppend: typeof durableFiles.openAppend = async (path) => {
    if (path.includes("search")) {
      begun.open();
      await goOn.opened;
    }
    return durableFiles.openAppend(path);
  };
  return { files: { ...durableFiles, openAppend }, held: begun.opened, release: goOn.open };
}

test("a search that is under way when the server stops is given up, event by event and session by session", async () => {
  const machine = await makeMachine();
  const first = startStore(machine, { runTurn: saying(...Array.from({ length: 50 }, () => "needle ")) });
  for (let count = 0; count < 40; count += 1) {
    const id = `session-${count + 10}`;
    const session = await first.create({ id, project: machine.project }, phone);
    await session.submitPrompt(promptOf("prompt-0001", "needle"), phone);
    await turnEnd(session);
  }
  await first.close();
  await rm(join(machine.state, "search"), { recursive: true, force: true });
  const { files, held, release } = heldFiles();
  const store = startStore(machine, { files });
  const searching = find(store, "needle");
  const refused = expect(searching).rejects.toThrow(/abort/i);
  await held;
  const closed = store.close();
  release();
  await Promise.all([closed, refused]);
  // Of the sixteen that were under way none got its name, and no other one was begun.
  const names = await readdir(join(machine.state, "search"));
  expect(names.filter((name) => !name.endsWith(".0.txt"))).toEqual([]);
  expect(names.length).toBeLessThanOrEqual(16);
  const again = startStore(machine);
  expect((await find(again, "needle", 50)).results).toHaveLength(40);
  await again.close();
});

test("a delete does not wait for a search that is under way; the text goes all the same", async () => {
  const machine = await makeMachine();
  const { files, held, release } = heldFiles();
  const store = startStore(machine, { files, runTurn: saying("needle") });
  await oneTurn(store, machine);
  const other = await store.create({ id: "other-session", project: machine.project }, phone);
  await held;
  // Answered before the gate opens.
  await store.delete(sessionId);
  release();
  expect((await find(store, "needle")).results).toEqual([]);
  expect(await readdir(join(machine.state, "search"))).toEqual([`${other.id}.${other.lastSeq}.txt`]);
  await store.close();
});

test("so many searches wait for each other, and no more", async () => {
  const machine = await makeMachine();
  const { files, held, release } = heldFiles();
  const store = startStore(machine, { files, runTurn: saying("needle") });
  await oneTurn(store, machine);
  await held;
  const waiting = Array.from({ length: 4 }, () => find(store, "needle"));
  await expect(find(store, "needle")).rejects.toMatchObject({ code: "busy" });
  release();
  for (const { results } of await Promise.all(waiting)) expect(results).toHaveLength(1);
  expect((await find(store, "needle")).results).toHaveLength(1);
  await store.close();
});
