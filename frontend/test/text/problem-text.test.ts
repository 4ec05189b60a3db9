/** What the page says of a turn that could not go on. */
import { expect, test } from "vitest";
import { problemText } from "../../src/text/en-session.ts";

const notFound = { code: "model_not_found", provider: "127.0.0.1:11434", status: 404 } as const;

test("a server that names the model does not know it", () => {
  expect(problemText({ ...notFound, detail: "model 'small' not found" })).toBe(
    "127.0.0.1:11434 does not know this model (404). model 'small' not found",
  );
});

test.each(["404 page not found", "Not Found", "Cannot POST /chat/completions", undefined])(
  "a 404 that names no model (%s) asks for the address too",
  (detail) => {
    expect(problemText({ ...notFound, detail })).toBe(
      "127.0.0.1:11434 has nothing there (404). Does its address end in /v1, and is the model one of its own?",
    );
  },
);
