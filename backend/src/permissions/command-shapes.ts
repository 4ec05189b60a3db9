/**
 * The forms of commands whose effects are known: a program, the options it may have, and what its other words are. What has no
 * form here is asked about.
 */
import type { Reach } from "../protocol/permission.ts";
import type { Word } from "../workspace/commands/shell-lexer.ts";
import type { PathUse } from "./command-paths.ts";

/** What the words that are no options are. text: never opened. first_text: the first is text, the others are paths. */
export type Operands = PathUse | "text" | "first_text" | "none";

export interface Shape {
  /** Letters of options without a value. */
  readonly flags?: string;
  /** Letters of options with a value, `-n 5` or `-n5`. */
  readonly values?: string;
  /** Long options without a value. */
  readonly long?: readonly string[];
  /** Long options with a value, `--name=value` alone. */
  readonly longValues?: readonly string[];
  /** `-5` is an option. */
  readonly hasCounts?: boolean;
  readonly operands: Operands;
  readonly mostOperands?: number;
  readonly reach?: readonly Reach[];
  /** The last word on whether these words are understood. */
  accepts?(words: readonly Word[]): boolean;
}

export interface ParsedWords {
  readonly options: ReadonlySet<string>;
  readonly operands: readonly Word[];
  readonly values: readonly Word[];
}

/** Reads words by a shape; null when an option or an operand is not in it. */
export function parseWords(words: readonly Word[], shape: Shape): ParsedWords | null {
  const parsed = { options: new Set<string>(), operands: [] as Word[], values: [] as Word[] };
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) break;
    if (word.text === "--") {
      parsed.operands.push(...words.slice(index + 1));
      break;
    }
    if (!word.text.startsWith("-") || word.text === "-") parsed.operands.push(word);
    else if (word.text.startsWith("--")) {
      if (!takeLong(word, shape, parsed)) return null;
    } else if (!(shape.hasCounts && /^-\d+$/.test(word.text))) {
      const taken = takeShort(word, words[index + 1], { shape, parsed });
      if (taken === null) return null;
      index += taken;
    }
  }
  const most = shape.operands === "none" ? 0 : (shape.mostOperands ?? Number.POSITIVE_INFINITY);
  if (parsed.operands.length > most || shape.accepts?.(words) === false) return null;
  return parsed;
}

interface Parsing {
  readonly options: Set<string>;
  readonly values: Word[];
}

function takeLong(word: Word, shape: Shape, parsed: Parsing): boolean {
  const [name = "", ...rest] = word.text.slice(2).split("=");
  parsed.options.add(name);
  if (rest.length === 0) return shape.long?.includes(name) ?? false;
  parsed.values.push({ ...word, text: rest.join("=") });
  return shape.longValues?.includes(name) ?? false;
}

/** How many of the words after this one belong to it; null when it is not understood. */
function takeShort(
  word: Word,
  next: Word | undefined,
  into: { shape: Shape; parsed: Parsing },
): number | null {
  for (let index = 1; index < word.text.length; index += 1) {
    const letter = word.text[index] ?? "";
    into.parsed.options.add(letter);
    if (into.shape.values?.includes(letter)) {
      const attached = word.text.slice(index + 1);
      const value = attached === "" ? next : { ...word, text: attached };
      if (value === undefined) return null;
      into.parsed.values.push(value);
      return attached === "" ? 1 : 0;
    }
    if (!into.shape.flags?.includes(letter)) return null;
  }
  return 0;
}

const version = ["version", "help"];
const writes: readonly Reach[] = ["writes_files"];

