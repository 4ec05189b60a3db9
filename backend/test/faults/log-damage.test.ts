/** A log of every kind of line, damaged in every way, at every line: what is whole stays, the rest is kept aside and told. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import { EventLog } from "../../src/sessions/log/event-log.ts";
import { decodeLine, encodeLine } from "../../src/sessions/log/log-line.ts";
import { severalAtOnce } from "../../src/sessions/several-at-once.ts";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import {
  at,
  type Machine,
  makeMachine,
  sessionId,
  startStore,
  updates,
} from "../sessions/session-fixture.ts";
import { rounds, seededRandom, timeLimitMs } from "../support/long-form.ts";
import { eventsOf, everyKind, futureLine } from "./every-kind.ts";

const project = { id: "p1", name: "project", path: "/tmp" };
const events = eventsOf(everyKind(project));
const lines = events.map((event) => Buffer.from(encodeLine(event), "utf8"));

interface Damage {
  readonly name: string;
  readonly bytes: Buffer;
  /** The line, from 1, that may be lost. */
  readonly line: number;
  /** Whether that line must be loaded as it was. */
  readonly keeps: boolean;
}

test("DUR-02: a log of every kind, cut at every byte of its last three records, keeps what is whole and goes on", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const whole = Buffer.concat(lines);
  const start = whole.byteLength - Buffer.concat(lines.slice(-3)).byteLength;
  const machine = await makeMachine();
  const cuts = Array.from({ length: whole.byteLength - start + 1 }, (_, index) => start + index);
  await severalAtOnce(cuts, async (cut) => {
    const directory = join(machine.state, `${cut}`);
    await mkdir(directory);
    await writeFile(join(directory, "log.jsonl"), whole.subarray(0, cut));
    const complete = whole.subarray(0, cut).filter((byte) => byte === 10).byteLength;
    const { log, loaded } = await openLog(directory);
    expect(loaded).toEqual(events.slice(0, complete));
    expect(log.damagedCount).toBe(0);
    await log.appendDurable([{ update: { sessionUpdate: "notice", code: "model_retry" } }]).saved;
    await log.close();
    const text = await readFile(join(directory, "log.jsonl"), "utf8");
    const kinds = text
      .trimEnd()
      .split("\n")
      .map((line) => decodeLine(line).type);
    expect(kinds).toEqual(Array.from({ length: complete + 1 }, () => "event"));
    expect((await openLog(directory)).loaded).toHaveLength(complete + 1);
  });
});

test("DUR-03: any line flipped, zeroed, deleted or doubled costs at most itself; what was damaged is kept aside", {
  timeout: timeLimitMs(60_000),
}, async () => {
  const machine = await makeMachine();
  await severalAtOnce(allDamages().entries(), async ([number, damage]) => {
    const directory = join(machine.state, `${number}`);
    await mkdir(directory);
    await writeFile(join(directory, "log.jsonl"), damage.bytes);
    const { log, loaded } = await openLog(directory);
    const others = events.filter(({ seq }) => seq !== damage.line);
    const isKept = loaded.length === events.length;
    expect([damage.name, loaded]).toEqual([damage.name, isKept ? events : others]);
    if (damage.keeps) expect([damage.name, isKept]).toEqual([damage.name, true]);
    const isDamaged = log.damagedCount > 0;
    // A flip in what names the checksum leaves the record as it was: then nothing is lost and nothing told.
    expect([damage.name, isKept || isDamaged]).toEqual([damage.name, true]);
    if (isDamaged) await expectKeptAside(directory, damage.bytes);
    expect(await readFile(join(directory, "log.jsonl"))).toEqual(damage.bytes);
  });
});

