/** What a failed call says. */
import { expect, test } from "vitest";
import { textOfFailure, textOfFailureAtField } from "../../src/text/failures.ts";

test("only beside a field it is said that what was typed is kept", () => {
  expect([textOfFailure("unreachable", "studio"), textOfFailureAtField("unreachable", "studio")]).toEqual([
    "studio does not answer.",
    "studio does not answer. What you typed is kept.",
  ]);
});

test("a code without a sentence is named, and what the server said about it is not shown", () => {
  const failure = { code: "new_code", detail: "body.session: Invalid input" };
  expect(textOfFailureAtField(failure, "studio")).toBe("studio did not take that (new_code).");
});
