/** The record of who came in and who decided what: how it is written, what survives, and what is found out. */
import { appendFile, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { commandLineActor, serverAuditActor } from "../../src/access/audit/audit-actors.ts";
import { exportAudit } from "../../src/access/audit/audit-files.ts";
import { AuditLog } from "../../src/access/audit/audit-log.ts";
import { verifyAudit } from "../../src/access/audit/verify-audit.ts";
import type { AuditActor, AuditRecord } from "../../src/protocol/audit.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { faultyFiles } from "../sessions/faulty-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const at = new Date("2026-01-02T03:04:05.000Z");
const phone: AuditActor = { kind: "device", id: "d1", name: "Phone", address: "10.0.0.2" };
const stranger: AuditActor = { kind: "stranger", id: null, name: null, address: "10.0.0.9" };

function decision(number: number): AuditRecord {
  return {
    kind: "decision",
    session: "session-1",
    requestId: `r${number}`,
    digest: "d".repeat(64),
    option: "allow_once",
    grant: null,
  };
}

const wrongCode: AuditRecord = { kind: "refused", what: "code", reason: "code_unknown", count: 1 };

interface Stage {
  readonly directory: string;
  readonly path: string;
  readonly reports: string[];
  open(files?: typeof durableFiles): Promise<AuditLog>;
  lines(): Promise<string[]>;
}

async function makeStage(now: () => Date = () => at): Promise<Stage> {
  const directory = await temporaryFolder();
  const path = join(directory, "audit.jsonl");
  const reports: string[] = [];
  return {
    directory,
    path,
    reports,
    open: (files = durableFiles) =>
      AuditLog.open({ directory, files, now, report: (message) => reports.push(message) }),
    lines: async () => (await readFile(path, "utf8")).split("\n").filter(Boolean),
  };
}

/** A log of so many decisions, closed. */
async function written(count: number): Promise<Stage> {
  const stage = await makeStage();
  const log = await stage.open();
  for (let number = 1; number <= count; number += 1) await log.record(phone, decision(number));
  await log.close();
  return stage;
}

test("entries are numbered, chained, for this user alone, and there after a restart", async () => {
  const stage = await written(2);
  const log = await stage.open();
  await log.record(commandLineActor, { kind: "code_made", rights: "full" });
  const { entries, hasMore } = await log.page({ limit: 10 });
  await log.close();
  const [third, second, first] = entries;
  expect(hasMore).toBe(false);
  expect(first).toEqual({
    seq: 1,
    at: at.toISOString(),
    actor: phone,
    record: decision(1),
    previous: "0".repeat(64),
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect([second?.previous, third?.previous]).toEqual([first?.hash, second?.hash]);
  expect(third?.record).toEqual({ kind: "code_made", rights: "full" });
  for (const name of ["audit.jsonl", "audit-head.json"])
    expect((await stat(join(stage.directory, name))).mode & 0o777).toBe(0o600);
  expect(await verifyAudit(stage.directory)).toEqual({ type: "whole", count: 3, tornBytes: 0 });
  expect(stage.reports).toEqual([]);
});

test("an entry is on the disk when its promise resolves, and those that come together go together", async () => {
  const stage = await makeStage();
  const files = faultyFiles();
  const log = await stage.open(files);
  await log.record(phone, decision(1));
  expect(await stage.lines()).toHaveLength(1);
  files.calls.length = 0;
  const records = Array.from({ length: 100 }, (_, number) => log.record(phone, decision(number)));
  await Promise.all(records);
  expect(await stage.lines()).toHaveLength(101);
  expect(files.calls.length).toBeLessThanOrEqual(4);
  await log.close();
});

test("pages go back from the newest, by position and by kind", async () => {
  const stage = await makeStage();
  const log = await stage.open();
  for (let number = 1; number <= 1_000; number += 1)
    await log.record(phone, number % 10 === 0 ? { kind: "proof_given", how: "code" } : decision(number));
  await log.record(serverAuditActor, decision(1_001));
  const seqs = async (query: Parameters<AuditLog["page"]>[0]) => {
    const { entries, hasMore } = await log.page(query);
    return [entries.map(({ seq }) => seq), hasMore];
  };
  expect(await seqs({ limit: 3 })).toEqual([[1_001, 1_000, 999], true]);
  expect(await seqs({ limit: 2, before: 999 })).toEqual([[998, 997], true]);
  expect(await seqs({ limit: 5, before: 3 })).toEqual([[2, 1], false]);
  expect(await seqs({ limit: 2, kind: "proof_given" })).toEqual([[1_000, 990], true]);
  expect(await seqs({ limit: 100, before: 25, kind: "proof_given" })).toEqual([[20, 10], false]);
  expect(await seqs({ limit: 5, kind: "signed_in" })).toEqual([[], false]);
  await log.close();
});

test("a torn last line is cut back before the next entry, and told", async () => {
  const stage = await written(3);
  const whole = await readFile(stage.path);
  const begin = whole.lastIndexOf(10, whole.byteLength - 2) + 1;
  for (const size of [begin + 1, begin + 40, whole.byteLength - 1]) {
    await writeFile(stage.path, whole.subarray(0, size));
    await writeFile(join(stage.directory, "audit-head.json"), head(whole, 2));
    expect(await verifyAudit(stage.directory)).toEqual({ type: "whole", count: 2, tornBytes: size - begin });
    const log = await stage.open();
    await log.record(phone, decision(4));
    await log.close();
    expect((await stage.lines()).map((line) => JSON.parse(line).record.requestId)).toEqual([
      "r1",
      "r2",
      "r4",
    ]);
    expect(await verifyAudit(stage.directory)).toEqual({ type: "whole", count: 3, tornBytes: 0 });
  }
  expect(stage.reports).toEqual(Array(3).fill("the last line of the audit log was torn and is cut off"));
});

/** The note of the end as it was when the log had so many entries. */
function head(log: Buffer, count: number): string {
  const line = log.toString("utf8").split("\n")[count - 1] ?? "{}";
  return JSON.stringify({ version: 1, seq: count, hash: JSON.parse(line).hash });
}

test("a full disk holds nobody up, is told once, and what it did not take is written later, in order", async () => {
  const stage = await makeStage();
  const files = faultyFiles();
  const log = await stage.open(files);
  await log.record(phone, decision(1));
  files.failing = new Set(["append"]);
  await log.record(phone, decision(2));
  await log.record(phone, decision(3));
  expect(stage.reports).toEqual(["the audit log cannot be written"]);
  files.failing = new Set(["sync"]);
  await log.record(phone, decision(4));
  files.failing = new Set();
  await log.record(phone, decision(5));
  await log.close();
  const ids = (await stage.lines()).map((line) => JSON.parse(line).record.requestId);
  expect(ids).toEqual(["r1", "r2", "r3", "r4", "r5"]);
  expect(await verifyAudit(stage.directory)).toEqual({ type: "whole", count: 5, tornBytes: 0 });
});

test("the export is the file as it lies there, without what is torn", async () => {
  const stage = await written(3);
  const whole = await readFile(stage.path, "utf8");
  await appendFile(stage.path, '{"seq":4,');
  const parts: Uint8Array[] = [];
  for await (const part of exportAudit(stage.path)) parts.push(part);
  expect(Buffer.concat(parts).toString("utf8")).toBe(whole);
  const log = await stage.open();
  const own: Uint8Array[] = [];
  for await (const part of log.export()) own.push(part);
  await log.close();
  expect(Buffer.concat(own).toString("utf8")).toBe(whole);
});

test("APR-20: a flipped byte anywhere is found in its line", async () => {
  const stage = await written(6);
  const whole = await readFile(stage.path);
  for (let place = 0; place < whole.byteLength; place += 7) {
    if (whole[place] === 10) continue;
    const bytes = Buffer.from(whole);
    bytes.writeUInt8((bytes[place] ?? 0) ^ 1, place);
    if (bytes[place] === 10) continue;
    await writeFile(stage.path, bytes);
    const line = whole.subarray(0, place).toString("utf8").split("\n").length;
    expect(await verifyAudit(stage.directory)).toEqual({
      type: "broken",
      line,
      reason: "changed",
      missing: 0,
    });
  }
});

test("APR-20: lines that are removed, inserted, moved or cut off are found, with the first that does not fit", async () => {
  const stage = await written(8);
  const lines = await stage.lines();
  const without = (...numbers: number[]) => lines.filter((_, index) => !numbers.includes(index + 1));
  const after = async (changed: readonly string[]) => {
    await writeFile(stage.path, changed.map((line) => `${line}\n`).join(""));
    const verdict = await verifyAudit(stage.directory);
    return verdict.type === "broken" ? [verdict.line, verdict.reason, verdict.missing] : verdict;
  };
  expect(await after(without(1))).toEqual([1, "removed", 1]);
  expect(await after(without(4, 5))).toEqual([4, "removed", 2]);
  expect(await after(without(8))).toEqual([8, "cut", 1]);
  expect(await after(without(6, 7, 8))).toEqual([6, "cut", 3]);
  expect(await after([])).toEqual([1, "cut", 8]);
  const [one = "", two = "", three = "", ...rest] = lines;
  expect(await after([one, three, two, ...rest])).toEqual([2, "moved", 0]);
  expect(await after([one, two, two, three, ...rest])).toEqual([3, "inserted", 0]);
  expect(await after([one, two, three, ...rest.slice(0, 2), one, ...rest.slice(2)])).toEqual([
    6,
    "inserted",
    0,
  ]);
  expect(await after(lines)).toEqual({ type: "whole", count: 8, tornBytes: 0 });
});

test("APR-20: a chain that was made anew does not fit the note of its end", async () => {
  const forged = await written(3);
  const stage = await makeStage();
  const log = await stage.open();
  for (const number of [7, 8, 9]) await log.record(phone, decision(number));
  await log.close();
  await writeFile(stage.path, await readFile(forged.path));
  expect(await verifyAudit(stage.directory)).toEqual({
    type: "broken",
    line: 3,
    reason: "rewritten",
    missing: 0,
  });
  await rm(join(stage.directory, "audit-head.json"));
  expect(await verifyAudit(stage.directory)).toEqual({
    type: "broken",
    line: 3,
    reason: "no_head",
    missing: 0,
  });
});

test("APR-20: what was cut off while nothing ran is told at the start, and stays visible behind new entries", async () => {
  const stage = await written(5);
  const lines = await stage.lines();
  await truncate(stage.path, Buffer.byteLength(lines.slice(0, 3).join("\n")) + 1);
  const log = await stage.open();
  await log.record(phone, decision(6));
  await log.close();
  expect(stage.reports).toEqual(["entries are missing from the end of the audit log"]);
  expect(await verifyAudit(stage.directory)).toEqual({
    type: "broken",
    line: 4,
    reason: "removed",
    missing: 2,
  });
});

test("APR-20: whatever lines are left out, doubled or put elsewhere, the log is not called whole", async () => {
  const stage = await written(7);
  const lines = await stage.lines();
  const orders = fc.array(fc.nat(6), { maxLength: 9 }).filter((order) => order.join() !== "0,1,2,3,4,5,6");
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      await writeFile(stage.path, order.map((index) => `${lines[index]}\n`).join(""));
      expect((await verifyAudit(stage.directory)).type).toBe("broken");
    }),
    { numRuns: 200, seed: 7 },
  );
});

