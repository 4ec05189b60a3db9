/** What of a long output a model is shown. */
import { expect, test } from "vitest";
import { shownOutput } from "../../../src/tools/commands/shown-output.ts";

const small = { profile: "small", shellCharacters: 2_000 } as const;

function output(...failing: readonly number[]): string {
  const lines = Array.from({ length: 400 }, (_, index) =>
    failing.includes(index) ? `not ok ${index} - sum\n  expected 3, got 4` : `ok ${index} - fine`,
  );
  return lines.join("\n");
}

test("an output within the limit is shown whole", () => {
  expect(shownOutput("one\ntwo\n\n", small)).toEqual({ text: "one\ntwo", isCut: false });
  expect(shownOutput(" \n", small)).toEqual({ text: "(no output)", isCut: false });
});

test("with little room a longer test run keeps its end, and what failed before it", () => {
  const { text, isCut } = shownOutput(output(150, 200), small);
  expect(isCut).toBe(true);
  expect(text.length).toBeLessThanOrEqual(2_000);
  expect(text).toContain("ok 399 - fine");
  expect(text).toContain("not ok 150 - sum\n  expected 3, got 4\n");
  expect(text).toContain("not ok 200 - sum\n  expected 3, got 4\n");
});

test("very many failures stay within the room, and it is said that there are more", () => {
  const { text } = shownOutput(output(...Array.from({ length: 300 }, (_, index) => index + 50)), small);
  expect(text.length).toBeLessThanOrEqual(2_000);
  expect(text).toContain("[… more failures left out …]");
  expect(text).toContain("ok 399 - fine");
});

const failures = [
  "✖ adds two numbers (1.2ms)",
  "FAIL test/sum.test.ts > adds",
  "--- FAIL: TestSum (0.00s)",
  "E       assert 3 == 4",
  "AssertionError: expected 3 to be 4",
  "src/sum.ts(3,7): error TS2322: Type",
  "error[E0308]: mismatched types",
  "test sum::adds ... FAILED",
];

test.for(failures)("%s in the middle is a failure", (line) => {
  const filling = "all is well here\n".repeat(200);
  expect(shownOutput(`${filling}${line}\n${filling}`, small).text).toContain(line);
});

test("RES-01: output of nothing but line ends, or of quotes, is shown in a moment", () => {
  const limits = { profile: "standard", shellCharacters: 30_000 } as const;
  expect(shownOutput(`a${"\n".repeat(500_000)}x`, limits).isCut).toBe(true);
  expect(shownOutput(`a${"\n".repeat(500_000)}`, limits)).toEqual({ text: "a", isCut: false });
  const quotes = `thread '${"' '".repeat(200_000)}x`;
  expect(shownOutput(quotes, { ...limits, profile: "small" }).isCut).toBe(true);
});
