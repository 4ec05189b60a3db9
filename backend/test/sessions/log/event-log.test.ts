import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { EventLog, type LogEntry } from "../../../src/sessions/log/event-log.ts";
import { decodeLine, encodeLine } from "../../../src/sessions/log/log-line.ts";
import { type DurableFiles, durableFiles } from "../../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { faultyFiles } from "../faulty-files.ts";
import { at } from "../session-fixture.ts";

test("numbers events without gaps and reads back what was written", async () => {
  const directory = await temporaryFolder();
  const { log, written } = await openLog(directory);
  log.append([title("one"), title("two")]);
  await log.appendDurable([title("three")]).saved;
  await log.close();
  const expected = [eventOf(1, "one"), eventOf(2, "two"), eventOf(3, "three")];
  expect(written).toEqual(expected);
  const again = await openLog(directory);
  expect(again.loaded).toEqual(expected);
  expect(await again.log.read({})).toEqual({ events: expected, lastSeq: 3, hasMore: false });
});

test("those who wait together share one write and one sync", async () => {
  const files = faultyFiles();
  const { log } = await openLog(await temporaryFolder(), files);
  await Promise.all(Array.from({ length: 50 }, (_, index) => log.appendDurable([title(`${index}`)]).saved));
  expect(files.calls).toEqual(["append", "sync"]);
  await log.close();
});

test("DUR-02: a log cut at any byte of its last three records loses those records alone, and goes on", async () => {
  const whole = [eventOf(1, "one"), eventOf(2, "two"), eventOf(3, "three – ünï"), eventOf(4, "four")].map(
    encodeLine,
  );
  const bytes = Buffer.from(whole.join(""), "utf8");
  const firstEnd = Buffer.byteLength(whole[0] ?? "");
  const directory = await temporaryFolder();
  for (let cut = firstEnd; cut <= bytes.byteLength; cut += 1) {
    const folder = join(directory, `${cut}`);
    await mkdir(folder);
    await writeFile(join(folder, "log.jsonl"), bytes.subarray(0, cut));
    const complete = bytes.subarray(0, cut).toString("utf8").split("\n").length - 1;
    const { log, loaded } = await openLog(folder);
    expect(loaded.map((event) => event.seq)).toEqual(upTo(complete));
    await log.appendDurable([title("after")]).saved;
    await log.close();
    const lines = (await readFile(join(folder, "log.jsonl"), "utf8")).trimEnd().split("\n").map(decodeLine);
    expect(lines.map((line) => line.type === "event" && line.event.seq)).toEqual(upTo(complete + 1));
  }
});

const damages: Record<string, (line: string) => string> = {
  "cut short": (line) => line.slice(0, 20),
  "a flipped letter in a text": (line) => line.replace("two", "twp"),
  "another seq": (line) => line.replace('"seq":2', '"seq":7'),
  zeros: (line) => line.replace(/./g, "\0"),
  "no JSON": () => "garbage",
  "an object of another kind": () => "{}",
};

for (const [name, damage] of Object.entries(damages)) {
  test(`DUR-03: a damaged line in the middle costs only itself: ${name}`, async () => {
    const directory = await temporaryFolder();
    const lines = [eventOf(1, "one"), eventOf(2, "two"), eventOf(3, "three")].map((event) =>
      encodeLine(event).trimEnd(),
    );
    const damaged = [lines[0], damage(lines[1] ?? ""), lines[2]].join("\n");
    await writeFile(join(directory, "log.jsonl"), `${damaged}\n`);
    const { log, loaded } = await openLog(directory);
    expect(loaded).toEqual([eventOf(1, "one"), eventOf(3, "three")]);
    expect(log.damagedCount).toBe(1);
    expect((await log.read({})).events).toEqual([eventOf(1, "one"), { ...eventOf(3, "three"), from: 2 }]);
    const aside = JSON.parse(await readFile(join(directory, "damaged.jsonl"), "utf8"));
    expect(Buffer.from(aside.base64, "base64").toString("utf8")).toBe(damage(lines[1] ?? ""));
    expect(await readFile(join(directory, "log.jsonl"), "utf8")).toBe(`${damaged}\n`);
    // Until a notice tells of it, whoever opens the log is to write one.
    const again = (await openLog(directory)).log;
    expect(again.damagedCount).toBe(1);
    const data = { count: 1 };
    await again.appendDurable([{ update: { sessionUpdate: "notice", code: "damaged_lines", data } }]).saved;
    await again.close();
    expect((await openLog(directory)).log.damagedCount).toBe(0);
  });
}

test("a lost newline costs the line before it; the record behind it is found", async () => {
  const directory = await temporaryFolder();
  const [one, two, three] = [eventOf(1, "one"), eventOf(2, "two"), eventOf(3, "three")].map((event) =>
    encodeLine(event),
  );
  await writeFile(join(directory, "log.jsonl"), `${one}${two?.slice(0, 30)}${three}`);
  const { log, loaded } = await openLog(directory);
  expect(loaded.map((event) => event.seq)).toEqual([1, 3]);
  expect(log.damagedCount).toBe(1);
});

