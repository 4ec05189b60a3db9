/**
 * Calls that a model without tool calling writes into its answer: SEARCH/REPLACE blocks, patches, fenced `read` and `run`.
 * They are read by line, fenced or not, and become the same calls that other models make.
 */

import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import { mostCalls } from "./call-preparation.ts";

/** What an answer asks for, in its order. */
export interface WrittenCalls {
  readonly calls: readonly ModelCallMeta[];
  /** It ends in the middle of a block. */
  readonly isOpen: boolean;
}

/** What such a model is told beside the rules. */
export const writtenCallRules = `# Blocks in place of tools
You cannot call tools. Write these blocks instead; they run in order once your answer ends, and the next message brings their results. An answer without a block ends the work.
\`\`\`read
path/of/file
path/of/long/file 10-80
\`\`\`
\`\`\`run
a shell command, also to search
\`\`\`
A change, with whole lines exactly as they stand in the file (nothing under SEARCH makes a new file):
path/of/file
<<<<<<< SEARCH
old lines
=======
new lines
>>>>>>> REPLACE`;

const longestPath = 300;
const marks = {
  search: /^\s*<{5,9} ?SEARCH>?\s*$/i,
  divider: /^\s*={5,9}\s*$/,
  replace: /^\s*>{5,9} ?REPLACE\s*$/i,
  patch: /^\s*\*\*\* ?Begin Patch\s*$/i,
  patchEnd: /^\s*\*\*\* ?End Patch\s*$/i,
  fence: /^\s*(`{3,}|~{3,})\s*(\S*)/,
  order: /^\s*(`{3,}|~{3,})\s*(read|run)\s*$/i,
} as const;

interface Block {
  readonly calls: readonly Written[];
  /** The first line after it. */
  readonly next: number;
  readonly isOpen: boolean;
}

type Written =
  | { readonly name: "edit"; readonly path: string | null; readonly edits: readonly Replacement[] }
  | {
      readonly name: "apply_patch" | "read" | "shell";
      readonly input: Readonly<Record<string, string | number>>;
    };
interface Replacement {
  readonly old: string;
  readonly new: string;
}

/** Never throws; what is no block is prose. A block without its end is left to the tool, which says what is missing. */
export function writtenCalls(text: string): WrittenCalls {
  const lines = text.replaceAll("\r\n", "\n").split("\n");
  const found: Written[] = [];
  let isOpen = false;
  for (let index = 0; index < lines.length && found.length < mostCalls; ) {
    const block = blockAt(lines, index, lastPath(found));
    for (const call of block?.calls ?? []) add(found, call);
    if (block !== null) isOpen = block.isOpen;
    index = block?.next ?? index + 1;
  }
  return { calls: found.slice(0, mostCalls).map(callOf), isOpen };
}

/** Neighbouring changes of one file are one call: one question, all made or none. */
function add(found: Written[], call: Written): void {
  const last = found.at(-1);
  if (call.name === "edit" && last?.name === "edit" && call.path !== null && call.path === last.path)
    found[found.length - 1] = { ...last, edits: [...last.edits, ...call.edits] };
  else found.push(call);
}

function lastPath(found: readonly Written[]): string | null {
  const last = found.at(-1);
  return last?.name === "edit" ? last.path : null;
}

function callOf(call: Written): ModelCallMeta {
  const input = call.name === "edit" ? editInput(call.path, call.edits) : call.input;
  return { id: "", name: call.name, arguments: JSON.stringify(input), madeBy: "text" };
}

function editInput(path: string | null, edits: readonly Replacement[]) {
  const [first, ...more] = edits;
  const named = path === null ? {} : { path };
  return more.length === 0 ? { ...named, ...first } : { ...named, edits };
}

function blockAt(lines: readonly string[], at: number, before: string | null): Block | null {
  const line = lines[at] ?? "";
  if (marks.search.test(line)) return replacementAt(lines, at, pathAbove(lines, at) ?? before);
  if (marks.patch.test(line)) return patchAt(lines, at);
  const [, fence = "", order = ""] = marks.order.exec(line) ?? [];
  return fence === "" ? null : orderAt(lines, at, { fence, isRead: order.toLowerCase() === "read" });
}

function indexFrom(lines: readonly string[], from: number, mark: RegExp): number | null {
  const index = lines.slice(from).findIndex((line) => mark.test(line));
  return index < 0 ? null : from + index;
}