test("DUR-03: whatever line is damaged, the session loads, and tells of it once", {
  timeout: timeLimitMs(60_000),
}, async () => {
  await severalAtOnce(allDamages(1), async (damage) => {
    const machine = await makeMachine();
    const directory = await layLog(machine, damage.bytes);
    const { log } = await openLog(directory);
    await log.close();
    // As it was before anybody looked.
    await durableFiles.remove(join(directory, "damaged.jsonl"));
    for (const _ of ["first start", "second start"]) {
      const store = startStore(machine);
      const session = await store.find(sessionId);
      if (session === null) throw new Error(`${damage.name}: the session is gone`);
      const notices = (await updates(session, "notice")).filter(
        (update) => update.sessionUpdate === "notice" && update.code === "damaged_lines",
      );
      expect([damage.name, notices.length]).toEqual([damage.name, log.damagedCount > 0 ? 1 : 0]);
      await store.close();
    }
  });
});

test("DUR-03: lines of a later version stay byte for byte where they are, whatever is written after them", async () => {
  const machine = await makeMachine();
  const text = `${lines.join("")}${futureLine(events.length + 1)}`;
  const directory = await layLog(machine, Buffer.from(text));
  const store = startStore(machine);
  const session = await store.find(sessionId);
  await session?.patch({ title: "renamed" }, { kind: "device", id: "d1", name: "Phone" });
  await store.close();
  const after = await readFile(join(directory, "log.jsonl"), "utf8");
  expect(after.slice(0, text.length)).toBe(text);
  expect(session?.lastSeq).toBe(events.length + 2);
});

function allDamages(flipsALine?: number): Damage[] {
  const random = seededRandom("DUR-03");
  return lines.flatMap((line, index) => {
    const positions = Array.from({ length: line.byteLength }, (_, position) => position);
    const wanted = flipsALine ?? rounds({ short: 2, long: line.byteLength });
    const chosen = wanted >= line.byteLength ? positions : positions.filter((p) => p === line.byteLength - 1);
    while (chosen.length < wanted) chosen.push(random.below(line.byteLength));
    return [...chosen.map((position) => flipped(index, position, random.below(8))), ...wholeLine(index)];
  });
}

function flipped(index: number, position: number, bit: number): Damage {
  const line = Buffer.from(lines[index] ?? "");
  line[position] = (line[position] ?? 0) ^ (1 << bit);
  return {
    name: `bit ${bit} of byte ${position} of line ${index + 1} flipped`,
    bytes: withLine(index, [line]),
    line: index + 1,
    keeps: false,
  };
}

function wholeLine(index: number): Damage[] {
  const line = lines[index] ?? Buffer.alloc(0);
  const zeros = Buffer.alloc(line.byteLength);
  const named = (name: string, replacement: Buffer[], keeps: boolean): Damage => ({
    name: `line ${index + 1} ${name}`,
    bytes: withLine(index, replacement),
    line: index + 1,
    keeps,
  });
  const ended = Buffer.from(zeros);
  ended[ended.byteLength - 1] = 10;
  // What is gone from the end of a log, nobody can know.
  const isLast = index === lines.length - 1;
  return [
    named("zeroed", [ended], false),
    ...(isLast ? [] : [named("zeroed with its newline", [zeros], false), named("deleted", [], false)]),
    named("doubled", [line, line], true),
  ];
}

function withLine(index: number, replacement: readonly Buffer[]): Buffer {
  return Buffer.concat([...lines.slice(0, index), ...replacement, ...lines.slice(index + 1)]);
}

async function layLog(machine: Machine, bytes: Buffer): Promise<string> {
  const directory = join(machine.state, "sessions", sessionId);
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "created.json"), JSON.stringify(events[0]?.update));
  await writeFile(join(directory, "log.jsonl"), bytes);
  return directory;
}

/** Every byte that stands aside stands at that place of the log. */
async function expectKeptAside(directory: string, log: Buffer): Promise<void> {
  const text = await readFile(join(directory, "damaged.jsonl"), "utf8");
  for (const line of text.trimEnd().split("\n")) {
    const { offset, base64 } = JSON.parse(line);
    const bytes = Buffer.from(base64 ?? "", "base64");
    expect(log.subarray(offset, offset + bytes.byteLength)).toEqual(bytes);
  }
}

async function openLog(directory: string) {
  const loaded: SessionEvent[] = [];
  const now = () => new Date(at);
  const log = await EventLog.open({
    directory,
    files: durableFiles,
    now,
    onLoad: (event) => void loaded.push(event),
  });
  return { log, loaded };
}
