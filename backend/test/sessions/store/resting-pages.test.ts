/** Pages of a log that nobody has opened: the same as of the opened one, read from its end. */
import { mkdir, open, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyToSummary, newSummary } from "../../../../transcript/summary.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import { EventLog } from "../../../src/sessions/log/event-log.ts";
import { encodeLine } from "../../../src/sessions/log/log-line.ts";
import type { LogPage, LogRange } from "../../../src/sessions/log/log-pages.ts";
import { readTailPage } from "../../../src/sessions/log/log-tail.ts";
import type { SessionCreated } from "../../../src/sessions/session-folds.ts";
import { writeSummary } from "../../../src/sessions/store/saved-summary.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { at, type Machine, makeMachine, sessionId, startStore } from "../session-fixture.ts";

/** What a line says, and how long it is: most are short, some longer than all that is read at once. */
const anyLine = fc.record({
  kind: fc.constantFrom("chunk", "chunk", "chunk", "notice", "foreign"),
  message: fc.nat(2),
  length: fc.oneof({ weight: 20, arbitrary: fc.nat(6_000) }, { weight: 1, arbitrary: fc.nat(700_000) }),
});
type AnyLine = typeof anyLine extends fc.Arbitrary<infer Line> ? Line : never;

const anyRange = fc.record({
  beforeEnd: fc.integer({ min: -3, max: 400 }),
  limit: fc.integer({ min: 1, max: 120 }),
  after: fc.option(fc.nat(300), { nil: undefined }),
});

function lineOf({ kind, message, length }: AnyLine, index: number): Buffer {
  const seq = index + 1;
  const text = "x".repeat(length);
  if (kind === "foreign") return foreignLine(seq, text);
  const update: SessionUpdate =
    kind === "notice"
      ? { sessionUpdate: "notice", code: "model_retry", data: { text } }
      : {
          sessionUpdate: "agent_message_chunk",
          messageId: `m${message}`,
          content: { type: "text", text: `ünï ${text}` },
        };
  return Buffer.from(encodeLine({ seq, at, update }), "utf8");
}

/** Of a kind that only a later version knows. */
function foreignLine(seq: number, text: string): Buffer {
  const json = JSON.stringify({ seq, at, update: { sessionUpdate: "of_a_later_version", text } });
  const checksum = crc32(json).toString(16).padStart(8, "0");
  return Buffer.from(`${json.slice(0, -1)},"crc":"${checksum}"}\n`, "utf8");
}

async function pages(bytes: Buffer, range: LogRange): Promise<{ fromEnd: LogPage | null; opened: LogPage }> {
  const directory = await temporaryFolder();
  const path = join(directory, "log.jsonl");
  await writeFile(path, bytes);
  const fromEnd = await readTailPage(path, bytes.byteLength, range);
  const log = await EventLog.open({
    directory,
    files: durableFiles,
    now: () => new Date(at),
    passesOverText: true,
    onLoad: () => undefined,
  });
  const opened = await log.read(range);
  await log.close();
  return { fromEnd, opened };
}

test("DUR-17: the newest page of a log that nobody has opened is that of the opened log: joins, gaps of unknown kinds, and all", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyLine, { minLength: 1, maxLength: 400, size: "max" }),
      anyRange,
      async (lines, wanted) => {
        const { beforeEnd, limit, after } = wanted;
        const range = { before: Math.max(1, lines.length + 1 - beforeEnd), limit, after };
        const { fromEnd, opened } = await pages(Buffer.concat(lines.map(lineOf)), range);
        expect(fromEnd).toEqual(opened);
      },
    ),
    { numRuns: 60 },
  );
}, 60_000);

/** What may become of a log: bytes change, lines are lost or come twice, the end is cut off. */
const damages: Record<string, (bytes: Buffer, place: number) => Buffer> = {
  "a changed byte": (bytes, place) => {
    const changed = Buffer.from(bytes);
    changed[place] = (changed[place] ?? 0) ^ 1;
    return changed;
  },
  "a lost line": (bytes, place) => {
    const { start, end } = lineAround(bytes, place);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  "a line that comes twice": (bytes, place) => {
    const { start, end } = lineAround(bytes, place);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  "a cut tail": (bytes, place) => bytes.subarray(0, place),
  "a hole of zeros": (bytes, place) => {
    const changed = Buffer.from(bytes);
    return changed.fill(0, place, Math.min(place + 4_096, changed.byteLength));
  },
};

function lineAround(bytes: Buffer, place: number): { start: number; end: number } {
  return { start: bytes.lastIndexOf("\n", place - 1) + 1, end: bytes.indexOf("\n", place) + 1 };
}

for (const [name, damage] of Object.entries(damages)) {
  test(`DUR-17: with ${name} in a log, its newest page is that of the opened log, or the log is opened for it`, async () => {
    let openedCount = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyLine, { minLength: 2, maxLength: 60 }),
        anyRange,
        fc.nat(),
        async (lines, { limit, after }, where) => {
          const whole = Buffer.concat(lines.map(lineOf));
          const bytes = damage(whole, whole.byteLength - 1 - (where % Math.min(whole.byteLength, 40_000)));
          const { fromEnd, opened } = await pages(bytes, { before: lines.length + 2, limit, after });
          if (fromEnd === null) openedCount += 1;
          else expect(fromEnd).toEqual(opened);
        },
      ),
      { numRuns: 40 },
    );
    expect(openedCount).toBeGreaterThan(0);
  }, 60_000);
}

