/** Reads a shape at a place of a text, from left to right and never back: so a longer text never changes what was told of it. */
import { runEnd, type SearchedPlace } from "./character-class.ts";
import type { SecretShape, ShapePart } from "./secret-shapes.ts";

/** What a shape says of a place in a text. `more`: only more text can tell. */
export type Judgement =
  | { readonly type: "no" }
  | { readonly type: "more" }
  | { readonly type: "secret"; readonly from: number; readonly to: number };

const no: Judgement = { type: "no" };
const more: Judgement = { type: "more" };

/** Reads the shape at its place. */
export function judgeShape(shape: SecretShape, place: SearchedPlace): Judgement {
  const { text } = place;
  let at = place.at;
  let from = -1;
  let to = -1;
  for (const part of shape.parts) {
    const end = part.type === "text" ? textEnd(shape, part.any, { text, at }) : runPart(part, { text, at });
    if (end === "no") return no;
    if (end === "more") return place.isWhole ? no : more;
    // A run that reaches the end may go on there, where the next part would begin too early.
    const isOpen = part.type === "run" && end === text.length && end - at < part.most;
    if (isOpen && !place.isWhole && part !== shape.parts.at(-1)) return more;
    if (part.isHidden) {
      if (from === -1) from = at;
      to = end;
    }
    at = end;
  }
  return { type: "secret", from, to };
}

type PartEnd = number | "no" | "more";

interface At {
  readonly text: string;
  readonly at: number;
}

function textEnd({ ignoresCase }: SecretShape, any: readonly string[], { text, at }: At): PartEnd {
  let isBegun = false;
  for (const expected of any) {
    const slice = text.slice(at, at + expected.length);
    const found = ignoresCase ? slice.toLowerCase() : slice;
    if (found === expected) return at + expected.length;
    if (expected.startsWith(found) && at + found.length === text.length) isBegun = true;
  }
  return isBegun ? "more" : "no";
}

function runPart(part: Extract<ShapePart, { type: "run" }>, { text, at }: At): PartEnd {
  const end = runEnd(text, at, part);
  if (end - at >= part.least) return end;
  return end === text.length ? "more" : "no";
}
