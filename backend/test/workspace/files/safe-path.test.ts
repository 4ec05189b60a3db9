import { mkdir, realpath, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { displayPath, isWithin, resolveInside } from "../../../src/workspace/files/safe-path.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

interface Project {
  readonly folder: string;
  readonly root: string;
}

async function project(): Promise<Project> {
  const folder = await temporaryFolder();
  const root = join(folder, "app");
  await mkdir(join(root, "src", "deep"), { recursive: true });
  await mkdir(join(folder, "app2"));
  await mkdir(join(folder, "outside", "deep"), { recursive: true });
  await writeFile(join(root, "src", "a.ts"), "a");
  await writeFile(join(folder, "outside", "secret"), "s");
  await symlink("src", join(root, "inner"));
  await symlink(join(folder, "outside"), join(root, "outer"));
  await symlink(join(folder, "outside", "new"), join(root, "dangling"));
  await symlink("../../outside", join(root, "src", "up"));
  await symlink("loop", join(root, "loop"));
  await symlink(join(root, "src", "a.ts"), join(folder, "outside", "back"));
  return { folder, root };
}

test.each([
  ["src/a.ts", "src/a.ts", true],
  ["./src/../src/a.ts", "src/a.ts", true],
  [".", ".", true],
  ["", ".", true],
  ["src/new/deep/file", "src/new/deep/file", false],
  ["inner/a.ts", "src/a.ts", true],
  ["~", "~", false],
  ["~/x", "~/x", false],
  ["..config", "..config", false],
  ["a\nb", "a\nb", false],
  ["missing/../src/a.ts", "src/a.ts", false],
  ["outer/back", "src/a.ts", true],
  ["src/a.ts/below", "src/a.ts/below", false],
])("%j leads to %j, inside", async (path, relative, exists) => {
  const { root } = await project();
  const found = await resolveInside(root, path);
  expect(found).toMatchObject({ absolute: join(root, relative), relative, inside: true, exists });
});

test.each([
  "..",
  "../app2/x",
  "../outside/secret",
  "src/../../x",
  "outer",
  "outer/secret",
  "outer/new/deep",
  "dangling",
  "src/up/secret",
  "inner/up/secret",
  "outer/..",
  "missing/../outer/secret",
  "missing/../../x",
  "/etc/passwd",
  "/",
])("%j leads out", async (path) => {
  const { root } = await project();
  expect((await resolveInside(root, path)).inside).toBe(false);
});

test("takes `..` behind a link from where the link leads", async () => {
  const { folder, root } = await project();
  await symlink(join(folder, "outside", "deep"), join(root, "deep"));
  expect((await resolveInside(root, "deep/../secret")).absolute).toBe(join(folder, "outside", "secret"));
});

test("accepts absolute paths, also through a link to the project", async () => {
  const { folder, root } = await project();
  await symlink(root, join(folder, "alias"));
  expect(await resolveInside(join(folder, "alias"), join(folder, "alias", "src/a.ts"))).toMatchObject({
    absolute: join(await realpath(root), "src/a.ts"),
    inside: true,
  });
});

test("refuses a NUL character, a loop of links and a name that is too long", async () => {
  const { root } = await project();
  await expect(resolveInside(root, "a\0b")).rejects.toMatchObject({ code: "bad_path" });
  await expect(resolveInside(root, "loop/x")).rejects.toMatchObject({ code: "bad_path" });
  await expect(resolveInside(root, "x".repeat(300))).rejects.toMatchObject({ code: "bad_path" });
});

test("compares by whole segments", () => {
  expect(isWithin("/a/b", "/a/b")).toBe(true);
  expect(isWithin("/a/b", "/a/b/c")).toBe(true);
  expect(isWithin("/a/b", "/a/bc")).toBe(false);
  expect(isWithin("/a/b", "/a")).toBe(false);
  expect(isWithin("/", "/a")).toBe(true);
});

test("shows paths relative inside and absolute outside", () => {
  expect(displayPath("/a", "/a/b")).toBe("b");
  expect(displayPath("/a", "/a")).toBe(".");
  expect(displayPath("/a", "/b")).toBe("/b");
});
