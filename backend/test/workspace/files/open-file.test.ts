import { execFileSync } from "node:child_process";
import { existsSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { link, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openFile, replaceFile } from "../../../src/workspace/files/open-file.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("opens a regular file", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "a"), "text");
  const { handle } = await openFile(join(folder, "a"));
  onTestFinished(() => handle.close());
  expect(await handle.readFile("utf8")).toBe("text");
});

test("refuses a pipe, a socket, a device, a folder and a missing file at once", async () => {
  const folder = await temporaryFolder();
  execFileSync("mkfifo", [join(folder, "pipe")]);
  const server = createServer().listen(join(folder, "socket"));
  onTestFinished(() => {
    server.close();
  });
  await expect(openFile(join(folder, "pipe"))).rejects.toMatchObject({ code: "not_a_file" });
  await expect(openFile(join(folder, "socket"))).rejects.toMatchObject({ code: "not_a_file" });
  await expect(openFile("/dev/zero")).rejects.toMatchObject({ code: "not_a_file" });
  await expect(openFile(folder)).rejects.toMatchObject({ code: "is_a_folder" });
  await expect(openFile(join(folder, "missing"))).rejects.toMatchObject({ code: "not_found" });
});

test("does not open what has become a link since it was resolved", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "in"));
  await mkdir(join(folder, "out"));
  await writeFile(join(folder, "out", "secret"), "s");
  await symlink(join(folder, "out", "secret"), join(folder, "in", "file"));
  await expect(openFile(join(folder, "in", "file"))).rejects.toMatchObject({ code: "changed" });
  await symlink(join(folder, "out"), join(folder, "in", "folder"));
  await expect(openFile(join(folder, "in", "folder", "secret"))).rejects.toMatchObject({ code: "changed" });
});

test("does not write through a folder that has become a link", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "out"));
  await symlink(join(folder, "out"), join(folder, "in"));
  await expect(replaceFile(join(folder, "in", "file"), Buffer.from("x"), 0o644)).rejects.toMatchObject({
    code: "changed",
  });
  expect(await readdir(join(folder, "out"))).toEqual([]);
});

test("FS-02: writes nothing outside while a folder is swapped for a link again and again", async () => {
  const folder = await temporaryFolder();
  const inside = join(folder, "in");
  await mkdir(join(folder, "out"));
  await mkdir(inside);
  const swap = setInterval(() => {
    if (existsSync(`${inside}.kept`) || !existsSync(inside)) return;
    renameSync(inside, `${inside}.kept`);
    rmSync(inside, { recursive: true, force: true });
    symlinkSync(join(folder, "out"), inside);
  });
  const swapBack = setInterval(() => {
    if (!existsSync(`${inside}.kept`)) return;
    rmSync(inside, { recursive: true, force: true });
    renameSync(`${inside}.kept`, inside);
  });
  onTestFinished(() => {
    clearInterval(swap);
    clearInterval(swapBack);
  });
  for (let round = 0; round < 60; round += 1) {
    await replaceFile(join(inside, "deep", "file"), Buffer.from("x"), 0o644).catch(() => undefined);
  }
  expect(await readdir(join(folder, "out"))).toEqual([]);
});

test("makes folders, keeps the mode against the umask, and breaks hard links", async () => {
  const folder = await temporaryFolder();
  const path = join(folder, "a", "b", "file");
  await replaceFile(path, Buffer.from("one"), 0o775);
  await link(path, join(folder, "other"));
  await replaceFile(path, Buffer.from("two"), 0o775);
  expect(await readFile(path, "utf8")).toBe("two");
  expect(await readFile(join(folder, "other"), "utf8")).toBe("one");
  expect((await stat(path)).mode & 0o7777).toBe(0o775);
  expect(await readdir(join(folder, "a", "b"))).toEqual(["file"]);
});
