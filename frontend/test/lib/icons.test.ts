// @vitest-environment happy-dom
/** Icons as nodes. */
import { expect, test } from "vitest";
import { icon } from "../../src/lib/icons.ts";

test("an icon without a name is decoration, with one an image", () => {
  const plain = icon("check");
  const named = icon("check", "Passed");
  expect([plain.getAttribute("aria-hidden"), plain.getAttribute("role")]).toEqual(["true", null]);
  expect([named.getAttribute("aria-label"), named.getAttribute("role")]).toEqual(["Passed", "img"]);
  expect([
    plain.getAttribute("stroke-width"),
    plain.getAttribute("stroke"),
    plain.getAttribute("width"),
  ]).toEqual(["1.75", "currentColor", "20"]);
  expect(plain.querySelector("path")?.namespaceURI).toBe("http://www.w3.org/2000/svg");
});

test("Stop is a filled square: an empty one is a box to tick", () => {
  expect([icon("stop").getAttribute("fill"), icon("check").getAttribute("fill")]).toEqual([
    "currentColor",
    "none",
  ]);
});
