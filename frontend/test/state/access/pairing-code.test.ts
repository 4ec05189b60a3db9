/** Pairing codes as they are typed. */
import { expect, test } from "vitest";
import { codeCharacters, formatCode } from "../../../src/state/access/pairing-code.ts";

test("what is typed becomes upper case, without dashes and look-alikes, at most eight", () => {
  expect(["k7qm-3xtp", " K7QM 3XTP ", "0O1ILk7qm", "K7QM3XTPZZ"].map(codeCharacters)).toEqual([
    "K7QM3XTP",
    "K7QM3XTP",
    "K7QM",
    "K7QM3XTP",
  ]);
});

test("the dash stands by itself after the fourth character", () => {
  expect(["", "K7QM", "K7QM3", "K7QM3XTP"].map(formatCode)).toEqual(["", "K7QM", "K7QM-3", "K7QM-3XTP"]);
});
