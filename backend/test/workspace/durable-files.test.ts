import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("appends to a file that only its owner may read, and knows its size", async () => {
  const path = join(await temporaryFolder(), "log");
  const file = await durableFiles.openAppend(path);
  await file.append(Buffer.from("one\n"));
  await file.append(Buffer.from("two\n"));
  await file.sync();
  expect(file.size).toBe(8);
  await file.truncate(4);
  await file.append(Buffer.from("three\n"));
  await file.close();
  expect(await readFile(path, "utf8")).toBe("one\nthree\n");
  expect(modeOf(await stat(path))).toBe(0o600);
  const again = await durableFiles.openAppend(path);
  expect(again.size).toBe(10);
  await again.close();
});

test("replaces a file whole, with the asked mode, and leaves nothing else behind", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "state.json");
  await writeFile(path, "old", { mode: 0o644 });
  await durableFiles.writeAtomic(path, "new");
  expect(await readFile(path, "utf8")).toBe("new");
  expect(modeOf(await stat(path))).toBe(0o600);
  expect(await readdir(folder)).toEqual(["state.json"]);
});

test("a replacement that fails leaves the old file and no other", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "taken"));
  await writeFile(join(folder, "taken", "inside"), "x");
  await expect(durableFiles.writeAtomic(join(folder, "taken"), "new")).rejects.toThrow();
  expect(await readdir(folder)).toEqual(["taken"]);
});

test("makes folders that only their owner may enter, and keeps those that are there", async () => {
  const folder = await temporaryFolder();
  await durableFiles.makeDirectory(join(folder, "a", "b"));
  expect(modeOf(await stat(join(folder, "a")))).toBe(0o700);
  expect(modeOf(await stat(join(folder, "a", "b")))).toBe(0o700);
  await chmod(join(folder, "a"), 0o755);
  await durableFiles.makeDirectory(join(folder, "a"));
  expect(modeOf(await stat(join(folder, "a")))).toBe(0o755);
});

test("what is not there reads as null and is removed without complaint", async () => {
  const path = join(await temporaryFolder(), "nothing");
  expect(await durableFiles.read(path)).toBeNull();
  await durableFiles.remove(path);
  await durableFiles.writeAtomic(path, "x");
  await durableFiles.remove(path);
  expect(await durableFiles.read(path)).toBeNull();
});

test("a full disk rejects the append and leaves the file as it was", async () => {
  // Linux has a file that is always full; elsewhere there is nothing to try this on.
  const full = await durableFiles.openAppend("/dev/full").catch(() => null);
  if (full === null) return;
  await expect(full.append(Buffer.from("x"))).rejects.toThrow();
  expect(full.size).toBe(0);
  await full.close();
});

function modeOf(found: { mode: number }): number {
  return found.mode & 0o777;
}
