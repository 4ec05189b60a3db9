/** What is looked for: the shapes of tokens, and the secrets that are known, made ready for one quick search. */
import { type CharacterClass, lettersAndDigits, type SearchedPlace } from "./character-class.ts";
import { keyMarkBegin } from "./key-block.ts";
import { type KnownSecret, KnownSecrets } from "./known-secrets.ts";
import { type SecretShape, secretShapes } from "./secret-shapes.ts";
import { judgeShape } from "./shape-reading.ts";

/** What stands at a place. hold: only more text can tell. `goesOn`: the characters behind it that belong to it too. */
export type Finding =
  | { readonly type: "no" | "hold" }
  | {
      readonly type: "secret";
      readonly kind: string;
      readonly from: number;
      readonly to: number;
      readonly goesOn: SecretShape["goesOn"];
    };

export interface RedactionRules {
  /** Where, from `from` on, something may begin; the text's length when nothing does. */
  next(text: string, from: number): number;
  /** What begins there. */
  judge(place: SearchedPlace): Finding;
  /** Where the end of the text begins that may become a candidate with the next character; its length when there is none. */
  openEnd(text: string, from: number): number;
}

/** Inside a word, the first letters of a known secret stay: so that no ordinary word must wait for what comes after it. */
const keptInWord = 3;
const knownBegin = 4;
const no: Finding = { type: "no" };
const hold: Finding = { type: "hold" };

/** Of the known, the longest that fits counts. */
export function redactionRules(known: readonly KnownSecret[]): RedactionRules {
  const secrets = new KnownSecrets(known);
  const begins: Begin[] = [
    { text: keyMarkBegin, ignoresCase: false },
    ...known.map(({ text }) => ({ text: text.slice(0, knownBegin), ignoresCase: false })),
    ...secretShapes.flatMap(({ begins, ignoresCase }) => begins.map((text) => ({ text, ignoresCase }))),
  ];
  const partial = partialBegins(begins);
  const candidate = new RegExp([...new Set(begins.map(beginPattern))].join("|"), "g");
  return {
    next(text, from) {
      candidate.lastIndex = from;
      return candidate.exec(text)?.index ?? text.length;
    },
    judge: (place) => judgePlace(secrets, place),
    openEnd: (text, from) => openEnd(partial, text, from),
  };
}

function isInWord(text: string, at: number): boolean {
  return isBehind(lettersAndDigits, text, at);
}

/** Right behind such a character, unless that ends an escape: colours, `\n` in a string, `%20`. */
function isBehind(characters: CharacterClass, text: string, at: number): boolean {
  if (at === 0 || !characters.has(text.charCodeAt(at - 1))) return false;
  return !endsEscape(text, at);
}

function endsEscape(text: string, at: number): boolean {
  for (let before = at - 1; before >= 0 && before >= at - longestEscape; before -= 1) {
    const letter = text[before];
    if (letter === "%" || letter === "\\" || letter === "\u001b")
      return escapeBefore.test(text.slice(before, at));
    if (letter === " " || letter === "\n") return false;
  }
  return false;
}

const longestEscape = 20;

const escapeBefore = /^(?:\x1b\[[0-9;:?]{0,16}[A-Za-z]|\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2})$/;

/** The shapes that begin with a letter, in their order. */
const shapesByLetter = lettersOf(secretShapes);

function lettersOf(shapes: readonly SecretShape[]): ReadonlyMap<string, readonly SecretShape[]> {
  const byLetter = new Map<string, SecretShape[]>();
  for (const shape of shapes) {
    const letters = new Set(shape.begins.map((begin) => begin.charAt(0)));
    if (shape.ignoresCase) for (const letter of [...letters]) letters.add(letter.toUpperCase());
    for (const letter of letters) byLetter.set(letter, [...(byLetter.get(letter) ?? []), shape]);
  }
  return byLetter;
}

function judgePlace(secrets: KnownSecrets, place: SearchedPlace): Finding {
  const { text, at } = place;
  const inWord = isInWord(text, at);
  const known = secrets.judge(place);
  if (known.type === "more") return hold;
  if (known.type === "secret") return { ...known, from: inWord ? at + keptInWord : at, goesOn: null };
  for (const shape of shapesByLetter.get(text.charAt(at)) ?? []) {
    if (shape.notBehind !== null && isBehind(shape.notBehind, text, at)) continue;
    const judged = judgeShape(shape, place);
    if (judged.type === "more") return hold;
    if (judged.type !== "secret") continue;
    const from = inWord && shape.isKnownInWord ? at + beginLength(shape, text, at) : judged.from;
    return { ...judged, from, kind: shape.kind, goesOn: shape.goesOn };
  }
  return no;
}

/** Inside a word how a shape begins stays: the same as of a known secret, and it is no secret. */
function beginLength({ begins }: SecretShape, text: string, at: number): number {
  return begins.find((begin) => text.startsWith(begin, at))?.length ?? 0;
}

interface Begin {
  readonly text: string;
  readonly ignoresCase: boolean;
}

interface PartialBegins {
  readonly longest: number;
  readonly exact: ReadonlySet<string>;
  readonly anyCase: ReadonlySet<string>;
}

function partialBegins(begins: readonly Begin[]): PartialBegins {
  const exact = new Set<string>();
  const anyCase = new Set<string>();
  let longest = 0;
  for (const { text, ignoresCase } of begins) {
    longest = Math.max(longest, text.length - 1);
    for (let length = 1; length < text.length; length += 1)
      (ignoresCase ? anyCase : exact).add(text.slice(0, length));
  }
  return { longest, exact, anyCase };
}

function openEnd({ longest, exact, anyCase }: PartialBegins, text: string, from: number): number {
  for (let at = Math.max(from, text.length - longest); at < text.length; at += 1) {
    if (isInWord(text, at)) continue;
    const end = text.slice(at);
    if (exact.has(end) || anyCase.has(end.toLowerCase())) return at;
  }
  return text.length;
}

function beginPattern({ text, ignoresCase }: Begin): string {
  const letters = [...text].map((letter) => {
    const isLetter = ignoresCase && /[a-z]/.test(letter);
    return isLetter ? `[${letter}${letter.toUpperCase()}]` : letter.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  return letters.join("");
}