test("a line that is there twice counts once, and a line that is gone is noticed", async () => {
  const directory = await temporaryFolder();
  const [one, two, , four] = [1, 2, 3, 4].map((seq) => encodeLine(eventOf(seq, `${seq}`)));
  await writeFile(join(directory, "log.jsonl"), [one, two, two, four].join(""));
  const { log, loaded } = await openLog(directory);
  expect(loaded.map((event) => event.seq)).toEqual([1, 2, 4]);
  expect(log.damagedCount).toBe(2);
});

test("updates of a kind that is not known are kept on disk and left out for readers", async () => {
  const directory = await temporaryFolder();
  const unknown = `{"seq":2,"at":"${at}","update":{"sessionUpdate":"from_the_future","x":1}}\n`;
  const text = `${encodeLine(eventOf(1, "one"))}${unknown}`;
  await writeFile(join(directory, "log.jsonl"), text);
  const { log, written } = await openLog(directory);
  expect(log.damagedCount).toBe(0);
  expect(log.lastSeq).toBe(2);
  await log.appendDurable([title("three")]).saved;
  await log.close();
  expect(written).toEqual([{ ...eventOf(3, "three"), from: 2 }]);
  expect(await readFile(join(directory, "log.jsonl"), "utf8")).toBe(text + encodeLine(eventOf(3, "three")));
});

for (const call of ["append", "sync"] as const) {
  test(`a failed ${call} rejects, leaves nothing behind, and the log goes on when the disk does`, async () => {
    const directory = await temporaryFolder();
    const files = faultyFiles();
    const { log, written, failures } = await openLog(directory, files);
    await log.appendDurable([title("one")]).saved;
    log.append([title("two")]);
    await log.flush();
    const before = await readFile(join(directory, "log.jsonl"), "utf8");
    files.failing = new Set([call]);
    await expect(log.appendDurable([title("lost")]).saved).rejects.toThrow("no space");
    expect(log.isSaving).toBe(false);
    expect(failures).toHaveLength(1);
    expect(await readFile(join(directory, "log.jsonl"), "utf8")).toBe(before);
    files.failing = new Set();
    await log.appendDurable([title("three")]).saved;
    await log.close();
    expect(log.isSaving).toBe(true);
    expect(written).toEqual([eventOf(1, "one"), eventOf(2, "two"), eventOf(3, "three")]);
    expect((await openLog(directory)).loaded).toEqual(written);
  });
}

test("after a failed sync what was told of but not synced is written again before anything is promised", async () => {
  const directory = await temporaryFolder();
  const files = faultyFiles();
  const { log } = await openLog(directory, files);
  await log.appendDurable([title("one")]).saved;
  await new Promise<void>((resolve) => {
    log.listen({ onWritten: () => resolve(), onFailed: () => undefined });
    log.append([title("two")]);
  });
  files.failing = new Set(["sync", "truncate"]);
  await expect(log.appendDurable([title("lost")]).saved).rejects.toThrow("no space");
  files.failing = new Set();
  files.calls.length = 0;
  await log.appendDurable([title("three")]).saved;
  expect(files.calls).toEqual(["truncate", "append", "append", "sync"]);
  await log.close();
  expect((await openLog(directory)).loaded).toEqual([
    eventOf(1, "one"),
    eventOf(2, "two"),
    eventOf(3, "three"),
  ]);
});

test("DUR-05: a repair that fails halfway leaves no zeros behind, and the next one writes all of it", async () => {
  const directory = await temporaryFolder();
  const files = faultyFiles();
  const { log } = await openLog(directory, files);
  await log.appendDurable([title("one")]).saved;
  const synced = await readFile(join(directory, "log.jsonl"), "utf8");
  await new Promise<void>((resolve) => {
    log.listen({ onWritten: () => resolve(), onFailed: () => undefined });
    log.append([title("two")]);
  });
  files.failing = new Set(["sync"]);
  await expect(log.appendDurable([title("lost")]).saved).rejects.toThrow("no space");
  files.failing = new Set(["append"]);
  await expect(log.appendDurable([title("lost")]).saved).rejects.toThrow("no space");
  expect(await readFile(join(directory, "log.jsonl"), "utf8")).toBe(synced);
  files.failing = new Set();
  await log.appendDurable([title("three")]).saved;
  await log.close();
  expect((await openLog(directory)).loaded).toEqual([
    eventOf(1, "one"),
    eventOf(2, "two"),
    eventOf(3, "three"),
  ]);
});

