/** Slash commands that people write as Markdown files, in the project or in their settings folder. */
import { basename } from "node:path";
import { entryNames, type MarkdownPlace, readMarkdown } from "./markdown-folder.ts";

export interface CommandFile {
  /** What is written after `/`. */
  readonly name: string;
  readonly description: string;
  /** What may follow the name. */
  readonly hint: string | null;
  readonly source: "project" | "user";
  /** The text that the model is given; `$ARGUMENTS` and `$1` … `$9` stand for what followed the name. */
  readonly body: string;
}

/** Where commands are looked for; `userFolder` is absolute, null: there is none. */
export interface CommandPlaces {
  readonly root: string;
  readonly userFolder: string | null;
}

const projectFolders = [".voxpilot/commands", ".claude/commands", ".opencode/command", ".github/prompts"];
const mostCommands = 100;
const commandFile = /^([a-z0-9][a-z0-9_-]{0,40})(?:\.prompt)?\.md$/i;

/** What there is, sorted by name; a user's own command stands before a project's of the same name. */
export async function readCommandFiles({ root, userFolder }: CommandPlaces): Promise<CommandFile[]> {
  const places = projectFolders.map((folder) => ({ border: root, folder }));
  const found = new Map<string, CommandFile>();
  if (userFolder !== null) await collect(found, { border: userFolder, folder: "commands" }, "user");
  for (const place of places) await collect(found, place, "project");
  return [...found.values()].sort((one, other) => (one.name < other.name ? -1 : 1)).slice(0, mostCommands);
}

async function collect(
  found: Map<string, CommandFile>,
  place: MarkdownPlace,
  source: CommandFile["source"],
): Promise<void> {
  for (const entry of await entryNames(place)) {
    if (found.size >= mostCommands) return;
    const name = commandFile.exec(entry)?.[1]?.toLowerCase();
    if (name === undefined || found.has(name)) continue;
    const file = await readMarkdown(place, basename(entry));
    if (file === null || file.body.trim() === "") continue;
    found.set(name, {
      name,
      description: (file.fields.get("description") ?? file.body.trim().split("\n")[0] ?? "").slice(0, 200),
      hint: file.fields.get("argument-hint") ?? null,
      source,
      body: file.body.trim(),
    });
  }
}

/** At most so many places are filled, and so many characters made of it: a short file could become one of any size. */
const mostPlaces = 20;
const longestFilled = 100_000;

/** The command's text with what followed its name put in; text that has no place for it gets it at the end. */
export function filledIn(body: string, written: string): string {
  const words = written.split(/\s+/).filter(Boolean);
  const hasPlace = /\$ARGUMENTS|\$[1-9]/.test(body);
  let places = 0;
  const filled = body.replace(/\$ARGUMENTS|\$([1-9])/g, (whole, number: string | undefined) => {
    places += 1;
    if (places > mostPlaces) return whole;
    return number === undefined ? written : (words[Number(number) - 1] ?? "");
  });
  return (hasPlace || written === "" ? filled : `${filled}\n\n${written}`).slice(0, longestFilled);
}
