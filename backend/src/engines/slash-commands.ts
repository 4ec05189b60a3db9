/** The one registry of slash commands: built in, and from Markdown files of the project and the user. */
import type { SlashCommand } from "../protocol/slash-command.ts";
import { type CommandPlaces, filledIn, readCommandFiles } from "../workspace/guidance/command-files.ts";

interface BuiltInCommand extends Pick<SlashCommand, "name" | "description" | "hint" | "where"> {
  /** What the model is told when it is sent as a prompt. */
  readonly body?: string;
}

/** A client has its own words for the descriptions of these. */
const builtIn: readonly BuiltInCommand[] = [
  { name: "new", description: "Start a new session in this project", hint: "what to do", where: "page" },
  { name: "model", description: "Choose the model", hint: null, where: "page" },
  { name: "mode", description: "Choose what may be done without asking", hint: null, where: "page" },
  { name: "compact", description: "Sum up what came before, to make room", hint: null, where: "page" },
  {
    name: "rewind",
    description: "Go back to before a turn: files, conversation or both",
    hint: null,
    where: "page",
  },
  { name: "help", description: "List the commands", hint: null, where: "page" },
  {
    name: "review",
    description: "Review the uncommitted changes",
    hint: "what to look at",
    where: "turn",
    body: "Review the uncommitted changes of this project ($ARGUMENTS). Look at `git status` and `git diff HEAD` and read what stands around the changes. Change nothing. Report what is wrong, most serious first, each with its file and line, why it is wrong and what would put it right. Say plainly when nothing is.",
  },
  {
    name: "commit",
    description: "Commit the changes with a fitting message",
    hint: "what to say",
    where: "turn",
    body: "Commit the changes of this project ($ARGUMENTS). Look at `git status`, `git diff HEAD` and the last ten messages of `git log` first, and write the message in their style. Stage only what belongs together; leave out secrets and generated files. Do not push.",
  },
  {
    name: "init",
    description: "Write AGENTS.md for this project",
    hint: null,
    where: "turn",
    body: "Write AGENTS.md at the root of this project, or improve the one that is there: how to install, build, test and lint (a single test too), the layout in a few lines, and the habits of the code that an agent would not guess. Read the manifest, the README and a few files first. At most 40 lines.",
  },
];

/** Everything that can be written after `/` in a project; files stand behind built-in ones of the same name. */
export async function slashCommands(places: CommandPlaces): Promise<SlashCommand[]> {
  const files = await readCommandFiles(places);
  const own = new Set(builtIn.map(({ name }) => name));
  return [
    ...builtIn.map(({ body: _, ...command }) => ({ ...command, source: "built-in" as const })),
    ...files
      .filter(({ name }) => !own.has(name))
      .map(({ name, description, hint, source }) => ({
        name,
        description,
        hint,
        source,
        where: "turn" as const,
      })),
  ];
}

/** What a prompt's command means for the model; null: the prompt is no command that is known. */
export async function expandedCommand(
  prompt: string,
  places: CommandPlaces,
): Promise<{ readonly name: string; readonly text: string } | null> {
  const [, name = "", written = ""] = /^\/([A-Za-z0-9][\w-]*)(?:\s+([\s\S]*))?$/.exec(prompt.trim()) ?? [];
  if (name === "") return null;
  const command = builtIn.find((one) => one.name === name);
  if (command !== undefined)
    return command.body === undefined ? null : { name, text: builtInText(command.body, written) };
  const file = (await readCommandFiles(places)).find((one) => one.name === name.toLowerCase());
  return file === undefined ? null : { name, text: filledIn(file.body, written) };
}

/** Without anything behind the command, what it says of that goes too. */
function builtInText(body: string, written: string): string {
  return written === "" ? body.replace(" ($ARGUMENTS)", "") : filledIn(body, written);
}
