/** Commands that touch more than they name, so that looking at their words is not enough. */
import { lstat, stat } from "node:fs/promises";
import { basename, dirname, resolve } from "node:path";
import { unsafeConfigKeys } from "../git/git.ts";
import type { SimpleCommand, Word } from "./shell-lexer.ts";

/** A command and the folder that it runs in, as far as `cd` in front of it tells. */
export interface PlacedCommand {
  readonly command: SimpleCommand;
  readonly folder: string;
}

/** Follows `cd` from one command to the next. */
export function placedCommands(commands: readonly SimpleCommand[], cwd: string): PlacedCommand[] {
  let folder = cwd;
  return commands.map((command) => {
    const placed = { command, folder };
    const { program, words } = callOf(command);
    // As the shell does it: `..` in the argument of `cd` is taken from the text.
    if (program === "cd") folder = resolve(folder, words[0]?.text ?? ".");
    return placed;
  });
}

/** Whether any of these commands may reach what none of its words names. */
export async function isInDoubt(commands: readonly PlacedCommand[]): Promise<boolean> {
  const doubts = commands.map((placed, index) => {
    const isLast = index === commands.length - 1;
    return isLast ? hasDoubt(placed) : either(hasDoubt(placed), movesFolder(placed));
  });
  return (await Promise.all(doubts)).includes(true);
}

function hasDoubt(placed: PlacedCommand): Promise<boolean> {
  const { command } = placed;
  if (command.words.some((word) => word.text === "git")) return obeysRepository(placed);
  switch (callOf(command).program) {
    case "cp":
      return copiesOntoLink(placed);
    case "diff":
      return comparesFolders(placed);
    default:
      return Promise.resolve(false);
  }
}

/** A repository's settings can make even `git status` run programs (APR-19): only a person may obey those of a stranger. */
async function obeysRepository({ folder }: PlacedCommand): Promise<boolean> {
  if (await looksBare(folder)) return true;
  // Where git cannot be asked it cannot be vouched for.
  const keys = await unsafeConfigKeys(folder).catch(() => ["unknown"]);
  return keys.length > 0;
}

/** A folder, or one above it, that git would take for a repository without work tree: its settings may lie among a project's files. */
async function looksBare(folder: string): Promise<boolean> {
  const found = await Promise.all(["HEAD", "objects", "refs"].map((name) => statusOf(resolve(folder, name))));
  if (found.every((status) => status !== null)) return true;
  const above = dirname(folder);
  return above === folder ? false : looksBare(above);
}

/** Into a folder `cp` writes names of its own making, and through a link that has one of them. */
async function copiesOntoLink({ command, folder }: PlacedCommand): Promise<boolean> {
  const operands = operandsOf(command);
  const target = operands.at(-1);
  if (target === undefined) return false;
  if (!(await isFolder(resolve(folder, target.text)))) return false;
  const sources = operands.slice(0, -1);
  // `-T` and `folder/.` pour one folder into another.
  const pours = command.words.some(
    ({ text }) => /^-\w*T|(?:^|\/)\.{1,2}\/*$/.test(text) && text !== target.text,
  );
  if (pours || sources.some((word) => word.hasGlob)) return true;
  const made = sources.map((word) => resolve(folder, target.text, basename(resolve(folder, word.text))));
  const found = await Promise.all(made.map(statusOf));
  return found.some((status) => status !== null && !status.isFile());
}

/** In two folders `diff` reads what has the same name, links too. */
async function comparesFolders({ command, folder }: PlacedCommand): Promise<boolean> {
  const found = operandsOf(command).map((word) => isFolder(resolve(folder, word.text)));
  return (await Promise.all(found)).includes(true);
}

/** What is moved or copied whole takes links along, which later commands find at a name that was not there to look at. */
async function movesFolder({ command, folder }: PlacedCommand): Promise<boolean> {
  const { program } = callOf(command);
  if (program !== "mv" && program !== "cp") return false;
  const sources = operandsOf(command).slice(0, -1);
  if (sources.some((word) => word.hasGlob)) return true;
  const found = await Promise.all(sources.map((word) => statusOf(resolve(folder, word.text))));
  return found.some((status) => status !== null && !status.isFile());
}

/** Without the variables that are set for it alone, and without a time limit. */
function callOf({ words }: SimpleCommand): { program: string | undefined; words: readonly Word[] } {
  const call = words.slice(words.findIndex((word) => !/^\w+=/.test(word.text)));
  const own = call[0]?.text === "timeout" ? call.slice(2) : call;
  return { program: own[0]?.text, words: own.slice(1) };
}

function operandsOf(command: SimpleCommand): readonly Word[] {
  return callOf(command).words.filter((word) => !word.text.startsWith("-"));
}

async function isFolder(path: string): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  return status?.isDirectory() ?? false;
}

function statusOf(path: string) {
  // What is not there leads nowhere.
  return lstat(path).catch(() => null);
}

async function either(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  return (await Promise.all([one, other])).includes(true);
}
