/** Small writes happen here and now, as long as the disk takes them at once. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { quickWriter } from "../../src/workspace/quick-write.ts";

const few = new Uint8Array(10);

/** A disk whose every write takes `tookMs` on a clock of its own; `ways` says how each was written. */
function disk() {
  const ways: string[] = [];
  const clock = { nowMs: 0, tookMs: 0 };
  const write = quickWriter({
    nowMs: () => clock.nowMs,
    writeHere: (_file, data) => {
      ways.push("here");
      clock.nowMs += clock.tookMs;
      return data.byteLength;
    },
    writeAside: async (_file, data) => {
      ways.push("aside");
      return data.byteLength;
    },
  });
  return { clock, ways, write };
}

test("few bytes are written at once, many beside the event loop", async () => {
  const { ways, write } = disk();
  expect(await write(1, few)).toBe(10);
  expect(await write(1, new Uint8Array(20_000))).toBe(20_000);
  expect(ways).toEqual(["here", "aside"]);
});

test("after one slow write nothing waits for that disk for forty times as long", async () => {
  const { clock, ways, write } = disk();
  clock.tookMs = 50;
  await write(1, few);
  clock.tookMs = 0;
  await write(1, few);
  clock.nowMs += 1_999;
  await write(1, few);
  clock.nowMs += 1;
  await write(1, few);
  await write(1, few);
  expect(ways).toEqual(["here", "aside", "aside", "here", "here"]);
});

test("a moment's wait keeps nobody away for long, and an hour's not for days", async () => {
  const { clock, ways, write } = disk();
  clock.tookMs = 5;
  await write(1, few);
  clock.nowMs += 199;
  await write(1, few);
  clock.nowMs += 1;
  clock.tookMs = 3_600_000;
  await write(1, few);
  clock.nowMs += 60_000;
  clock.tookMs = 0;
  await write(1, few);
  expect(ways).toEqual(["here", "aside", "here", "here"]);
});

test("what the system says against a write is the caller's to hear", () => {
  const write = quickWriter({
    nowMs: () => 0,
    writeHere: () => {
      throw new Error("ENOSPC: no space left on device, write");
    },
    writeAside: () => Promise.resolve(0),
  });
  expect(() => write(1, few)).toThrow("ENOSPC");
});

test("what is written in both ways stands in its order on a real disk", async () => {
  const folder = await mkdtemp(join(tmpdir(), "voxpilot-quick-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "log");
  const file = await durableFiles.openAppend(path);
  const parts = [10, 20_000, 10, 16_384, 16_385].map((size, index) => Buffer.alloc(size, 97 + index));
  for (const part of parts) await file.append(part);
  await file.close();
  expect(await readFile(path)).toEqual(Buffer.concat(parts));
  expect(file.size).toBe(52_789);
});
