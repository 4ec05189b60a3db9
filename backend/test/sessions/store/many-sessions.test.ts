/** Ten thousand sessions in one list: what that costs the disk. */
import { appendFile, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyToSummary, newSummary } from "../../../../transcript/summary.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { encodeLine } from "../../../src/sessions/log/log-line.ts";
import type { SessionCreated } from "../../../src/sessions/session-folds.ts";
import { writeSummary } from "../../../src/sessions/store/saved-summary.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { randomFrom } from "../../support/long-form.ts";
import { type Machine, makeMachine, phone, startStore } from "../session-fixture.ts";

const count = 10_000;

function idOf(number: number): string {
  return `session-${String(number).padStart(5, "0")}`;
}

/** A session that rests, as a server leaves it. */
async function writeResting(machine: Machine, number: number, at: string): Promise<void> {
  const sessionId = idOf(number);
  const folder = join(machine.state, "sessions", sessionId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const created: SessionCreated = {
    sessionUpdate: "session_created",
    formatVersion: 1,
    sessionId,
    project: { id: "p1", name: "project", path: machine.project },
    engine: "test",
    model: null,
    mode: "ask",
    title: `Number ${number}`,
    requestDigest: "x",
  };
  const first: SessionEvent = { seq: 1, at, update: created };
  const second: SessionEvent = {
    seq: 2,
    at,
    update: { sessionUpdate: "session_info_update", archived: number % 3 === 0 },
  };
  const log = join(folder, "log.jsonl");
  await writeFile(log, encodeLine(first) + encodeLine(second), { mode: 0o600 });
  const summary = applyToSummary(newSummary(created, first), second);
  // Without waiting for the disk, which a test of ten thousand cannot.
  const files: DurableFiles = {
    ...durableFiles,
    writeAtomic: (path, data, mode = 0o600) => writeFile(path, data, { mode }),
  };
  await writeSummary(files, folder, { summary, logSize: (await stat(log)).size });
}

/** The real disk, and what is asked of it. */
function watchedFiles() {
  const read: string[] = [];
  const written: string[] = [];
  const files: DurableFiles = {
    ...durableFiles,
    read: (path) => {
      read.push(path);
      return durableFiles.read(path);
    },
    openAppend: (path) => {
      written.push(path);
      return durableFiles.openAppend(path);
    },
    writeAtomic: (path, data, mode) => {
      written.push(path);
      return durableFiles.writeAtomic(path, data, mode);
    },
  };
  return { read, written, files };
}

async function writeAll(machine: Machine, times: readonly string[]): Promise<void> {
  for (let start = 0; start < times.length; start += 100)
    await Promise.all(
      times.slice(start, start + 100).map((at, index) => writeResting(machine, start + index, at)),
    );
}

const indexOf = (machine: Machine) => join(machine.state, "summaries.jsonl");
const summaryOf = (machine: Machine, number: number) =>
  join(machine.state, "sessions", idOf(number), "summary.json");

test("ten thousand sessions are listed by their summaries alone: each is looked at once, and from then on one file tells all", async () => {
  const machine = await makeMachine();
  const random = randomFrom(20_260_102);
  const times = Array.from({ length: count }, () =>
    new Date(Date.UTC(2025, 0, 1) + random.below(31_536_000) * 1_000).toISOString(),
  );
  await writeAll(machine, times);
  const first = watchedFiles();
  const store = startStore(machine, { files: first.files });
  const list = await store.list("d1");
  await store.list("d1");

  const expected = times
    .map((at, number) => ({ at, id: idOf(number) }))
    .sort((one, other) => (one.at === other.at ? (one.id < other.id ? -1 : 1) : one.at < other.at ? 1 : -1));
  expect(list.map(({ id, updatedAt }) => ({ at: updatedAt, id }))).toEqual(expected);
  expect(list.filter(({ archived }) => archived)).toHaveLength(Math.ceil(count / 3));
  const before = [indexOf(machine), join(machine.state, "seen.json")];
  const summaries = times.map((_, number) => summaryOf(machine, number));
  expect([...first.read].sort()).toEqual([...summaries, ...before].sort());
  await store.close();
  expect(first.written).toEqual([indexOf(machine)]);

  const second = watchedFiles();
  const next = startStore(machine, { files: second.files });
  expect(await next.list("d1")).toEqual(list);
  expect([...second.read].sort()).toEqual(before.toSorted());
  await next.close();
  expect(second.written).toEqual([]);
}, 60_000);

const some = 120;
const sometimes = Array.from({ length: some }, (_, number) =>
  new Date(Date.UTC(2025, 0, 1) + number * 60_000).toISOString(),
);

/** A machine whose sessions are told by one file. */
async function indexed(): Promise<{ readonly machine: Machine; readonly ids: readonly string[] }> {
  const machine = await makeMachine();
  await writeAll(machine, sometimes);
  const store = startStore(machine);
  const list = await store.list();
  await store.close();
  return { machine, ids: list.map(({ id }) => id) };
}

function entriesOf(text: string): ReadonlyMap<string, unknown> {
  const lines = text.trimEnd().split("\n");
  return new Map(lines.map((line) => [JSON.parse(line).summary.id, JSON.parse(line)]));
}

test.each([
  ["a line that is none", (text: string) => text.replace(/^.*\n/, "no line\n"), 1],
  ["a torn end", (text: string) => text.slice(0, -20), 1],
  ["nothing", () => "", some],
  ["bytes of anything", () => "\u0000\u0001\n\n{}\n[", some],
  ["lines of a later version", (text: string) => text.replaceAll('"version":1', '"version":2'), some],
  ["a log of another size", (text: string) => text.replace(/"logSize":\d+/, '"logSize":7'), 1],
  ["a log of another time", (text: string) => text.replace(/"logModifiedMs":[\d.]+/, '"logModifiedMs":7'), 1],
])(
  "DUR-19: where the file of all summaries holds %s each session's own is read, and the file is made anew",
  async (_name, damage, owns) => {
    const { machine, ids } = await indexed();
    const whole = await readFile(indexOf(machine), "utf8");
    await writeFile(indexOf(machine), damage(whole));
    const disk = watchedFiles();
    const store = startStore(machine, { files: disk.files });
    expect((await store.list()).map(({ id }) => id)).toEqual(ids);
    expect(disk.read.filter((path) => path.endsWith("summary.json"))).toHaveLength(owns);
    await store.close();
    const again = await readFile(indexOf(machine), "utf8");
    expect(entriesOf(again)).toEqual(entriesOf(whole));
  },
);

test("a log that somebody changed is read, whatever the file of all summaries and its own summary say", async () => {
  const { machine } = await indexed();
  const event: SessionEvent = {
    seq: 3,
    at: "2025-02-03T04:05:06.000Z",
    update: { sessionUpdate: "session_info_update", title: "From the log" },
  };
  await appendFile(join(machine.state, "sessions", idOf(5), "log.jsonl"), encodeLine(event));
  const store = startStore(machine);
  const [newest, ...others] = await store.list();
  expect({ id: newest?.id, title: newest?.title, others: others.length }).toEqual({
    id: idOf(5),
    title: "From the log",
    others: some - 1,
  });
  await store.close();
});

test("a log of the same size that was written since is not told by the file of all summaries, and one that is gone is not told at all", async () => {
  const { machine } = await indexed();
  const log = join(machine.state, "sessions", idOf(3), "log.jsonl");
  await utimes(log, new Date(), new Date(Date.UTC(2026, 1, 1)));
  await rm(join(machine.state, "sessions", idOf(4)), { recursive: true });
  const disk = watchedFiles();
  const store = startStore(machine, { files: disk.files });
  expect(await store.list()).toHaveLength(some - 1);
  expect(disk.read.filter((path) => path.endsWith("summary.json"))).toEqual([summaryOf(machine, 3)]);
  await store.close();
  expect(await readFile(indexOf(machine), "utf8")).not.toContain(idOf(4));
});

test("DUR-23: what is deleted stands in the file of all summaries neither then nor after a kill, and the next stop writes it anew", async () => {
  const { machine } = await indexed();
  const store = startStore(machine);
  await store.delete(idOf(7));
  expect(await readdir(machine.state)).not.toContain("summaries.jsonl");
  // The same is on the disk for whoever starts after a kill here.
  await store.close();
  const text = await readFile(indexOf(machine), "utf8");
  expect(text).not.toContain(idOf(7));
  expect(text.trimEnd().split("\n")).toHaveLength(some - 1);
});

test("a session that was open is told by the file of all summaries after the next stop, as its log has it", async () => {
  const { machine } = await indexed();
  const store = startStore(machine);
  const session = await store.find(idOf(9));
  await session?.patch({ title: "Renamed" }, phone);
  await store.close();
  const disk = watchedFiles();
  const next = startStore(machine, { files: disk.files });
  expect((await next.list()).find(({ id }) => id === idOf(9))?.title).toBe("Renamed");
  expect(disk.read.filter((path) => path.endsWith("summary.json"))).toEqual([]);
  await next.close();
});

test("where the file of all summaries cannot be written or read, sessions are listed as before", async () => {
  const { machine, ids } = await indexed();
  const refuse = () => Promise.reject(Object.assign(new Error("no"), { code: "EIO" }));
  const files: DurableFiles = {
    ...durableFiles,
    read: (path) => (path === indexOf(machine) ? refuse() : durableFiles.read(path)),
    writeAtomic: refuse,
  };
  const store = startStore(machine, { files });
  expect((await store.list()).map(({ id }) => id)).toEqual(ids);
  await store.close();
});
