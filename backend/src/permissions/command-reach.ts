/** How far a shell command reaches, and whether that is known for certain. When in doubt it is not. */
import { basename, relative } from "node:path";
import type { Reach } from "../protocol/permission.ts";
import {
  lexCommand,
  type Redirection,
  type SimpleCommand,
  type Word,
} from "../workspace/commands/shell-lexer.ts";
import { isProtectedPath, isSecretPath } from "../workspace/files/protected-names.ts";
import { isWithin } from "../workspace/files/safe-path.ts";
import { absolutePath, type CommandPlace, type PathUse, pathReach } from "./command-paths.ts";
import { gitShapes, isProjectRun } from "./command-runners.ts";
import { parseWords, type Shape, shapes } from "./command-shapes.ts";
import { looseReach } from "./loose-reach.ts";

export interface CommandReach {
  readonly reach: readonly Reach[];
  readonly dangerous: boolean;
  /** Understood to the last word, and nothing in it leaves the project, its files or this machine. */
  readonly staysInside: boolean;
}

/** What names VoxPilot itself: a command that names it is asked about, whatever else it does. */
export interface OwnTraces {
  readonly names: readonly string[];
  readonly statePaths: readonly string[];
  readonly ports: readonly number[];
}

export interface CommandQuestion extends CommandPlace {
  readonly command: string;
  /** A link on one of its paths leads out of the project. */
  readonly leadsOutside?: boolean;
  /** Where links on its paths lead that stay in the project, absolute. */
  readonly leadsTo?: readonly string[];
  /** Its paths could not be followed. */
  readonly isUnclear?: boolean;
  readonly own: OwnTraces;
}

/** These ask nobody by themselves; whatever else there is, does. */
const quiet: ReadonlySet<Reach> = new Set<Reach>([
  "writes_files",
  "deletes_files",
  "inside_project",
  "can_be_undone",
  "reads_only",
]);

const longestRead = 10_000;

/** Reads the command alone: no file is looked at, and the same text gets the same answer. */
export function commandReach(question: CommandQuestion): CommandReach {
  const exact = exactReach(question);
  // A long command is searched for signs only in part: it is asked about in any case.
  const loose = exact.isUnderstood
    ? { reach: [], dangerous: false }
    : looseReach(question.command.slice(0, longestRead));
  const own: Reach[] = namesUs(question) ? ["controls_voxpilot"] : [];
  const isOutside = question.leadsOutside === true || !isWithin(question.root, question.cwd);
  const outside: Reach[] = isOutside ? ["leaves_project"] : [];
  const unclear: Reach[] = question.isUnclear === true ? ["not_understood"] : [];
  const found = new Set<Reach>([...exact.reach, ...loose.reach, ...own, ...outside, ...unclear]);
  for (const reach of linkReach(question, found)) found.add(reach);
  const dangerous = loose.dangerous || own.length > 0 || isDangerous(found);
  const staysInside = exact.isUnderstood && !dangerous && [...found].every((reach) => quiet.has(reach));
  if (staysInside) found.add("inside_project");
  if (staysInside && !found.has("writes_files") && !found.has("deletes_files")) found.add("reads_only");
  return { reach: [...found], dangerous, staysInside };
}

/** A link has a harmless name of its own: what it leads to counts. */
function linkReach({ root, leadsTo = [] }: CommandQuestion, found: ReadonlySet<Reach>): Reach[] {
  const names = leadsTo.map((path) => relative(root, path));
  const writes = found.has("writes_files") || found.has("deletes_files");
  return [
    ...(names.some(isSecretPath) ? (["touches_secrets"] as const) : []),
    ...(writes && names.some(isProtectedPath) ? (["touches_protected"] as const) : []),
  ];
}

function isDangerous(found: ReadonlySet<Reach>): boolean {
  const changes = found.has("writes_files") || found.has("deletes_files");
  return (
    (found.has("leaves_project") && changes) || (found.has("cannot_be_undone") && found.has("deletes_files"))
  );
}

