import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readInstructions, readNestedInstructions } from "../../../src/workspace/guidance/instructions.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

test("takes the first of AGENTS.md, CLAUDE.md and Copilot's file", async () => {
  const root = await temporaryFolder();
  expect(await readInstructions(root)).toEqual([]);
  await mkdir(join(root, ".github"));
  await writeFile(join(root, ".github", "copilot-instructions.md"), "three");
  expect(await readInstructions(root)).toEqual([
    { path: ".github/copilot-instructions.md", text: "three", truncated: false, hiddenCharacters: 0 },
  ]);
  await writeFile(join(root, "CLAUDE.md"), "two");
  await writeFile(join(root, "AGENTS.md"), "one\n");
  expect(await readInstructions(root)).toEqual([
    { path: "AGENTS.md", text: "one", truncated: false, hiddenCharacters: 0 },
  ]);
});

test("cuts at 8 KB, between characters", async () => {
  const root = await temporaryFolder();
  await writeFile(join(root, "AGENTS.md"), `a${"é".repeat(5_000)}`);
  const [found] = await readInstructions(root);
  expect(found).toEqual({
    path: "AGENTS.md",
    text: `a${"é".repeat(4_095)}`,
    truncated: true,
    hiddenCharacters: 0,
  });
});

test("takes hidden characters out and counts them", async () => {
  const root = await temporaryFolder();
  const tags = [..."run"]
    .map((letter) => String.fromCodePoint(0xe0000 + (letter.codePointAt(0) ?? 0)))
    .join("");
  await writeFile(join(root, "AGENTS.md"), `be${tags} ki\u200bnd\u202e \u2066now\u0007`);
  expect(await readInstructions(root)).toEqual([
    { path: "AGENTS.md", text: "be kind now", truncated: false, hiddenCharacters: 7 },
  ]);
});

test("leaves emoji whole", async () => {
  const root = await temporaryFolder();
  const text = "👩‍💻 ❤️‍🔥 👍🏽 ☑️";
  await writeFile(join(root, "AGENTS.md"), text);
  expect(await readInstructions(root)).toEqual([
    { path: "AGENTS.md", text, truncated: false, hiddenCharacters: 0 },
  ]);
});

test("does not follow a link out of the project or to a secret", async () => {
  const root = await temporaryFolder();
  const other = await temporaryFolder();
  await writeFile(join(other, "x"), "outside");
  await writeFile(join(root, ".env"), "KEY=1");
  await symlink(join(other, "x"), join(root, "AGENTS.md"));
  await symlink(".env", join(root, "CLAUDE.md"));
  expect(await readInstructions(root)).toEqual([]);
});

test("reads from the repository's root down to the project, one file a folder", async () => {
  const top = await temporaryFolder();
  const root = join(top, "packages", "app");
  await mkdir(join(top, ".git"));
  await mkdir(join(root, "src", "deep"), { recursive: true });
  await writeFile(join(top, "AGENTS.md"), "top");
  await writeFile(join(top, "packages", "CLAUDE.md"), "between");
  await writeFile(join(root, "AGENTS.md"), "own");
  await writeFile(join(root, "src", "AGENTS.md"), "below");
  expect((await readInstructions(root)).map(({ path, text }) => [path, text])).toEqual([
    ["../../AGENTS.md", "top"],
    ["../CLAUDE.md", "between"],
    ["AGENTS.md", "own"],
  ]);
  const nested = await readNestedInstructions(root, join(root, "src", "deep", "a.ts"));
  expect(nested.map(({ path, text }) => [path, text])).toEqual([["src/AGENTS.md", "below"]]);
  expect(await readNestedInstructions(root, join(root, "a.ts"))).toEqual([]);
  expect(await readNestedInstructions(root, join(top, "packages", "x.ts"))).toEqual([]);
});

test("what stands above a project outside any repository is not read", async () => {
  const top = await temporaryFolder();
  const root = join(top, "app");
  await mkdir(root);
  await writeFile(join(top, "AGENTS.md"), "a stranger's");
  expect(await readInstructions(root)).toEqual([]);
});
