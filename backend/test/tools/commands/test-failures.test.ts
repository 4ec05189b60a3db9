/** What of a long test run the small profile shows, as the common runners print it. */
import { expect, test } from "vitest";
import { shownOutput } from "../../../src/tools/commands/shown-output.ts";

const small = { profile: "small", shellCharacters: 4_000 } as const;
const passes = (line: (index: number) => string) => Array.from({ length: 300 }, (_, index) => line(index));

const runners: readonly (readonly [string, (index: number) => string, string])[] = [
  [
    "node:test, spec",
    (index) => `✔ case ${index} (0.5ms)`,
    "✖ adds (1.2ms)\n  AssertionError: 3 !== 4\n      at x.test.js:9:3",
  ],
  ["node:test, TAP", (index) => `ok ${index} - case`, "not ok 7 - adds\n  ---\n  error: '3 !== 4'\n  ..."],
  [
    "vitest",
    (index) => ` ✓ test/a.test.ts > case ${index} 1ms`,
    " FAIL  test/a.test.ts > adds\nAssertionError: expected 3 to be 4\n ❯ test/a.test.ts:9:3",
  ],
  ["jest", (index) => `    ✓ case ${index} (2 ms)`, "  ● sum › adds\n\n    Expected: 4\n    Received: 3"],
  [
    "pytest",
    (index) => `tests/test_a.py::test_${index} PASSED`,
    "____________ test_adds ____________\n\n    def test_adds():\n>       assert add(1, 2) == 4\nE       assert 3 == 4",
  ],
  [
    "go test",
    (index) => `--- PASS: Test${index} (0.00s)`,
    "--- FAIL: TestAdds (0.00s)\n    sum_test.go:9: got 3, want 4",
  ],
  [
    "cargo test",
    (index) => `test case_${index} ... ok`,
    "---- tests::adds stdout ----\nthread 'tests::adds' panicked at src/lib.rs:9:5:\nassertion `left == right` failed",
  ],
  [
    "tsc",
    (index) => `checked src/f${index}.ts in 3 ms`,
    "src/a.ts(3,5): error TS2322: Type 'string' is not assignable to type 'number'.",
  ],
];

test.each(runners)(
  "%s: the failure in the middle and the last 30 lines are shown",
  (_runner, pass, failure) => {
    const lines = [...passes(pass), failure, ...passes(pass), "the end"];
    const { text, isCut } = shownOutput(lines.join("\n"), small);
    expect(isCut).toBe(true);
    expect(text.length).toBeLessThanOrEqual(small.shellCharacters);
    expect(text).toMatch(/^\[… 300 lines left out …\]\n/);
    expect(text).toContain(failure);
    expect(text.split("\n").slice(-30)).toEqual(lines.slice(-30));
  },
);

test("what says nothing of a failure, and any output where there is room, keeps its beginning and its end", () => {
  const plain = passes((index) => `line ${index} of the log`).join("\n");
  expect(shownOutput(plain, small).text).toMatch(
    /^line 0 [\s\S]*characters left out[\s\S]*line 299 of the log$/,
  );
  const failing = `${plain}\nnot ok 1 - a\n${plain}`;
  const standard = { profile: "standard", shellCharacters: 4_000 } as const;
  expect(shownOutput(failing, standard).text).not.toContain("not ok");
});

test("a failure that the summary names again is shown once, and lines without end take no time", () => {
  const pass = passes((index) => `ok ${index} - case`).join("\n");
  const twice = `${pass}\n✖ adds (1.2ms)\n${pass}\n✖ adds (1.2ms)\n${pass}`;
  expect(shownOutput(twice, small).text.split("✖ adds")).toHaveLength(2);
  const endless = `${pass}\nFAIL a\nthread '${"' ".repeat(100_000)}\n${pass}`;
  const before = performance.now();
  expect(shownOutput(endless, small).text.length).toBeLessThanOrEqual(4_000);
  expect(performance.now() - before).toBeLessThan(1_000);
});
