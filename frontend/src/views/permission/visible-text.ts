/**
 * Text in which nothing can hide: control, direction and zero-width characters, odd spaces and letters that look like
 * Latin ones inside a Latin word are written out as `<U+202E>`.
 */
import { h } from "../../lib/dom.ts";

interface TextPart {
  readonly text: string;
  /** Written out, because it cannot be seen or looks like something else. */
  readonly escaped: boolean;
}

/** First and last code points of what cannot be seen although it is a letter, a mark or a sign, in order. */
const hiddenRanges: readonly (readonly [number, number])[] = [
  // Joiners and fillers.
  [0x34f, 0x34f],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180b, 0x180f],
  [0x2800, 0x2800],
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  // Variation selectors: they carry hidden bytes.
  [0xfe00, 0xfe0f],
  [0xe0100, 0xe01ef],
];
/** Controls, formatting, separators, odd spaces, private use and what no standard has given a shape yet. */
const unseenClasses = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Zs}\p{Co}\p{Cn}]/u;
/** A word in which Latin letters stand beside Cyrillic, Greek, Armenian or full-width ones. */
const mixedWord = /[\p{L}\p{N}_]+/gu;
const isPlain = /^[\t\n\u0020-\u007e]*$/;
const latin = /[A-Za-z]/;
const lookAlike = /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\uff01-\uff5e]/u;
/** Punctuation that stands in for what a shell or an address means. */
const standIn =
  /[\u2010-\u2015\u2044\u2215\u2216\u29f8\uff0f\uff0e\u2024\u02d0\ua789\u2236\u037e\uff1b\u01c3\u2768\u2769]/u;

/** `command`: also punctuation that stands in for what a shell means; `prose`: where dashes and emoji are ordinary. */
type Strictness = "command" | "prose";

/** Cuts text into plain and written-out parts. */
export function textParts(text: string, strictness: Strictness = "command"): readonly TextPart[] {
  if (isPlain.test(text)) return text === "" ? [] : [{ text, escaped: false }];
  const suspicious = lookAlikePlaces(text);
  const parts: TextPart[] = [];
  let plain = "";
  let index = 0;
  for (const character of text) {
    if (isHidden(character, strictness) || suspicious.has(index)) {
      if (plain !== "") parts.push({ text: plain, escaped: false });
      plain = "";
      parts.push({ text: codeOf(character), escaped: true });
    } else plain += character;
    index += character.length;
  }
  if (plain !== "") parts.push({ text: plain, escaped: false });
  return parts;
}

/** Text in one line for a row or a label: what cannot be seen is written out. */
export function visibleLine(text: string): string {
  return textParts(text.replaceAll("\n", " "), "prose")
    .map((part) => part.text)
    .join("");
}

/** Nodes for text, with what was written out marked. */
export function visibleText(text: string, strictness: Strictness = "command"): readonly Node[] {
  return textParts(text, strictness).map((part) =>
    part.escaped ? h("mark", { class: "escaped" }, part.text) : document.createTextNode(part.text),
  );
}

/** How many characters had to be written out. */
export function countHidden(text: string, strictness: Strictness = "command"): number {
  return textParts(text, strictness).filter((part) => part.escaped).length;
}

/** An emoji's own variation selector hides nothing. */
function isHidden(character: string, strictness: Strictness): boolean {
  if (strictness === "prose") return character !== "\ufe0f" && isUnseen(character);
  return isUnseen(character) || standIn.test(character);
}

function isUnseen(character: string): boolean {
  if (unseenClasses.test(character)) return !isPlain.test(character);
  const code = character.codePointAt(0) ?? 0;
  return hiddenRanges.some(([first, last]) => code >= first && code <= last);
}

function lookAlikePlaces(text: string): ReadonlySet<number> {
  const places = new Set<number>();
  for (const match of text.matchAll(mixedWord)) {
    const word = match[0];
    const isFullWidth = /[\uff01-\uff5e]/u.test(word);
    if (!(latin.test(word) || isFullWidth) || !lookAlike.test(word)) continue;
    let index = match.index;
    for (const character of word) {
      if (lookAlike.test(character)) places.add(index);
      index += character.length;
    }
  }
  return places;
}

function codeOf(character: string): string {
  return `<U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`;
}
