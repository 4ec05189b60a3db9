/** The outline of a file that is too long to be read whole: its symbols with the lines they take, by the shape of its lines. */
import { extname } from "node:path";
import { indentOf } from "../changes/indentation.ts";

export interface OutlineSymbol {
  /** 1-based, both included. */
  readonly from: number;
  readonly to: number;
  /** 0: at the top. */
  readonly depth: number;
  /** The line itself, cut. */
  readonly text: string;
}

const longestLineCharacters = 400;
const mostSymbols = 20_000;
const longestTextCharacters = 90;
const deepest = 1;

const modifiers = String.raw`(?:(?:export|default|declare|abstract|public|private|protected|internal|static|final|async|override|virtual|sealed|partial|readonly|open|suspend|data|inline|pub(?:\([^)]*\))?|unsafe|extern(?: "\w+")?|const)\s+)*`;
const braceTypes = String.raw`(?:class|interface|enum|namespace|module|struct|record|trait|impl|union|protocol|extension|object|actor|mod)\b`;
const braceFunctions = String.raw`(?:function\*?|func|fun|fn|def)\b`;
const javascriptStart = new RegExp(
  String.raw`^\s*${modifiers}(?:${braceTypes}|${braceFunctions}|type\s+\w+.*=|(?:const|let|var)\s+\w+\s*(?::[^=]+)?=\s*(?:async\s*)?(?:function\b|\(|\w+\s*=>|class\b))|^\s*(?:describe|test|it)(?:\.\w+)*\(`,
);
const methodName = new RegExp(String.raw`^\s*${modifiers}(?:get |set |\* ?)?#?[\w$]+ ?$`);
const bracedStart = new RegExp(
  String.raw`^\s*(?:@\w+\s+)*${modifiers}(?:${braceTypes}|${braceFunctions})|^\s*typedef\b|^#define\s+\w+\(`,
);
/** What stands before the parameters: a type and a name. */
const functionName = /^\s*(?:@\w+ )*[\w<>[\],.?*&:][\w<>[\],.?*&: ]* [*&]?[\w:~]+ ?$/;
const functionEnd = /^ ?(?:const ?)?(?:throws [\w, .]+)?\{?$/;
const statements =
  /^\s*(?:return|if|else|for|while|switch|case|catch|throw|new|await|do|try|using|lock|yield)\b/;

/** Says whether a line begins a symbol. The line ends without white space, and has none in a row but before its first word. */
interface SymbolShape {
  test(line: string): boolean;
}

const javascript: SymbolShape = { test: (line) => javascriptStart.test(line) || isMethod(line) };
const braced: SymbolShape = { test: (line) => bracedStart.test(line) || isBracedFunction(line) };

const markdown = [".md", ".markdown", ".mdx"];

/** By the endings of file names. */
const families: readonly (readonly [endings: readonly string[], symbol: SymbolShape])[] = [
  [[".js", ".mjs", ".cjs", ".jsx", ".ts", ".mts", ".cts", ".tsx", ".vue", ".svelte"], javascript],
  [[".py", ".pyi"], /^\s*(?:async\s+def|def|class)\s+\w+/],
  [[".go"], /^(?:func|type|var|const)\b/],
  [
    [".rs"],
    new RegExp(String.raw`^\s*${modifiers}(?:fn|struct|enum|trait|impl|mod|union|type|macro_rules!)\b`),
  ],
  [[".rb", ".ex", ".exs"], /^\s*(?:class|module|def|defmodule|defp|describe|it)\b/],
  [markdown, /^#{1,4}\s+\S/],
  [[".css", ".scss", ".less"], /^\s*[^\s{}/][^{};]*\{\s*$/],
  [[".sh", ".bash", ".zsh"], /^\s*(?:function\s+[\w-]+|[\w-]+\s*\(\))/],
  [[".sql"], /^\s*(?:create|alter)\s+/i],
  [[".yml", ".yaml", ".toml"], /^(?:[\w."'-]+\s*:|\[)/],
  [
    [".html", ".xml"],
    /^\s{0,4}<(?:head|body|main|section|article|header|footer|nav|script|style|template|form|table)\b/,
  ],
  [[".lua"], /^\s*(?:local\s+)?function\b/],
  [[".php"], new RegExp(String.raw`^\s*${modifiers}(?:${braceTypes}|function\b)`)],
];

/** `name(a: string): Type {`, read from its brackets: a pattern for the whole of it would try every way to divide a hostile line. */
function isMethod(line: string): boolean {
  const open = line.indexOf("(");
  if (open < 0 || !line.endsWith("{") || !methodName.test(line.slice(0, open))) return false;
  const inner = line.slice(open, -1);
  return !inner.includes(";") && /\) ?(?::|$)/.test(inner.slice(inner.lastIndexOf("{") + 1));
}

/** `static int name(int a) {`, the brace here or on the next line. */
function isBracedFunction(line: string): boolean {
  const open = line.indexOf("(");
  const close = line.lastIndexOf(")");
  if (open < 0 || close < open || line.slice(open, close).includes(";")) return false;
  return functionName.test(line.slice(0, open)) && functionEnd.test(line.slice(close + 1));
}

/** The symbols of a file, the outer ones and those right inside; empty where none are known. In time linear in the file. */
export function outlineOf(path: string, lines: readonly string[]): OutlineSymbol[] {
  const ending = extname(path).toLowerCase();
  const shape = families.find(([endings]) => endings.includes(ending))?.[1] ?? braced;
  const isMarkdown = markdown.includes(ending);
  const found = foundIn(lines, shape);
  const sections = isMarkdown ? sectionEnds(found, lines.length) : [];
  const open: number[] = [];
  return found.flatMap((one, position): OutlineSymbol[] => {
    const rank = isMarkdown ? one.level : one.indent;
    while ((open.at(-1) ?? -1) >= rank) open.pop();
    const depth = open.length;
    open.push(rank);
    if (depth > deepest) return [];
    const to = sections[position] ?? blockEnd(lines, one);
    return [{ from: one.index + 1, to, depth, text: one.text }];
  });
}

interface Found {
  readonly index: number;
  readonly indent: number;
  /** Of a Markdown heading. */
  readonly level: number;
  readonly text: string;
}

function foundIn(lines: readonly string[], shape: SymbolShape): Found[] {
  const found: Found[] = [];
  for (const [index, line] of lines.entries()) {
    if (found.length >= mostSymbols) break;
    if (line.length > longestLineCharacters) continue;
    const words = line.trim().replace(/\s+/g, " ");
    const indent = line.slice(0, line.length - line.trimStart().length);
    if (words === "" || !shape.test(indent + words) || statements.test(words)) continue;
    const text = words.replace(/ ?\{$/, "").slice(0, longestTextCharacters);
    found.push({ index, indent: columns(line), level: /^#+/.exec(line)?.[0].length ?? 0, text });
  }
  return found;
}

/** For each heading the line before the next of its level or above. */
function sectionEnds(headings: readonly Found[], lineCount: number): number[] {
  const nextOfLevel = Array.from({ length: 5 }, () => lineCount);
  return headings
    .toReversed()
    .map(({ level, index }) => {
      const end = nextOfLevel[level] ?? lineCount;
      nextOfLevel.fill(index, level);
      return end;
    })
    .reverse();
}

function columns(line: string): number {
  return [...indentOf(line)].reduce((sum, character) => sum + (character === "\t" ? 4 : 1), 0);
}

/** The last line that belongs to a symbol: what is indented below it, and the line that closes it. */
function blockEnd(lines: readonly string[], symbol: { index: number; indent: number }): number {
  let last = symbol.index;
  for (let index = symbol.index + 1; index < lines.length; index += 1) {
    const line = lines[index] ?? "";
    if (line.trim() === "") continue;
    if (columns(line) > symbol.indent) {
      last = index;
      continue;
    }
    // A brace of its own line opens what a symbol holds; one that closes it ends it.
    if (line.trim() === "{") continue;
    return (/^\s*[})\]]|^\s*end\b/.test(line) ? index : last) + 1;
  }
  return last + 1;
}

/** `12-40 function foo(a)`, inner ones indented; within so many bytes, inner ones left out first. Empty when nothing is known. */
export function outlineText(symbols: readonly OutlineSymbol[], byteLimit: number): string {
  const outer = symbols.filter((symbol) => symbol.depth === 0);
  for (const shown of [symbols, outer]) {
    const text = shown.map(symbolText).join("\n");
    if (Buffer.byteLength(text) <= byteLimit) return text;
  }
  const kept: string[] = [];
  let bytes = 0;
  for (const symbol of outer) {
    const text = symbolText(symbol);
    bytes += Buffer.byteLength(text) + 1;
    if (bytes > byteLimit) break;
    kept.push(text);
  }
  return [...kept, `… and ${outer.length - kept.length} more`].join("\n");
}

function symbolText({ from, to, depth, text }: OutlineSymbol): string {
  return `${"  ".repeat(depth)}${from === to ? from : `${from}-${to}`} ${text}`;
}
