import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readInstructions } from "../../src/workspace/instructions.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

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
