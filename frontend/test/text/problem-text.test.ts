/** What the page says of a turn that could not go on. */
import { expect, test } from "vitest";
import { problemText } from "../../src/text/en-session.ts";

const notFound = { code: "model_not_found", provider: "127.0.0.1:11434", status: 404 } as const;

test("a server that names the model does not know it", () => {
  expect(problemText({ ...notFound, detail: "model 'small' not found" })).toBe(
    "127.0.0.1:11434 does not know this model (404). model 'small' not found",
  );
});

test.each([
  "HTTP 404",
  "404 page not found",
  "404: Not Found",
  "Not Found",
  "Cannot POST /models/chat/completions",
  "No route matches /api/models/chat/completions",
  "Invalid URL (POST /chat/completions)",
  "Unknown request URL: POST /chat/completions. Please check the URL for typos",
])("a web server that looked for no model (%s) may have the wrong address", (detail) => {
  expect(problemText({ ...notFound, detail })).toBe(
    `127.0.0.1:11434 has nothing at this address (404), which often ends in /v1, or does not know this model. ${detail}`,
  );
});

test.each([
  "No endpoints found that support tool use.",
  "No endpoints available matching your guardrail restrictions and data policy.",
  "The API deployment for this resource does not exist.",
  "Function 'f1': Not found for account 'a1'",
  "The lora adapter x does not exist",
])("what an endpoint says of itself (%s) is shown, and its address is not doubted", (detail) => {
  expect(problemText({ ...notFound, detail })).toBe(
    `127.0.0.1:11434 does not know this model (404). ${detail}`,
  );
});