/** By program name. Programs that run the project's own code stand in `command-runners.ts`. */
export const shapes: ReadonlyMap<string, Shape> = new Map<string, Shape>([
  [
    "ls",
    {
      flags: "1AaBdFghiklmnoprRSstuvX",
      long: ["all", "almost-all", "recursive", "human-readable", "reverse", "directory"],
      operands: "names",
    },
  ],
  ["pwd", { flags: "LP", operands: "none" }],
  ["tree", { flags: "adfhiCnFsDtr", values: "LIP", operands: "names" }],
  ["du", { flags: "achkms", values: "d", long: ["summarize", "human-readable"], operands: "names" }],
  ["echo", { flags: "neE", operands: "text", accepts: () => true }],
  ["printf", { operands: "text", accepts: (words) => !(words[0]?.text.startsWith("-") ?? false) }],
  ["true", { operands: "none" }],
  ["false", { operands: "none" }],
  [":", { operands: "none" }],
  ["exit", { operands: "text", mostOperands: 1 }],
  ["sleep", { operands: "text", mostOperands: 1 }],
  ["whoami", { operands: "none" }],
  ["nproc", { operands: "none" }],
  ["uname", { flags: "asrmnpvio", operands: "none" }],
  [
    "date",
    {
      flags: "uIR",
      operands: "text",
      accepts: (words) => words.every((word) => /^(?:[+]|-[uIR]+$)/.test(word.text)),
    },
  ],
  ["basename", { operands: "text" }],
  ["dirname", { operands: "text" }],
  ["which", { flags: "a", operands: "text" }],
  ["seq", { operands: "text" }],
  ["cat", { flags: "AbeEnstTuv", operands: "read" }],
  ["tac", { operands: "read" }],
  ["head", { flags: "qv", values: "nc", hasCounts: true, operands: "read" }],
  ["tail", { flags: "qv", values: "nc", hasCounts: true, operands: "read" }],
  ["wc", { flags: "clmwL", operands: "read" }],
  ["nl", { flags: "p", values: "bsw", operands: "read" }],
  ["sort", { flags: "bdfghinrRsuVz", values: "kt", operands: "read" }],
  ["uniq", { flags: "cdDiu", operands: "read", mostOperands: 1 }],
  ["cut", { flags: "s", values: "bcdf", operands: "read" }],
  ["tr", { flags: "cCds", operands: "text" }],
  ["rev", { operands: "read" }],
  ["column", { flags: "t", values: "s", operands: "read" }],
  ["cmp", { flags: "bls", operands: "read", mostOperands: 2 }],
  ["comm", { flags: "123i", operands: "read", mostOperands: 2 }],
  [
    "diff",
    {
      flags: "abBcEiqstuwyZ",
      values: "U",
      hasCounts: true,
      long: ["brief", "unified"],
      operands: "read",
      mostOperands: 2,
    },
  ],
  ["md5sum", { operands: "read", accepts: withoutOptions }],
  ["sha1sum", { operands: "read", accepts: withoutOptions }],
  ["sha256sum", { operands: "read", accepts: withoutOptions }],
  [
    "grep",
    {
      flags: "abcEFGhHiIlLnoPqsvwxyz",
      values: "ABCm",
      hasCounts: true,
      long: ["line-number", "ignore-case", "count", "files-with-matches", "invert-match", "word-regexp"],
      operands: "first_text",
    },
  ],
  ["mkdir", { flags: "pv", long: ["parents", "verbose"], operands: "write", reach: writes }],
  ["touch", { flags: "acm", operands: "write", reach: writes }],
  [
    "cp",
    { flags: "fnpRrTv", long: ["recursive", "no-clobber", "verbose"], operands: "write", reach: writes },
  ],
  [
    "mv",
    {
      flags: "fnTv",
      long: ["no-clobber", "verbose"],
      operands: "write",
      reach: ["writes_files", "deletes_files"],
    },
  ],
  ["rmdir", { flags: "pv", operands: "write", reach: ["deletes_files"] }],
  [
    "rm",
    {
      flags: "dfirRvI",
      long: ["recursive", "force", "verbose"],
      operands: "write",
      reach: ["deletes_files"],
    },
  ],
  ["tee", { flags: "a", long: ["append"], operands: "write", reach: writes }],
  ["chmod", { operands: "write", reach: writes, accepts: isPlainChmod }],
  ["find", { operands: "names", accepts: isPlainFind }],
  [
    "sed",
    {
      flags: "nErs",
      long: ["quiet", "silent", "regexp-extended"],
      operands: "first_text",
      accepts: isPlainSed,
    },
  ],
  [
    "set",
    {
      operands: "text",
      accepts: (words) =>
        words.length > 0 && words.every((word) => /^(?:-[euxo]+|pipefail)$/.test(word.text)),
      flags: "euxo",
    },
  ],
  ["node", { flags: "v", long: version, operands: "none", accepts: hasWords }],
  ["python", { flags: "V", long: version, operands: "none", accepts: hasWords }],
  ["python3", { flags: "V", long: version, operands: "none", accepts: hasWords }],
  ["npm", { flags: "v", long: version, operands: "none", accepts: hasWords }],
]);

/** Without any word these read a program from their input. */
function hasWords(words: readonly Word[]): boolean {
  return words.length > 0;
}

function withoutOptions(words: readonly Word[]): boolean {
  return words.every((word) => !word.text.startsWith("-"));
}

function isPlainChmod(words: readonly Word[]): boolean {
  return (
    words.length >= 2 &&
    withoutOptions(words) &&
    /^(?:[ugoa]*[-+=][rwxX]+|[0-7]{3})$/.test(words[0]?.text ?? "")
  );
}

const findTests = new Set([
  "-name",
  "-iname",
  "-path",
  "-ipath",
  "-type",
  "-maxdepth",
  "-mindepth",
  "-size",
  "-mtime",
  "-mmin",
  "-not",
  "-o",
  "-a",
  "-print",
  "-print0",
  "-prune",
  "-empty",
  "!",
]);

/** Tests alone, no actions: those delete, write and run programs. A test's pattern is never opened. */
function isPlainFind(words: readonly Word[]): boolean {
  return words.every((word) => findTests.has(word.text) || !/^-|^!/.test(word.text));
}

/** `sed -n 'A,Bp'` and `s/x/y/flags`: other scripts write files and run programs. Never in place. */
function isPlainSed(words: readonly Word[]): boolean {
  const script = words.find((word) => !word.text.startsWith("-"))?.text ?? "";
  const isSubstitution = /^s([/|#,])(?:(?!\1)[^\\\n]|\\[^\n])*\1(?:(?!\1)[^\\\n]|\\[^\n])*\1[gIip0-9]*$/.test(
    script,
  );
  return isSubstitution || /^(?:\d+|\$)(?:,(?:\d+|\$))?[pdq]$/.test(script) || /^\d+q$/.test(script);
}