test("DUR-04: on a full disk a log with damage and a torn end can be read; both are set aside before it is changed", async () => {
  const directory = await temporaryFolder();
  const path = join(directory, "log.jsonl");
  const text = `${encodeLine(eventOf(1, "one"))}damaged\n${encodeLine(eventOf(3, "three"))}{"seq":4,`;
  await writeFile(path, text);
  const files = faultyFiles();
  files.failing = new Set(["append"]);
  const { log, loaded } = await openLog(directory, files);
  expect(loaded).toEqual([eventOf(1, "one"), eventOf(3, "three")]);
  expect(log.damagedCount).toBe(1);
  await expect(log.appendDurable([title("lost")]).saved).rejects.toThrow("no space");
  expect(await readFile(path, "utf8")).toBe(text);
  files.failing = new Set();
  await log.appendDurable([title("four")]).saved;
  await log.close();
  const aside = (await readFile(join(directory, "damaged.jsonl"), "utf8")).trimEnd().split("\n");
  expect(aside.map((line) => Buffer.from(JSON.parse(line).base64, "base64").toString())).toEqual([
    "damaged",
    '{"seq":4,',
  ]);
  const again = await openLog(directory);
  expect(again.loaded).toEqual([eventOf(1, "one"), eventOf(3, "three"), eventOf(4, "four")]);
  expect(again.log.damagedCount).toBe(1);
});

test("a listener that throws does not keep the log from going on", async () => {
  const { log } = await openLog(await temporaryFolder());
  const seen: number[] = [];
  log.listen({
    onWritten: ({ seq }) => {
      seen.push(seq);
      throw new Error("a listener's own fault");
    },
    onFailed: () => undefined,
  });
  const warned = once(process, "warning");
  await log.appendDurable([title("one"), title("two")]).saved;
  await log.appendDurable([title("three")]).saved;
  await log.close();
  expect(seen).toEqual([1, 2, 3]);
  expect((await warned)[0]).toMatchObject({ message: "a listener's own fault" });
});

test("pages go down from a position and up from another, and count joined events", async () => {
  const { log } = await openLog(await temporaryFolder());
  log.append([title("one"), chunk("a"), chunk("b"), title("two"), chunk("c"), chunk("d")]);
  await log.flush();
  const seqs = (page: { events: SessionEvent[] }) =>
    page.events.map((event) => [event.from ?? event.seq, event.seq]);
  const down = await log.read({ after: 0, limit: 2 });
  expect([seqs(down), down.hasMore]).toEqual([
    [
      [1, 1],
      [2, 3],
    ],
    true,
  ]);
  const inside = await log.read({ after: 2, limit: 9 });
  expect([seqs(inside), inside.hasMore]).toEqual([
    [
      [3, 3],
      [4, 4],
      [5, 6],
    ],
    false,
  ]);
  const up = await log.read({ before: 6, limit: 2 });
  expect([seqs(up), up.hasMore]).toEqual([
    [
      [4, 4],
      [5, 5],
    ],
    true,
  ]);
  const all = await log.read({ before: 6, limit: 9 });
  expect([seqs(all), all.hasMore]).toEqual([
    [
      [1, 1],
      [2, 3],
      [4, 4],
      [5, 5],
    ],
    false,
  ]);
  await log.close();
});

test("a long log is read from the middle and upward in the same pages as from its beginning", async () => {
  const directory = await temporaryFolder();
  const { log } = await openLog(directory);
  const filler = "x".repeat(1_000);
  for (let index = 0; index < 2_000; index += 1) log.append([title(`${index} ${filler}`)]);
  await log.flush();
  const all = (await log.read({})).events;
  expect(all).toHaveLength(2_000);
  expect((await log.read({ after: 1_234, limit: 10 })).events).toEqual(all.slice(1_234, 1_244));
  expect((await log.read({ before: 1_500, limit: 400 })).events).toEqual(all.slice(1_099, 1_499));
  await log.close();
  const again = (await openLog(directory)).log;
  expect((await again.read({ before: 1_500, limit: 400 })).events).toEqual(all.slice(1_099, 1_499));
});

async function openLog(directory: string, files: DurableFiles = durableFiles) {
  const loaded: SessionEvent[] = [];
  const written: SessionEvent[] = [];
  const failures: unknown[] = [];
  const onLoad = (event: SessionEvent) => void loaded.push(event);
  const log = await EventLog.open({ directory, files, now: () => new Date(at), onLoad });
  log.listen({
    onWritten: (event) => void written.push(event),
    onFailed: (error) => void failures.push(error),
  });
  return { log, loaded, written, failures };
}

function title(text: string): LogEntry {
  return { update: { sessionUpdate: "session_info_update", title: text } };
}

function chunk(text: string): LogEntry {
  return {
    update: { sessionUpdate: "agent_message_chunk", messageId: "m1", content: { type: "text", text } },
  };
}

function eventOf(seq: number, text: string): SessionEvent {
  return { seq, at, ...title(text) };
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
