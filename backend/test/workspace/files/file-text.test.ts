import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  binaryKind,
  hashOf,
  readBytes,
  readLines,
  sizeText,
} from "../../../src/workspace/files/file-text.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const range = { from: 1, lineLimit: 100, byteLimit: 50_000, lineLength: 20 };

async function file(content: string | Buffer): Promise<string> {
  const path = join(await temporaryFolder(), "file");
  await writeFile(path, content);
  return path;
}

test("reads lines without their ends and a byte order mark, with count and hash", async () => {
  const content = "\uFEFFone\r\ntwo\n\nfour";
  expect(await readLines(await file(content), range)).toEqual({
    type: "text",
    lines: ["one", "two", "", "four"],
    total: 4,
    isCounted: true,
    size: 17,
    hash: hashOf(Buffer.from(content)),
    bytes: Buffer.from(content),
  });
});

test("reads a range, ends at the byte limit, and still counts", async () => {
  const path = await file("a\nbb\nccc\ndddd\neeeee\n");
  expect(await readLines(path, { ...range, from: 2, lineLimit: 2 })).toMatchObject({
    lines: ["bb", "ccc"],
    total: 5,
  });
  expect(await readLines(path, { ...range, byteLimit: 6 })).toMatchObject({ lines: ["a", "bb"], total: 5 });
});

test("cuts long lines and says how much", async () => {
  expect(await readLines(await file(`${"x".repeat(25)}\r\n${"y".repeat(20)}\r\n`), range)).toMatchObject({
    lines: [`${"x".repeat(20)} [6 more characters cut]`, "y".repeat(20)],
  });
});

test("reads the beginning of a huge sparse file in no time and little memory", async () => {
  const path = await file("first\nsecond\n");
  const handle = await open(path, "r+");
  await handle.truncate(5_000_000_000);
  await handle.close();
  const startedAt = performance.now();
  const found = await readLines(path, { ...range, lineLimit: 1 });
  expect(performance.now() - startedAt).toBeLessThan(1_000);
  expect(found).toMatchObject({ type: "binary", size: 5_000_000_000 });
});

test("does not count or hash a large text, and stops once the range is full", async () => {
  const path = await file("line\n".repeat(3_000_000));
  expect(await readLines(path, { ...range, lineLimit: 2 })).toMatchObject({
    lines: ["line", "line"],
    isCounted: false,
    hash: null,
  });
});

test("refuses to take a file of more than 10 MB whole", async () => {
  await expect(readBytes(await file(Buffer.alloc(10_000_001)))).rejects.toMatchObject({ code: "too_large" });
});

test("knows what is not text", () => {
  expect(binaryKind(Buffer.from("89504e470d0a1a0a0000000d", "hex"))).toBe("PNG image");
  expect(binaryKind(Buffer.from([0xff, 0xfe, 0x61, 0]))).toBe("UTF-16 text");
  expect(binaryKind(Buffer.from("a\0b"))).toBe("binary file");
  expect(binaryKind(Buffer.from("%PDF-1.7\n"))).toBe("PDF document");
  expect(binaryKind(Buffer.from("BM is how this text begins"))).toBe(null);
  expect(binaryKind(Buffer.from([0xe9, 0x74, 0xe9]))).toBe(null);
});

test("writes sizes for people", () => {
  expect([0, 999, 3_400, 5_000_000_000].map(sizeText)).toEqual(["0 bytes", "999 bytes", "3.4 KB", "5.0 GB"]);
});
