/** How long results may be, by the room that there is. */
import { expect, test } from "vitest";
import { limitsFor, profileOf } from "../../../src/agent/room/result-limits.ts";

test("a window of 8,000 tokens and more has the bounds of its profile", () => {
  expect(limitsFor("standard", 200_000)).toEqual(limitsFor("standard", null));
  expect(limitsFor("medium", 32_000)).toEqual(limitsFor("medium", null));
  expect(limitsFor("small", 8_000)).toEqual({
    profile: "small",
    readLines: 150,
    readBytes: 6_000,
    lineCharacters: 500,
    grepHits: 40,
    globPaths: 50,
    listEntries: 60,
    shellCharacters: 4_000,
    fetchBytes: 4_000,
  });
});

test("in a smaller one results are shorter, down to a fifth", () => {
  const lengths = [8_000, 6_000, 4_096, 2_048, 512].map((tokens) => limitsFor("small", tokens).readBytes);
  expect(lengths).toEqual([6_000, 3_500, 1_200, 1_200, 1_200]);
  expect(limitsFor(profileOf(2_048), 2_048)).toEqual({
    profile: "small",
    readLines: 30,
    readBytes: 1_200,
    lineCharacters: 500,
    grepHits: 8,
    globPaths: 10,
    listEntries: 12,
    shellCharacters: 800,
    fetchBytes: 800,
  });
});
