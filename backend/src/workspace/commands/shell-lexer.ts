/**
 * Cuts a shell command into simple commands, in the small part of bash in which nothing is computed. Whatever could expand,
 * branch, run in the background or be read in two ways is not understood, and then a person is asked.
 */

export interface Word {
  /** What the program would be given, quotes and backslashes taken away. */
  readonly text: string;
  /** It has an unquoted `*`, `?` or `[`. */
  readonly hasGlob: boolean;
  /** An unquoted `~` stands where bash puts a home folder. */
  readonly hasTilde: boolean;
  readonly isQuoted: boolean;
}

export interface Redirection {
  readonly operator: string;
  readonly target: Word;
}

export interface SimpleCommand {
  /** What stands before it: "" for the first. */
  readonly after: "" | ";" | "&&" | "||" | "|" | "|&";
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** Null: not understood. */
export type LexedCommand = readonly SimpleCommand[] | null;

const longest = 10_000;
const mostCommands = 50;

/** Control characters but tab and newline; what cannot be seen; what may be taken for a space. */
const unreadable =
  /(?![\n\t])\p{Cc}|[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}\p{Cn}\p{Variation_Selector}]|(?! )\p{Zs}/u;
const operators = [
  "&>>",
  "<<<",
  "&&",
  "||",
  "|&",
  ">>",
  ">|",
  ">&",
  "<&",
  "<>",
  "<<",
  "&>",
  ";;",
  "|",
  ";",
  "&",
  "<",
  ">",
  "\n",
];
const connectors: ReadonlySet<string> = new Set([";", "&&", "||", "|", "|&", "\n"]);
const redirectors: ReadonlySet<string> = new Set([">", ">>", ">|", "&>", "&>>", ">&", "<"]);

/** Reads a whole command; null when any part of it is not understood. */
export function lexCommand(text: string): LexedCommand {
  if (text.length > longest || unreadable.test(text)) return null;
  const tokens = tokensOf(text);
  return tokens === null ? null : commandsOf(tokens);
}

type Token =
  | { readonly type: "word"; readonly word: Word }
  | { readonly type: "operator"; readonly operator: string };

function tokensOf(text: string): readonly Token[] | null {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const character = text[at] ?? "";
    if (character === " " || character === "\t") at += 1;
    else if (character === "#") at = endOfLine(text, at);
    else {
      const operator = operators.find((candidate) => text.startsWith(candidate, at));
      const read = operator === undefined ? readWord(text, at) : { word: null, end: at + operator.length };
      if (read === null) return null;
      tokens.push(
        read.word === null
          ? { type: "operator", operator: operator ?? "" }
          : { type: "word", word: read.word },
      );
      at = read.end;
    }
  }
  return tokens;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

interface Reading {
  text: string;
  hasGlob: boolean;
  hasTilde: boolean;
  isQuoted: boolean;
}

function readWord(text: string, start: number): { word: Word; end: number } | null {
  const word: Reading = { text: "", hasGlob: false, hasTilde: false, isQuoted: false };
  let at = start;
  while (at < text.length && !/[\s|&;<>]/.test(text[at] ?? "")) {
    const next = readPiece(text, at, word);
    if (next === null) return null;
    at = next;
  }
  return { word, end: at };
}

/** Reads one character or one quoted piece into `word`; answers where the next begins, or null. */
function readPiece(text: string, at: number, word: Reading): number | null {
  const character = text[at] ?? "";
  if (character === "'" || character === '"') return readQuoted(text, at, word);
  if (character === "\\") {
    const next = text[at + 1];
    if (next === undefined || next === "\n") return null;
    word.text += next;
    word.isQuoted = true;
    return at + 2;
  }
  // Expansions, subshells, groups, brace lists and history.
  if ("$`(){}".includes(character) || (character === "!" && word.text !== "")) return null;
  if ("*?[".includes(character)) word.hasGlob = true;
  if (character === "~" && (word.text === "" || /[=:]$/.test(word.text))) word.hasTilde = true;
  word.text += character;
  return at + 1;
}

function readQuoted(text: string, at: number, word: Reading): number | null {
  const quote = text[at] ?? "";
  word.isQuoted = true;
  for (let index = at + 1; index < text.length; index += 1) {
    const character = text[index] ?? "";
    if (character === quote) return index + 1;
    if (quote === '"' && (character === "$" || character === "`")) return null;
    if (quote === '"' && character === "\\") {
      const next = text[index + 1] ?? "";
      if (next === "\n") return null;
      if ('$`"\\'.includes(next)) {
        word.text += next;
        index += 1;
        continue;
      }
    }
    word.text += character;
  }
  return null;
}

function commandsOf(tokens: readonly Token[]): LexedCommand {
  const commands: SimpleCommand[] = [];
  let current = emptyCommand("");
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.type === "word") current.words.push(token.word);
    else if (redirectors.has(token.operator)) {
      if (!takeRedirection(current, tokens, index)) return null;
      index += 1;
    } else {
      if (!connectors.has(token.operator)) return null;
      // A line may be empty, and a connector may stand at a line's end; nothing else may be missing.
      if (isEmpty(current) && token.operator !== "\n") return null;
      if (isEmpty(current)) continue;
      commands.push(current);
      current = emptyCommand(token.operator === "\n" ? ";" : token.operator);
    }
  }
  if (!isEmpty(current)) commands.push(current);
  else if (current.after !== "" && current.after !== ";") return null;
  return commands.length > 0 && commands.length <= mostCommands ? commands : null;
}

interface OpenCommand {
  after: SimpleCommand["after"];
  words: Word[];
  redirections: Redirection[];
}

function emptyCommand(after: string): OpenCommand {
  return { after: isConnector(after) ? after : "", words: [], redirections: [] };
}

function isConnector(text: string): text is SimpleCommand["after"] {
  return ["", ";", "&&", "||", "|", "|&"].includes(text);
}

function isEmpty(command: OpenCommand): boolean {
  return command.words.length === 0 && command.redirections.length === 0;
}

function takeRedirection(command: OpenCommand, tokens: readonly Token[], index: number): boolean {
  const token = tokens[index];
  const target = tokens[index + 1];
  if (token?.type !== "operator" || target?.type !== "word") return false;
  const before = tokens[index - 1];
  const isNumber = before?.type === "word" && !before.word.isQuoted && /^\d+$/.test(before.word.text);
  if (isNumber && before.word === command.words.at(-1)) {
    // `2> file` or `2 > file`: the tokens do not tell. For the standard streams it does not matter which.
    if (before.word.text !== "1" && before.word.text !== "2") return false;
    command.words.pop();
  }
  command.redirections.push({ operator: token.operator, target: target.word });
  return true;
}
