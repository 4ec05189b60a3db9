/** Turns the argument string that a model wrote into a tool's input, forgiving what can be forgiven without guessing. */
import type { BookedTool } from "../tool-book.ts";

export type ParsedArguments =
  | { readonly type: "object"; readonly value: Readonly<Record<string, unknown>> }
  | { readonly type: "invalid"; readonly message: string };

export type ToolInput =
  | { readonly type: "input"; readonly input: unknown }
  | { readonly type: "invalid"; readonly message: string };

/**
 * Reads the string as a JSON object: blank is `{}`; raw control characters and unknown escapes inside strings are mended;
 * a complete leading object counts when no other value follows. An unfinished string or object is never closed.
 */
export function parseArguments(text: string): ParsedArguments {
  if (text.trim() === "") return { type: "object", value: {} };
  const value = parsed(text) ?? parsed(mended(text)) ?? parsed(leadingObject(mended(text)));
  if (value === undefined) return { type: "invalid", message: "The arguments are not valid JSON" };
  if (!isObject(value.json)) return { type: "invalid", message: "The arguments are not a JSON object" };
  return { type: "object", value: value.json };
}

/** Maps synonyms and numbers in strings, then validates. The message names what is wrong. */
export function readInput(booked: BookedTool, value: Readonly<Record<string, unknown>>): ToolInput {
  const named = withKnownNames(booked, value);
  const result = booked.tool.input.safeParse(named);
  if (result.success) return { type: "input", input: result.data };
  const faults = [
    ...missingNames(booked, named),
    ...result.error.issues.flatMap((issue) => wrongValue(named, issue)),
    ...unexpectedNames(booked, named),
  ];
  return { type: "invalid", message: `Wrong arguments: ${faults.join("; ")}` };
}

function withKnownNames(
  booked: BookedTool,
  value: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const entries = Object.entries(value).map(([name, content]): [string, unknown] => {
    const own = booked.shapes.has(name) ? name : ownName(booked, name);
    const isFree = own === name || !Object.hasOwn(value, own);
    const used = isFree ? own : name;
    return [used, coerced(content, booked.shapes.get(used)?.type ?? null)];
  });
  return Object.fromEntries(entries);
}

function ownName(booked: BookedTool, name: string): string {
  const synonyms = booked.tool.synonyms;
  const own = Object.hasOwn(synonyms, name) ? synonyms[name] : undefined;
  return own ?? name;
}

/** Weak models write numbers, booleans and lists as strings. */
function coerced(content: unknown, type: string | null): unknown {
  if (typeof content !== "string") return content;
  const text = content.trim();
  if ((type === "number" || type === "integer") && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (type === "boolean" && /^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
  if (type === "array" && text.startsWith("[")) return parsed(text)?.json ?? content;
  return content;
}

function missingNames(booked: BookedTool, named: Readonly<Record<string, unknown>>): string[] {
  const missing = [...booked.shapes].filter(([name, shape]) => shape.required && !Object.hasOwn(named, name));
  return missing.length === 0 ? [] : [`missing ${quoted(missing.map(([name]) => name))}`];
}

function unexpectedNames(booked: BookedTool, named: Readonly<Record<string, unknown>>): string[] {
  const unexpected = Object.keys(named).filter((name) => !booked.shapes.has(name));
  return unexpected.length === 0 ? [] : [`unexpected ${quoted(unexpected.slice(0, 10))}`];
}

function wrongValue(
  named: Readonly<Record<string, unknown>>,
  issue: { path: PropertyKey[]; message: string },
): string[] {
  const [name] = issue.path;
  if (name === undefined) return [issue.message];
  return Object.hasOwn(named, name) ? [`\`${issue.path.map(String).join(".")}\`: ${issue.message}`] : [];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name.slice(0, 60)}\``).join(", ");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string | null): { json: unknown } | undefined {
  if (text === null) return undefined;
  try {
    return { json: JSON.parse(text) };
  } catch {
    // Not JSON: the caller tries the next reading, and says so when none is left.
    return undefined;
  }
}

const controlEscapes: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Escapes raw control characters inside strings, and the backslashes of escapes that JSON does not know. */
function mended(text: string): string {
  const pieces: string[] = [];
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (isInString && character === "\\") {
      const next = text.charAt(index + 1);
      pieces.push(/["\\/bfnrtu]/.test(next) ? character + next : `\\\\${next}`);
      index += 1;
      continue;
    }
    if (character === '"') isInString = !isInString;
    pieces.push(isInString && character < " " ? controlEscape(character) : character);
  }
  return pieces.join("");
}

function controlEscape(character: string): string {
  return controlEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The first complete `{…}`, when what follows does not start another value. */
function leadingObject(text: string): string | null {
  const end = text.trimStart().startsWith("{") ? objectEnd(text) : null;
  if (end === null || /[{[]/.test(text.slice(end))) return null;
  return text.slice(0, end);
}

function objectEnd(text: string): number | null {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (isInString && character === "\\") index += 1;
    else if (character === '"') isInString = !isInString;
    else if (!isInString && character === "{") depth += 1;
    else if (!isInString && character === "}") depth -= 1;
    if (depth === 0 && character === "}" && !isInString) return index + 1;
  }
  return null;
}