test("where nothing was ever written, nothing is missing", async () => {
  const { directory, open } = await makeStage();
  expect(await verifyAudit(directory)).toEqual({ type: "whole", count: 0, tornBytes: 0 });
  await (await open()).close();
  expect(await verifyAudit(directory)).toEqual({ type: "whole", count: 0, tornBytes: 0 });
});

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
});

afterEach(() => {
  vi.useRealTimers();
});

test("refusals are gathered: the first is written at once, the others of its minute as one", async () => {
  let nowMs = at.getTime();
  const stage = await makeStage(() => new Date(nowMs));
  const log = await stage.open();
  const counts = async () => {
    const { entries } = await log.page({ limit: 500 });
    return entries.map(({ record }) =>
      record.kind === "refused" ? [record.what, record.reason, record.count] : [],
    );
  };
  for (let tries = 0; tries < 10_000; tries += 1) await log.record(stranger, wrongCode);
  await log.record(serverAuditActor, { kind: "proof_given", how: "code" });
  expect(await counts()).toEqual([[], ["code", "code_unknown", 1]]);
  nowMs += 60_000;
  await log.record(stranger, wrongCode);
  await log.record(serverAuditActor, { kind: "proof_given", how: "code" });
  expect(await counts()).toEqual([
    [],
    ["code", "code_unknown", 1],
    ["code", "code_unknown", 9_999],
    [],
    ["code", "code_unknown", 1],
  ]);
  await log.close();
});

