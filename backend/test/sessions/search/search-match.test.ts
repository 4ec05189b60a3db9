/** The piece of a line that a search shows. */
import { expect, test } from "vitest";
import { hitIn, queryOf } from "../../../src/sessions/search/search-match.ts";

/** The piece, each match in it in brackets. */
function shown(kind: "agent" | "prompt", text: string, typed: string): string | null {
  const query = queryOf(typed);
  const hit = query === null ? null : hitIn({ seq: 1, kind, text }, query);
  if (hit === null) return null;
  return hit.marks.reduceRight(
    (piece, [from, to]) => `${piece.slice(0, from)}[${piece.slice(from, to)}]${piece.slice(to)}`,
    hit.text,
  );
}

test.each([
  ["the end of a **needle** in it", "needle", "the end of a [needle] in it"],
  ["## What was wrong - A **needle**", "needle", "What was wrong - A [needle]"],
  ["It is `renew()` now", "renew()", "It is [renew()] now"],
  ["Look: ```ts const needle = 1; ``` That is it.", "needle", "Look: const [needle] = 1; That is it."],
  ["All of src/**/*.ts and 2 ** 3", "ts", "All of src/**/*.[ts] and 2 ** 3"],
  ["a **needle** and `code`", "**needle**", "a [**needle**] and `code`"],
  ["the needle is **not** a needle", "needle", "the [needle] is not a [needle]"],
])("of the answer %j, looked through for %j, is shown %j", (text, typed, piece) => {
  expect(shown("agent", text, typed)).toBe(piece);
});

test("what a person said is shown as it was said", () => {
  expect(shown("prompt", "# see `needle`", "needle")).toBe("# see `[needle]`");
});

test("the piece begins with a word, close before the match", () => {
  const text = `${"before ".repeat(20)}needle${" after".repeat(40)}`;
  const piece = shown("prompt", text, "needle") ?? "";
  expect(piece.slice(0, piece.indexOf("["))).toBe("…before before before ");
  expect(shown("prompt", `${"x".repeat(80)}needle`, "needle")).toBe(`…${"x".repeat(24)}[needle]`);
});
