/** Many appends at once: each file gets its own bytes, and its own failure. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { durableFiles } from "../../src/workspace/durable-files.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

test("forty files that are appended to at once, again and again, each hold exactly their own lines in order", async () => {
  const folder = await temporaryFolder();
  const paths = Array.from({ length: 40 }, (_, index) => join(folder, `${index}.log`));
  const files = await Promise.all(paths.map((path) => durableFiles.openAppend(path)));
  for (let round = 0; round < 100; round += 1) {
    await Promise.all(files.map((file, index) => file.append(Buffer.from(`${index}: ${round} é\n`))));
  }
  await Promise.all(files.map((file) => file.close()));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  const rounds = Array.from({ length: 100 }, (_, round) => round);
  expect(texts).toEqual(paths.map((_, index) => rounds.map((round) => `${index}: ${round} é\n`).join("")));
});

test("an append that the disk refuses leaves its file as it was, and those beside it whole", async () => {
  const folder = await temporaryFolder();
  const paths = Array.from({ length: 12 }, (_, index) => join(folder, `${index}.log`));
  const files = await Promise.all(paths.map((path) => durableFiles.openAppend(path)));
  const full = await durableFiles.openAppend("/dev/full").catch(() => null);
  const [refused, ...told] = await Promise.allSettled([
    full?.append(Buffer.from("never")),
    ...files.map((file) => file.append(Buffer.from("line\n"))),
  ]);
  await Promise.all([...files, ...(full === null ? [] : [full])].map((file) => file.close()));
  expect(told.map(({ status }) => status)).toEqual(paths.map(() => "fulfilled"));
  if (full !== null) expect(refused).toMatchObject({ status: "rejected" });
  expect(await Promise.all(paths.map((path) => readFile(path, "utf8")))).toEqual(paths.map(() => "line\n"));
});