test("refusals that are gathered are not forgotten when nothing more comes, nor at the end", async () => {
  const stage = await makeStage();
  const log = await stage.open();
  for (let tries = 0; tries < 3; tries += 1) await log.record(stranger, wrongCode);
  vi.advanceTimersByTime(60_000);
  await log.record(serverAuditActor, { kind: "proof_given", how: "code" });
  for (let tries = 0; tries < 2; tries += 1) await log.record(stranger, wrongCode);
  await log.close();
  const counts = (await stage.lines()).map((line) => JSON.parse(line).record.count);
  expect(counts).toEqual([1, 2, undefined, 1, 1]);
});

test("an attacker with a thousand addresses writes a bounded number of lines a minute", async () => {
  let nowMs = at.getTime();
  const stage = await makeStage(() => new Date(nowMs));
  const log = await stage.open();
  for (let minute = 0; minute < 3; minute += 1) {
    for (let host = 0; host < 1_000; host += 1) {
      const actor = { ...stranger, address: `10.1.${host >> 8}.${host & 255}` };
      for (const what of ["host", "origin", "code", "token", "sign_in"] as const)
        await log.record(actor, { kind: "refused", what, reason: `r${host}`, count: 1 });
    }
    // What a minute brings is written before the next one.
    await log.page({ limit: 1 });
    nowMs += 60_000;
  }
  await log.close();
  const records = (await stage.lines()).map((line) => JSON.parse(line).record);
  expect(records.length).toBeLessThanOrEqual(3 * (12 + 12 + 120 + 120 + 60 + 5 * 2));
  expect(records.reduce((sum, { count }) => sum + count, 0)).toBe(15_000);
});

