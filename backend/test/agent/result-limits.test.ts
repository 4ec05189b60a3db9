/** How long results may be, by the room that there is. */
import { expect, test } from "vitest";
import { limitsFor, profileOf, resultLimits } from "../../src/agent/result-limits.ts";

test("a window of 8,000 tokens and more has the bounds of its profile", () => {
  expect(limitsFor("standard", null)).toBe(resultLimits.standard);
  expect(limitsFor("medium", 32_000)).toBe(resultLimits.medium);
  expect(limitsFor("small", 8_000)).toBe(resultLimits.small);
});

test("in a smaller one results are shorter, down to a fifth", () => {
  const lengths = [8_000, 6_000, 4_096, 2_048, 512].map((tokens) => limitsFor("small", tokens).readBytes);
  expect(lengths).toEqual([6_000, 3_500, 1_200, 1_200, 1_200]);
  expect(limitsFor(profileOf(2_048), 2_048)).toMatchObject({
    readLines: 30,
    shellCharacters: 800,
    grepHits: 8,
  });
});