const created: SessionCreated = {
  sessionUpdate: "session_created",
  formatVersion: 1,
  sessionId,
  project: { id: "p1", name: "project", path: "/project" },
  engine: "test",
  model: null,
  mode: "ask",
  title: "Long",
  requestDigest: "x",
};
const holeBytes = 60_000_000;
const firstSeq = 1_000_001;

/** A session that rests, of whose log only the first line and the last 2 MB are there: whoever reads more finds zeros. */
async function writeHollow(machine: Machine): Promise<readonly SessionEvent[]> {
  const folder = join(machine.state, "sessions", sessionId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const events = Array.from({ length: 4_000 }, (_, index): SessionEvent => {
    const text = "z".repeat(350);
    const messageId = `m-${index}`;
    const update = {
      sessionUpdate: "agent_message_chunk",
      messageId,
      content: { type: "text", text },
    } as const;
    return { seq: firstSeq + index, at, update };
  });
  const first: SessionEvent = { seq: 1, at, update: created };
  const file = await open(join(folder, "log.jsonl"), "w", 0o600);
  await file.write(encodeLine(first), 0);
  await file.write(`\n${events.map(encodeLine).join("")}`, holeBytes);
  await file.close();
  const { size } = await stat(join(folder, "log.jsonl"));
  const summary = events.slice(-1).reduce(applyToSummary, newSummary(created, first));
  await writeSummary(durableFiles, folder, { summary, logSize: size });
  return events;
}

test("DUR-17: of a resting session's 60 MB, the summary and the newest pages need the last 2 MB alone; nothing is opened", async () => {
  const machine = await makeMachine();
  const events = await writeHollow(machine);
  const lastSeq = firstSeq + events.length - 1;
  const store = startStore(machine);
  const summary = await store.summary(sessionId, "d1");
  expect([summary?.title, summary?.lastSeq]).toEqual(["Long", lastSeq]);
  expect(await store.readEvents(sessionId, { before: lastSeq + 1, limit: 500 })).toEqual({
    events: events.slice(-500),
    lastSeq,
    hasMore: true,
  });
  // Upwards from there.
  expect(await store.readEvents(sessionId, { before: lastSeq - 499, limit: 500 })).toEqual({
    events: events.slice(-1_000, -500),
    lastSeq,
    hasMore: true,
  });
  await store.close();
  // Whoever opens it sets the damage aside.
  expect((await readdir(join(machine.state, "sessions", sessionId))).sort()).toEqual([
    "log.jsonl",
    "summary.json",
  ]);
});

test("DUR-17: a log that is longer than its summary says is opened for its newest page, and so is one with a damaged end", async () => {
  for (const addition of [
    encodeLine({ seq: firstSeq + 4_000, at, update: { sessionUpdate: "notice", code: "saving_again" } }),
    "{",
  ]) {
    const machine = await makeMachine();
    const events = await writeHollow(machine);
    const log = join(machine.state, "sessions", sessionId, "log.jsonl");
    const store = startStore(machine);
    await store.load();
    await writeFile(log, addition, { flag: "a" });
    const page = await store.readEvents(sessionId, { before: firstSeq + events.length + 9, limit: 9 });
    const last = page?.events.at(-1);
    expect([last?.update.sessionUpdate, last?.update.sessionUpdate === "notice" && last.update.code]).toEqual(
      ["notice", "damaged_lines"],
    );
    expect(page?.lastSeq).toBe(last?.seq);
    await store.close();
  }
});

test("there is no summary and no page of a session that is not there", async () => {
  const store = startStore(await makeMachine());
  expect(await store.summary("never-was", "d1")).toBeNull();
  expect(await store.readEvents("never-was", { before: 9, limit: 9 })).toBeNull();
  await store.close();
});
