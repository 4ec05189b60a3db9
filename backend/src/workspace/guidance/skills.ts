/** Skills: folders with a `SKILL.md`, in the project or in the user's settings, that a model reads when it needs them. */
import { join } from "node:path";
import { entryNames, type MarkdownPlace, readMarkdown } from "./markdown-folder.ts";

export interface Skill {
  readonly name: string;
  /** One line. */
  readonly description: string;
  readonly source: "project" | "user";
  /** Of the skill's own folder: what it names lies there. */
  readonly folder: string;
}

/** Where skills are looked for; `userFolder` is absolute, null: there is none. */
export interface SkillPlaces {
  readonly root: string;
  readonly userFolder: string | null;
}

const projectFolders = [".voxpilot/skills", ".agents/skills", ".claude/skills"];
const mostSkills = 50;
const longestDescription = 200;
const skillName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** What there is, by name; a user's own skill stands before a project's of the same name. */
export async function listSkills(places: SkillPlaces): Promise<Skill[]> {
  const found = new Map<string, Skill>();
  // Mostly none of the folders is there: a turn's first request waits for one of them, not for all.
  const listed = skillPlaces(places).map(async (one) => ({ ...one, names: await entryNames(one.place) }));
  for (const { place, source, names } of await Promise.all(listed)) {
    for (const name of names) {
      if (found.size >= mostSkills) break;
      const skill = found.has(name) ? null : await readSkill(place, { name, source });
      if (skill !== null) found.set(name, skill);
    }
  }
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** What a skill says, and where its files lie; null: there is no such skill. */
export async function loadSkill(
  places: SkillPlaces,
  name: string,
): Promise<{ readonly skill: Skill; readonly text: string } | null> {
  const skill = (await listSkills(places)).find((one) => one.name === name);
  const at = skillPlaces(places).find(
    ({ place }) => skill?.folder === join(place.border, place.folder, name),
  );
  if (skill === undefined || at === undefined) return null;
  const file = await readMarkdown(at.place, join(name, "SKILL.md"));
  return file === null ? null : { skill, text: file.body.trim() };
}

function skillPlaces({ root, userFolder }: SkillPlaces) {
  const project = projectFolders.map((folder) => ({
    place: { border: root, folder },
    source: "project" as const,
  }));
  if (userFolder === null) return project;
  return [{ place: { border: userFolder, folder: "skills" }, source: "user" as const }, ...project];
}

async function readSkill(
  place: MarkdownPlace,
  { name, source }: Pick<Skill, "name" | "source">,
): Promise<Skill | null> {
  if (!skillName.test(name)) return null;
  const file = await readMarkdown(place, join(name, "SKILL.md"));
  if (file === null) return null;
  const said = file.fields.get("description") ?? firstLine(file.body);
  const description = said.slice(0, longestDescription);
  return { name, description, source, folder: join(place.border, place.folder, name) };
}

function firstLine(body: string): string {
  const lines = body.split("\n").map((line) => line.replace(/^#+\s*/, "").trim());
  return lines.find((line) => line !== "") ?? "";
}
