/** Ten thousand sessions in one list: what that costs the disk. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyToSummary, newSummary } from "../../../../transcript/summary.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { encodeLine } from "../../../src/sessions/log/log-line.ts";
import type { SessionCreated } from "../../../src/sessions/session-state.ts";
import { writeSummary } from "../../../src/sessions/store/saved-summary.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { randomFrom } from "../../support/long-form.ts";
import { type Machine, makeMachine, startStore } from "../session-fixture.ts";

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

test("ten thousand sessions are listed by their summaries alone: no log is opened, none is written, each is looked at once", async () => {
  const machine = await makeMachine();
  const random = randomFrom(20_260_102);
  const times = Array.from({ length: count }, () =>
    new Date(Date.UTC(2025, 0, 1) + random.below(31_536_000) * 1_000).toISOString(),
  );
  for (let start = 0; start < count; start += 100)
    await Promise.all(
      times.slice(start, start + 100).map((at, index) => writeResting(machine, start + index, at)),
    );
  const read: string[] = [];
  const opened: string[] = [];
  const files: DurableFiles = {
    ...durableFiles,
    read: (path) => {
      read.push(path);
      return durableFiles.read(path);
    },
    openAppend: (path) => {
      opened.push(path);
      return durableFiles.openAppend(path);
    },
    writeAtomic: (path, data, mode) => {
      opened.push(path);
      return durableFiles.writeAtomic(path, data, mode);
    },
  };

  const store = startStore(machine, { files });
  const list = await store.list("d1");
  await store.list("d1");

  const expected = times
    .map((at, number) => ({ at, id: idOf(number) }))
    .sort((one, other) => (one.at === other.at ? (one.id < other.id ? -1 : 1) : one.at < other.at ? 1 : -1));
  expect(list.map(({ id, updatedAt }) => ({ at: updatedAt, id }))).toEqual(expected);
  expect(list.filter(({ archived }) => archived)).toHaveLength(Math.ceil(count / 3));
  expect(opened).toEqual([]);
  const summaries = expected.map(({ id }) => join(machine.state, "sessions", id, "summary.json"));
  expect([...read].sort()).toEqual([...summaries, join(machine.state, "seen.json")].sort());
  await store.close();
}, 60_000);
