/** Where the words of a shell command really lead: links followed, patterns spelled out, nothing run (security requirement FS-01). */
import { readdir } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { isWithin, resolveInside } from "../files/safe-path.ts";
import { isInDoubt, placedCommands } from "./command-doubts.ts";
import { lexCommand, type SimpleCommand, type Word } from "./shell-lexer.ts";

/** What the text of a command alone does not show. */
export interface WordFacts {
  /** A link leads out of the project. */
  readonly leadsOutside: boolean;
  /** Where links lead that stay inside, absolute. */
  readonly leadsTo: readonly string[];
  /** Too much to look through, or something that may be another thing by the time it is used. */
  readonly isUnclear: boolean;
}

interface CommandFolder {
  /** Absolute and resolved. */
  readonly root: string;
  readonly cwd: string;
}

/** A word, or a part of one, that may be a path, and the folder that it is seen from. */
interface Mention {
  readonly folder: string;
  readonly text: string;
  readonly hasGlob: boolean;
}

const mostMentions = 1_000;
const mostEntries = 20_000;

/** Looks at each word as the shell will have it; a command that is not understood is looked at word by word, as far as that goes. */
export async function followWords(command: string, { root, cwd }: CommandFolder): Promise<WordFacts> {
  const commands = lexCommand(command);
  const mentions = commands === null ? looseMentions(command, cwd) : exactMentions(commands, cwd);
  const inside = mentions.filter(({ folder, text }) => isWithin(root, resolve(folder, text)));
  const unique = [...new Map(inside.map((mention) => [JSON.stringify(mention), mention])).values()];
  const trail = new Trail(root);
  for (const mention of unique.slice(0, mostMentions)) await trail.follow(mention);
  const isDoubtful = await isInDoubt(placedCommands(commands ?? [], cwd));
  if (unique.length > mostMentions || isDoubtful) trail.isUnclear = true;
  return { leadsOutside: trail.leadsOutside, leadsTo: [...trail.leadsTo], isUnclear: trail.isUnclear };
}

function looseMentions(command: string, cwd: string): Mention[] {
  const words = command.split(/[\s"'`;|&<>()=:,]+/).filter((word) => word !== "");
  const moves = [...command.matchAll(/\bcd\s+([\w./-]+)/g)].slice(0, 5);
  const folders = [cwd, ...moves.map((match) => join(cwd, match[1] ?? "."))];
  return folders.flatMap((folder) => words.map((text) => ({ folder, text, hasGlob: false })));
}

function exactMentions(commands: readonly SimpleCommand[], cwd: string): Mention[] {
  return placedCommands(commands, cwd).flatMap(({ command, folder }) => {
    const words = [...command.words, ...command.redirections.map(({ target }) => target)];
    return words.flatMap((word) => mentionsIn(word, folder));
  });
}

/** Also what stands in an option or behind a colon. */
function mentionsIn({ text, hasGlob }: Word, folder: string): Mention[] {
  if (hasGlob) return [{ folder, text, hasGlob }];
  const attached = /^-[^-]/.test(text) ? [text.slice(2)] : [];
  const parts = new Set([text, ...attached, ...text.split(/[=:,@]/)]);
  return [...parts].filter((part) => part !== "").map((part) => ({ folder, text: part, hasGlob: false }));
}

/** Gathers where mentions lead. */
class Trail {
  leadsOutside = false;
  isUnclear = false;
  readonly leadsTo = new Set<string>();
  readonly #root: string;
  #entries = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async follow({ folder, text, hasGlob }: Mention): Promise<void> {
    if (!hasGlob) return void (await this.#look(folder, text));
    const segments = text.split("/");
    let paths = [""];
    for (const [index, segment] of segments.entries()) {
      const isLast = index === segments.length - 1;
      const next = paths.map((path) => this.#step({ folder, path, segment, isLast }));
      paths = (await Promise.all(next)).flat();
      if (this.isUnclear) return;
    }
    for (const path of paths) await this.#look(folder, path);
  }

  /** The paths that one more segment makes of a path; of what a pattern names last, only links matter. */
  async #step(at: { folder: string; path: string; segment: string; isLast: boolean }): Promise<string[]> {
    const { folder, path, segment, isLast } = at;
    if (!/[*?[]/.test(segment)) return [`${path}${segment}${isLast ? "" : "/"}`];
    if (!(await this.#look(folder, path === "" ? "." : path))) return [];
    const entries = await readdir(isAbsolute(path) ? path : join(folder, path), {
      withFileTypes: true,
    }).catch(
      // Nothing there to list: the shell finds nothing either.
      () => [],
    );
    this.#entries += entries.length;
    const found = entries.filter(({ name }) => mayMatch(segment, name));
    // A name like `-o` would be taken for an option.
    const isOption = path === "" && found.some(({ name }) => name.startsWith("-"));
    if (isOption || this.#entries > mostEntries) this.isUnclear = true;
    return found
      .filter((entry) => entry.isSymbolicLink() || (!isLast && entry.isDirectory()))
      .map(({ name }) => `${path}${name}${isLast ? "" : "/"}`);
  }

  /** Whether it stays inside. */
  async #look(folder: string, text: string): Promise<boolean> {
    // Joined as text: `link/..` is the parent of where the link leads.
    const path = isAbsolute(text) ? text : `${folder}/${text}`;
    const found = await resolveInside(this.#root, path).catch(() => null);
    if (found === null) return true;
    if (!found.inside) this.leadsOutside = true;
    else if (found.absolute !== resolve(path)) this.leadsTo.add(found.absolute);
    return found.inside;
  }
}

/** Whether a pattern could name a file: never no where the shell says yes. */
function mayMatch(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !/^[.[]/.test(pattern)) return false;
  const prefix = /^[^*?[]*/.exec(pattern)?.[0] ?? "";
  const suffix = pattern.includes("[") ? "" : (/(?<![^*?])[^*?]*$/.exec(pattern)?.[0] ?? "");
  return name.startsWith(prefix) && name.endsWith(suffix);
}