test("noise of one kind hides no try of another: a wrong code keeps its address", async () => {
  const stage = await makeStage();
  const log = await stage.open();
  const from = (address: string): AuditActor => ({ ...stranger, address });
  for (let number = 0; number < 200; number += 1) {
    await log.record(from(`10.2.0.${number}`), {
      kind: "refused",
      what: "host",
      reason: "foreign_host",
      count: 1,
    });
    await log.record(from(`10.3.0.${number}`), { ...wrongCode, reason: "too_many_tries" });
    await log.record(from(`2001:db8::${number}`), { ...wrongCode, what: "token", reason: "unknown" });
  }
  await log.record(from("192.0.2.7"), wrongCode);
  await log.record(from("192.0.2.8"), { ...wrongCode, what: "sign_in", reason: "login_not_allowed" });
  await log.record(phone, { ...wrongCode, what: "token", reason: "right" });
  await log.close();
  const lines = (await stage.lines()).map((line) => JSON.parse(line));
  const addresses = (what: string, reason: string) =>
    lines
      .filter(({ record }) => record.what === what && record.reason === reason)
      .map(({ actor }) => actor.address);
  expect(addresses("code", "code_unknown")).toEqual(["192.0.2.7"]);
  expect(addresses("sign_in", "login_not_allowed")).toEqual(["192.0.2.8"]);
  expect(addresses("token", "right")).toEqual(["10.0.0.2"]);
  // A whole network is one stranger.
  expect(new Set(addresses("token", "unknown"))).toEqual(new Set(["2001:db8::0"]));
  expect(addresses("host", "various")).toHaveLength(2);
});
