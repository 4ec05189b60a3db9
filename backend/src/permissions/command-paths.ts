/** Where the words of a command lead, told from the text alone. */
import { relative, resolve } from "node:path";
import type { Reach } from "../protocol/permission.ts";
import type { Word } from "../workspace/commands/shell-lexer.ts";
import {
  isProtectedPath,
  isSecretPath,
  mayNameProtected,
  mayNameSecret,
} from "../workspace/files/protected-names.ts";
import { isWithin } from "../workspace/files/safe-path.ts";

/** names: only that it is there is told. read: its content. write: it is made, changed or deleted. */
export type PathUse = "names" | "read" | "write";

export interface CommandPlace {
  readonly root: string;
  /** Where the command runs, absolute. */
  readonly cwd: string;
}

/** How far a word reaches as a path, also one inside an option (`--out=x`, `-I/x`) or behind a colon (`HEAD:x`). */
export function pathReach(word: Word, use: PathUse, place: CommandPlace): Reach[] {
  if (word.text.includes("://")) return ["uses_network"];
  if (word.hasTilde) return ["leaves_project"];
  return pathsIn(word.text).flatMap((path) => [
    ...placeReach(path, place),
    ...nameReach(path, use, place),
    ...globReach(path, use, word),
  ]);
}

/** The absolute path of a word that is a plain one. */
export function absolutePath(word: Word, place: CommandPlace): string {
  return resolve(place.cwd, word.text);
}

function pathsIn(text: string): string[] {
  const value = text.startsWith("-") ? optionValue(text) : text;
  return [value, ...value.split(/[=:,@]/)].filter((path) => path !== "");
}

function optionValue(text: string): string {
  if (text.includes("=")) return text.slice(text.indexOf("=") + 1);
  // `-I/usr/include`, `-C../x`: what follows the letter may be a path.
  return text.startsWith("--") ? "" : text.slice(2);
}

function placeReach(path: string, place: CommandPlace): Reach[] {
  if (path === "/dev/null") return [];
  return isWithin(place.root, resolve(place.cwd, path)) ? [] : ["leaves_project"];
}

/** By the name as written and by where it is: in `.git`, `config` alone is enough. */
function nameReach(path: string, use: PathUse, place: CommandPlace): Reach[] {
  if (use === "names") return [];
  const names = [path, relative(place.root, resolve(place.cwd, path))];
  const secret: Reach[] = names.some(isSecretPath) ? ["touches_secrets"] : [];
  return use === "write" && names.some(isProtectedPath) ? [...secret, "touches_protected"] : secret;
}

/** Only `*` as a whole folder name and `name*.ending` are told; any other pattern could name anything. */
function globReach(path: string, use: PathUse, word: Word): Reach[] {
  if (!word.hasGlob || use === "names") return [];
  const segments = path.split("/");
  return segments.flatMap((segment, index): Reach[] => {
    if (!/[*?[]/.test(segment) || (/^\*{1,2}$/.test(segment) && index < segments.length - 1)) return [];
    const match = /^([\w-]*)\*(\.[\w.-]+)$/.exec(segment);
    if (match === null) return ["not_understood"];
    const [, prefix = "", suffix = ""] = match;
    if (mayNameSecret(prefix, suffix)) return ["touches_secrets"];
    return use === "write" && mayNameProtected(prefix, suffix) ? ["touches_protected"] : [];
  });
}