/** Also with quotes and backslashes between the letters. */
function namesUs({ command, own }: CommandQuestion): boolean {
  const plain = command.replace(/["'\\]/g, "");
  return [command, plain].some((text) => {
    const lower = text.toLowerCase();
    return (
      own.names.some((name) => lower.includes(name.toLowerCase())) ||
      own.statePaths.some((path) => text.includes(path)) ||
      own.ports.some((port) => new RegExp(`(?<!\\d)${port}(?!\\d)`).test(text))
    );
  });
}

interface ExactReach {
  readonly reach: readonly Reach[];
  /** Nothing was left open; else `not_understood` is in `reach`, unless known programs say what is wrong. */
  readonly isUnderstood: boolean;
}

function exactReach(question: CommandQuestion): ExactReach {
  const commands = lexCommand(question.command);
  if (commands === null) return { reach: ["not_understood"], isUnderstood: false };
  const reach: Reach[] = [];
  let isUnderstood = true;
  let cwd = question.cwd;
  let moved: "no" | "just now" | "before" = "no";
  for (const command of commands) {
    const isLost = !isKnownFolder(moved, command.after);
    const facts = isLost ? notUnderstood : factsIn(command, { root: question.root, cwd });
    if (facts.includes("not_understood")) isUnderstood = false;
    reach.push(...facts.filter((fact) => fact !== "not_understood" || isLost || !hasKnownReach(command)));
    if (moved === "just now") moved = "before";
    const [program, target] = command.words.slice(firstProgram(command.words));
    if (program?.text !== "cd" || target === undefined) continue;
    // In a pipeline, or after `||`, `cd` may not change this shell's folder.
    if (!["", "&&", ";"].includes(command.after))
      return { reach: [...reach, "not_understood"], isUnderstood: false };
    cwd = absolutePath(target, { root: question.root, cwd });
    moved = "just now";
  }
  return { reach, isUnderstood };
}

/** After `cd x` the folder is known only as long as nothing runs when that failed, and `cd` itself is in no pipeline. */
function isKnownFolder(moved: "no" | "just now" | "before", after: SimpleCommand["after"]): boolean {
  switch (moved) {
    case "no":
      return true;
    case "just now":
      return after === "&&";
    case "before":
      return after === "&&" || after === "|" || after === "|&";
  }
}

const notUnderstood: readonly Reach[] = ["not_understood"];

function factsIn(command: SimpleCommand, place: CommandPlace): readonly Reach[] {
  return [
    ...commandFacts(command, place),
    ...command.redirections.flatMap((one) => redirectionFacts(one, place)),
  ];
}

/** A program without a form that says plainly enough why it is asked about, such as `curl`. */
function hasKnownReach(command: SimpleCommand): boolean {
  return looseReach(command.words.map((word) => word.text).join(" ")).reach.some(
    (reach) => !quiet.has(reach),
  );
}

/** Names of variables that only change how loud or in which language a program is. */
const harmlessVariables =
  /^(?:CI|NODE_ENV|NO_COLOR|FORCE_COLOR|TZ|LANG|LC_[A-Z]+|RUST_BACKTRACE|PYTHONDONTWRITEBYTECODE|VERBOSE)=[\w.:@-]*$/;

function commandFacts(command: SimpleCommand, place: CommandPlace): Reach[] {
  const words = command.words.slice(firstProgram(command.words));
  const [first, ...rest] = words;
  if (first === undefined || first.hasGlob || first.hasTilde) return ["not_understood"];
  const program = first.text;
  if (program === "timeout") return timeoutFacts(rest, place);
  if (program === "cd") return changeFolderFacts(rest, place);
  if (program === "git") return gitFacts(rest, place);
  if (program === "command" && rest[0]?.text === "-v") return [];
  const shape = shapes.get(program);
  if (shape !== undefined && parseWords(rest, shape) !== null)
    return shapeFacts(program, rest, { shape, place });
  if (program === "find") return findFacts(rest, place);
  if (!isProjectRun(program, rest)) return ["not_understood"];
  return ["writes_files", ...rest.flatMap((word) => pathReach(word, "write", place))];
}

function firstProgram(words: readonly Word[]): number {
  const index = words.findIndex((word) => word.isQuoted || !harmlessVariables.test(word.text));
  return index < 0 ? words.length : index;
}

function timeoutFacts(words: readonly Word[], place: CommandPlace): Reach[] {
  const [limit, ...rest] = words;
  if (limit === undefined || !/^\d+(?:\.\d+)?[smh]?$/.test(limit.text)) return ["not_understood"];
  const [program] = rest;
  // What follows is run without the shell: its built-ins are not what they seem there.
  if (program === undefined || program.text === "cd" || program.text.includes("=")) return ["not_understood"];
  return commandFacts({ after: "", words: rest, redirections: [] }, place);
}

function changeFolderFacts(words: readonly Word[], place: CommandPlace): Reach[] {
  const [target] = words;
  if (target === undefined) return ["leaves_project"];
  if (words.length > 1 || target.text.startsWith("-") || target.text === "" || target.hasGlob)
    return ["not_understood"];
  return pathReach(target, "names", place);
}

function gitFacts(words: readonly Word[], place: CommandPlace): Reach[] {
  const [first, ...rest] = words;
  if (first?.text === "--no-pager" || first?.text === "-P") return gitFacts(rest, place);
  const shape = gitShapes.get(first?.text ?? "");
  if (shape === undefined || parseWords(rest, shape) === null) return ["not_understood"];
  return shapeFacts("git", rest, { shape, place });
}

function shapeFacts(
  program: string,
  words: readonly Word[],
  by: { shape: Shape; place: CommandPlace },
): Reach[] {
  const { shape, place } = by;
  const parsed = parseWords(words, shape);
  if (parsed === null) return ["not_understood"];
  const facts: Reach[] = [...(shape.reach ?? [])];
  const use = pathUse(shape);
  if (use !== null) {
    const paths = shape.operands === "first_text" ? parsed.operands.slice(1) : parsed.operands;
    const values = program === "git" ? parsed.values : [];
    facts.push(...[...paths, ...values].flatMap((word) => pathReach(word, use, place)));
  }
  if (program === "rm") facts.push(...removalFacts(parsed.options, parsed.operands, place));
  return facts;
}

function pathUse(shape: Shape): PathUse | null {
  switch (shape.operands) {
    case "names":
    case "read":
    case "write":
      return shape.operands;
    case "first_text":
      return "read";
    case "text":
    case "none":
      return null;
  }
}

/** Words behind a test such as `-name` are patterns; those in front of the first are folders. */
function findFacts(words: readonly Word[], place: CommandPlace): Reach[] {
  const shape = shapes.get("find");
  if (shape?.accepts?.(words) !== true) return ["not_understood"];
  const firstTest = words.findIndex((word) => /^[-!]/.test(word.text));
  const folders = firstTest < 0 ? words : words.slice(0, firstTest);
  return folders.flatMap((word) => pathReach(word, "names", place));
}

const buildFolders = new Set([
  "node_modules",
  "dist",
  "build",
  "out",
  "target",
  "coverage",
  ".next",
  ".nuxt",
  ".cache",
  ".turbo",
  ".parcel-cache",
  "__pycache__",
  ".pytest_cache",
  ".mypy_cache",
  ".ruff_cache",
  "tmp",
  ".tmp",
]);

/** What a build makes again may go whole; other folders are asked about. */
function removalFacts(options: ReadonlySet<string>, operands: readonly Word[], place: CommandPlace): Reach[] {
  const isRecursive = ["r", "R", "recursive"].some((option) => options.has(option));
  if (!isRecursive) return [];
  const isRebuilt = (word: Word): boolean => {
    const path = absolutePath(word, place);
    return !word.hasGlob && path !== place.root && buildFolders.has(basename(path));
  };
  return operands.every(isRebuilt) ? [] : ["cannot_be_undone"];
}

function redirectionFacts(redirection: Redirection, place: CommandPlace): Reach[] {
  const { operator, target } = redirection;
  if (operator === ">&") return /^[0-9]$/.test(target.text) && !target.isQuoted ? [] : ["not_understood"];
  if (target.text === "/dev/null") return [];
  if (target.hasGlob || target.text === "") return ["not_understood"];
  if (operator === "<") return pathReach(target, "read", place);
  return ["writes_files", ...pathReach(target, "write", place)];
}