function replacementAt(lines: readonly string[], at: number, path: string | null): Block {
  const divider = indexFrom(lines, at + 1, marks.divider);
  const end = divider === null ? null : indexFrom(lines, divider + 1, marks.replace);
  if (divider === null || end === null)
    return { calls: [{ name: "edit", path, edits: [] }], next: lines.length, isOpen: true };
  const removed = lines.slice(at + 1, divider);
  const put = lines.slice(divider + 1, end);
  const isNew = removed.every((line) => line.trim() === "");
  if (isNew && path !== null) return { calls: [addition(path, put)], next: end + 1, isOpen: false };
  const change = { old: wholeLines(removed), new: wholeLines(put) };
  return { calls: [{ name: "edit", path, edits: [change] }], next: end + 1, isOpen: false };
}

/** Whole lines stand for whole lines: nothing in the middle of a longer one is hit, and a removed line leaves no empty one. */
function wholeLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** As a patch, which refuses a file that is there: a block that was meant as an insertion must not put it over the file. */
function addition(path: string, lines: readonly string[]): Written {
  const put = lines.map((line) => `+${line}`);
  const patch = ["*** Begin Patch", `*** Add File: ${path}`, ...put, "*** End Patch"].join("\n");
  return { name: "apply_patch", input: { patch } };
}

function patchAt(lines: readonly string[], at: number): Block {
  const end = indexFrom(lines, at + 1, marks.patchEnd);
  const next = end === null ? (indexFrom(lines, at + 1, marks.fence) ?? lines.length) : end + 1;
  const patch = lines.slice(at, next).join("\n");
  return { calls: [{ name: "apply_patch", input: { patch } }], next, isOpen: end === null };
}

function orderAt(
  lines: readonly string[],
  at: number,
  { fence, isRead }: { readonly fence: string; readonly isRead: boolean },
): Block {
  const closing = lines.slice(at + 1).findIndex((line) => line.trim().startsWith(fence));
  const end = closing < 0 ? lines.length : at + 1 + closing;
  const inner = lines.slice(at + 1, end);
  const text = inner.join("\n").trim();
  const next = end + 1;
  if (text === "") return { calls: [], next, isOpen: closing < 0 };
  if (isRead) return { calls: inner.flatMap(readCall), next, isOpen: closing < 0 };
  const call: Written = inner.some((line) => marks.patch.test(line))
    ? { name: "apply_patch", input: { patch: text } }
    : { name: "shell", input: { command: text } };
  return { calls: [call], next, isOpen: closing < 0 };
}

/** `src/a.ts`, `src/a.ts 10-60`, `src/a.ts:10-60`. */
function readCall(line: string): Written[] {
  const trimmed = line.trim();
  const lines = /(?<=[^\s:#])[\s:#]+L?(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(trimmed);
  const [, from, to] = lines ?? [];
  const written = trimmed.slice(0, lines?.index);
  if (written === "") return [];
  const input = {
    path: written.replace(/^`|`$/g, ""),
    ...(from === undefined ? {} : { offset: Number(from) }),
    ...(from === undefined || to === undefined ? {} : { limit: Math.max(1, Number(to) - Number(from) + 1) }),
  };
  return [{ name: "read", input }];
}

/** The nearest line above that is neither empty nor a fence, when it reads as a path; or what a fence names. */
function pathAbove(lines: readonly string[], at: number): string | null {
  for (let index = at - 1; index >= Math.max(0, at - 4); index -= 1) {
    const line = lines[index] ?? "";
    const fence = marks.fence.exec(line);
    const path = pathIn(fence === null ? line : (fence[2] ?? ""));
    if (fence === null && line.trim() !== "") return path;
    if (path !== null && /[./]/.test(path)) return path;
  }
  return null;
}

function pathIn(line: string): string | null {
  const path = line
    .trim()
    .replace(/^[#*\s]+|(?<![*\s])[*\s]+$/g, "")
    .replace(/^(?:file|path|filename)\s*:\s*/i, "")
    .replace(/:$/, "")
    .replace(/^[`*]+|(?<![`*:])[`*:]+$/g, "");
  return /^[^\s`<>"'|?*]{1,}$/.test(path) && path.length <= longestPath ? path : null;
}
