/** Where a sign-in may lead. */
import { expect, test } from "vitest";
import { nextPath } from "../../../src/access/github/next-path.ts";

const foreign = [
  "//evil",
  "///evil",
  "/\\evil",
  "\\evil",
  "\\\\evil",
  "/%2f/evil",
  "/%2F%2Fevil",
  "/%5cevil",
  "https:evil",
  "https://evil.example",
  "HTTPS://evil.example",
  "http:/evil",
  "javascript:alert(1)",
  "data:text/html,x",
  "evil",
  "@evil",
  ".evil",
  "/\r\nLocation: https://evil",
  "/%0d%0aSet-Cookie:x=y",
  "/a?b=%0d%0aSet-Cookie:x=y",
  "/\t/evil",
  "/\n/evil",
  " //evil",
  "/ /evil",
  "/..//evil",
  "/.//evil",
  "/%2e%2e//evil",
  "/s/x/..//../..//evil",
  "/\u2028/evil",
  "/é",
  "/api",
  "/api/auth/login",
  "/API/auth/login",
  "/s/../api/auth/login",
  "",
  `/${"x".repeat(1_000)}`,
];

for (const next of foreign) {
  test(`NET-17: ${JSON.stringify(next.slice(0, 40))} leads to the start page`, () => {
    expect(nextPath(next)).toBe("/");
  });
}

test("NET-17: a page of ours stays itself", () => {
  const own = ["/", "/settings/github", "/s/abc?at=5", "/s/a/review?file=src%2Fa.ts#L4", "/apis", "/new"];
  expect(own.map((path) => nextPath(path))).toEqual(own);
  expect(nextPath(undefined)).toBe("/");
});
