import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readFrontMatter } from "../../../src/workspace/guidance/front-matter.ts";
import { listSkills, loadSkill } from "../../../src/workspace/guidance/skills.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function skill(folder: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "SKILL.md"), text);
}

test("INJ-01: skills come from the project and the user, whose own stands before a project's of the same name", async () => {
  const [root, userFolder] = [await temporaryFolder(), await temporaryFolder()];
  await skill(
    join(root, ".claude/skills/release"),
    "---\nname: release\ndescription: How to\n  release\n---\n# Release\nTag it.",
  );
  await skill(join(root, ".voxpilot/skills/tone"), "The project's.");
  await skill(join(userFolder, "skills/tone"), "# How I write\nShort.");
  await skill(join(root, ".agents/skills/bad name"), "Not a name.");
  const places = { root, userFolder };
  expect(await listSkills(places)).toEqual([
    {
      name: "release",
      description: "How to release",
      source: "project",
      folder: join(root, ".claude/skills/release"),
    },
    { name: "tone", description: "How I write", source: "user", folder: join(userFolder, "skills/tone") },
  ]);
  expect((await loadSkill(places, "release"))?.text).toBe("# Release\nTag it.");
  expect(await loadSkill(places, "nothing")).toBeNull();
  expect(await loadSkill(places, "../release")).toBeNull();
});

test("a skill that leads out of the project is none", async () => {
  const [root, outside] = [await temporaryFolder(), await temporaryFolder()];
  await skill(join(outside, "evil"), "SECRET");
  await mkdir(join(root, ".agents/skills"), { recursive: true });
  await symlink(join(outside, "evil"), join(root, ".agents/skills/evil"));
  expect(await listSkills({ root, userFolder: null })).toEqual([]);
});

test("front matter is read as far as it is plain", () => {
  expect(readFrontMatter("no front matter\n---\nx: y\n")).toEqual({
    fields: new Map(),
    body: "no front matter\n---\nx: y\n",
  });
  expect(readFrontMatter("---\r\nName: 'a b'\r\nlist:\r\n  - one\r\nnot a field\r\n---\r\nBody\r\n")).toEqual(
    {
      fields: new Map([
        ["name", "a b"],
        ["list", "- one"],
      ]),
      body: "Body\r\n",
    },
  );
  expect(readFrontMatter("---\nopen: for ever\n")).toEqual({
    fields: new Map(),
    body: "---\nopen: for ever\n",
  });
});

test("RES-01: front matter is read from the first 8 KB, and a value gains at most 1 KB by the lines below it", () => {
  const text = `---\ndescription: x\n${" a\n".repeat(2_000)}---\nbody`;
  expect(readFrontMatter(text).fields.get("description")).toBe(`x${" a".repeat(512)}`);
  const long = `---\ndescription: x\n${" a\n".repeat(21_000)}---\nbody`;
  expect(readFrontMatter(long)).toEqual({ fields: new Map(), body: long });
  expect(readFrontMatter(`---\nk:${" ".repeat(8_000)}\u2028y\n---\n`).fields.get("k")).toBe("y");
});

test("RES-01: at most 50 skills are read, and none of a file that is longer than 64 KB", async () => {
  const root = await temporaryFolder();
  await skill(join(root, ".agents/skills/a-long-one"), "x".repeat(64_001));
  for (let index = 0; index < 60; index += 1)
    await skill(join(root, `.agents/skills/s${String(index).padStart(2, "0")}`), "Short.");
  const names = (await listSkills({ root, userFolder: null })).map(({ name }) => name);
  expect(names).toEqual(Array.from({ length: 50 }, (_, index) => `s${String(index).padStart(2, "0")}`));
});
