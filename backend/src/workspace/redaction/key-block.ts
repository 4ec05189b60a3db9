/** Private keys in PEM: their lines say nothing of themselves, so they are known by the line that begins the block. */
import { base64Characters, runEnd, type SearchedPlace } from "./character-class.ts";

/** How a mark begins, for the search. */
export const keyMarkBegin = "-----";
/** Behind a block's begin, or a line of it, so many characters may still hold more of it. */
export const keyReach = 2_048;

const beginMark = /-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/y;
const endMark = /-----END [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----/y;
const openMark = /^-----(?:BEGIN|END) [A-Z0-9 ]{0,50}-{0,4}$/;
const markBegins = ["-----BEGIN ", "-----END "];
/** A run of so many characters is part of a key; a shorter one only when it ends its line. */
const leastRun = 16;
const lineEnd = /[\n\r\\"'<-]/;

export type KeyMark =
  | { readonly type: "no" | "more" }
  | { readonly type: "begin" | "end"; readonly to: number };

/** Whether a mark stands at `at`. */
export function keyMarkAt(text: string, at: number): KeyMark {
  if (text[at] !== "-") return { type: "no" };
  for (const [type, mark] of [
    ["begin", beginMark],
    ["end", endMark],
  ] as const) {
    mark.lastIndex = at;
    const [found] = mark.exec(text) ?? [];
    if (found !== undefined) return { type, to: at + found.length };
  }
  const rest = text.slice(at, at + 80);
  const isOpen = markBegins.some((begin) => begin.startsWith(rest)) || openMark.test(rest);
  return { type: isOpen && at + rest.length === text.length ? "more" : "no" };
}

/** The first run of a key's characters that begins between `from` and `end`; null: there is none. */
export function nextKeyRun(text: string, from: number, end: number): number | null {
  for (let at = from; at < end; at += 1) {
    if (base64Characters.has(text.charCodeAt(at)) && beginsRun(text, at)) return at;
  }
  return null;
}

/** The letter of an escape such as `\n` belongs to no run: a key may be one string with its lines escaped. */
function beginsRun(text: string, at: number): boolean {
  if (isEscapeLetter(text, at)) return false;
  return at === 0 || !base64Characters.has(text.charCodeAt(at - 1)) || isEscapeLetter(text, at - 1);
}

function isEscapeLetter(text: string, at: number): boolean {
  return at > 0 && text[at - 1] === "\\" && "nrt".includes(text.charAt(at));
}

export type KeyRun = { readonly type: "no" | "secret"; readonly to: number } | { readonly type: "more" };

/** Whether the run that begins there, near a block's begin, is part of the key. */
export function judgeKeyRun({ text, at, isWhole }: SearchedPlace): KeyRun {
  const to = runEnd(text, at, { of: base64Characters, most: leastRun });
  if (to - at === leastRun) return { type: "secret", to };
  if (to === text.length && !isWhole) return { type: "more" };
  const endsLine = to === text.length || lineEnd.test(text.charAt(to));
  return { type: endsLine && (to - at) % 4 === 0 ? "secret" : "no", to };
}
