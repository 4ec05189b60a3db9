/** What endpoints answer when something is wrong, and the name that it gets. */
import { expect, test } from "vitest";
import { faultOfBody, faultOfConnection, faultOfResponse } from "../../src/models/model-errors.ts";
import { shortEnd } from "./stream/stream-shapes.ts";

const now = Date.parse("2026-01-01T00:00:00.000Z");
const fault = (status: number, body: string, headers: Record<string, string> = {}) =>
  faultOfResponse({ status, headers: new Headers(headers), text: body, provider: "Test" }, now);

test.each<[status: number, body: string, expected: string]>([
  [
    400,
    '{"error":{"code":"context_length_exceeded","message":"This model\'s maximum context length is 8192 tokens"}}',
    "model_context_overflow",
  ],
  [
    400,
    '{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}',
    "model_context_overflow",
  ],
  [
    413,
    '{"error":{"message":"Request too large for model: Limit 6000, Requested 14368","code":"rate_limit_exceeded"}}',
    "model_context_overflow",
  ],
  [500, '{"error":"Context size has been exceeded."}', "model_context_overflow"],
  [413, "", "model_context_overflow"],
  [429, '{"error":{"code":"insufficient_quota","message":"You exceeded your current quota"}}', "model_quota"],
  [
    429,
    '{"error":{"message":"Rate limit reached for tokens per minute: context length"}}',
    "model_rate_limit!",
  ],
  [402, '{"error":{"message":"Insufficient credits"}}', "model_quota"],
  [
    400,
    '{"error":{"code":"content_filter","message":"filtered","innererror":{"code":"ResponsibleAIPolicyViolation"}}}',
    "model_content_filter",
  ],
  [
    400,
    '{"error":{"message":"Failed to call a function","code":"tool_use_failed"}}',
    "model_invalid_response!",
  ],
  [400, '{"error":{"message":"Unsupported parameter"}}', "model_invalid_request"],
  [422, '{"detail":[{"msg":"field required"}]}', "model_invalid_request"],
  [401, "", "model_auth"],
  [403, '{"message":"No access"}', "model_auth"],
  [404, '{"error":{"message":"model \'x\' not found, try pulling it first"}}', "model_not_found"],
  [400, '{"error":{"code":"unknown_model","message":"Unknown model: x"}}', "model_not_found"],
  [410, "GitHub Models has been retired", "model_gone"],
  [408, "", "model_timeout!"],
  [498, "", "model_unavailable!"],
  [500, "", "model_unavailable!"],
  [502, "<html>Bad gateway</html>", "model_unavailable!"],
  [503, '{"error":{"message":"Loading model","type":"unavailable_error","code":503}}', "model_unavailable!"],
  [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}', "model_unavailable!"],
])("%i with %s is %s", (status, body, expected) => {
  expect(shortEnd(fault(status, body))).toBe(expected);
});

test.each<[body: string, detail: string]>([
  ['[{"error":{"message":"From an array"}}]', "From an array"],
  ['{"error":"As text"}', "As text"],
  ['{"message":"Flat"}', "Flat"],
  ['{"detail":"In detail"}', "In detail"],
  [
    '{"error":{"message":"Provider returned error","metadata":{"raw":"the real reason"}}}',
    "Provider returned error: the real reason",
  ],
  ["plain words\u0007\n", "plain words"],
  ["<html><h1>Nope</h1></html>", "HTTP 400"],
  ["", "HTTP 400"],
])("the words of %s are found", (body, detail) => {
  expect(fault(400, body).problem).toEqual({
    code: "model_invalid_request",
    detail,
    provider: "Test",
    status: 400,
  });
});

test.each<[headers: Record<string, string>, body: string, waitMs: number]>([
  [{ "retry-after-ms": "1500", "retry-after": "9" }, "", 1_500],
  [{ "retry-after": "7" }, "", 7_000],
  [{ "retry-after": "Thu, 01 Jan 2026 00:00:20 GMT" }, "", 20_000],
  [{ "x-ratelimit-timeremaining": "3" }, "", 3_000],
  [{}, '{"error":{"message":"x","details":[{},{"retryDelay":"12.5s"}]}}', 12_500],
  [{}, '{"error":{"message":"Please try again in 4.77s."}}', 4_770],
  [{}, '{"error":{"message":"Please wait 30 seconds"}}', 30_000],
  [{}, '{"error":{"message":"try again in 250ms"}}', 250],
])("a wait in %j %s is %i ms", (headers, body, waitMs) => {
  expect(fault(429, body, headers)).toMatchObject({ retryable: true, retryAfterMs: waitMs });
});

test("a wait of more than a minute is for a person to know, however absurd it is", () => {
  const { retryable, problem } = fault(429, '{"error":{"message":"try again in 33m57.312s"}}');
  expect([retryable, problem.retryAt]).toEqual([false, "2026-01-01T00:33:57.312Z"]);
  expect(fault(503, "", { "retry-after": "1e300" })).toMatchObject({
    retryable: false,
    problem: { code: "model_unavailable" },
  });
});

test("a minute's limit that calls itself a quota may be waited for", () => {
  const body =
    '[{"error":{"code":429,"message":"You exceeded your current quota","details":[{"retryDelay":"33s"}]}}]';
  expect(fault(429, body)).toMatchObject({
    retryable: true,
    retryAfterMs: 33_000,
    problem: { code: "model_rate_limit" },
  });
});

test("an endpoint that says not to retry is believed", () => {
  expect(fault(500, "", { "x-should-retry": "false" }).retryable).toBe(false);
  expect(fault(400, "", { "x-should-retry": "true" }).retryable).toBe(true);
  expect(fault(413, "", { "x-should-retry": "true" }).retryable).toBe(false);
  expect(fault(429, "", { "x-should-retry": "true", "retry-after": "52220" }).retryable).toBe(false);
});

test("errors inside a stream need no status", () => {
  expect(shortEnd(faultOfBody({ error: { type: "overloaded_error", message: "Overloaded" } }, "Test"))).toBe(
    "model_unavailable!",
  );
  expect(shortEnd(faultOfBody({ error: { type: "invalid_request_error", message: "No" } }, "Test"))).toBe(
    "model_invalid_request",
  );
  expect(shortEnd(faultOfBody({ error: { type: "rate_limit_error", message: "Slow" } }, "Test"))).toBe(
    "model_rate_limit!",
  );
  expect(shortEnd(faultOfBody("Loading", "Test"))).toBe("model_unavailable!");
});

test("of a failed connection the innermost reason is told", () => {
  const inner = Object.assign(new Error("getaddrinfo ENOTFOUND nowhere.test"), { code: "ENOTFOUND" });
  const outer = new Error("Connection error.", { cause: new TypeError("fetch failed", { cause: inner }) });
  expect(faultOfConnection(outer, "Test")).toEqual({
    type: "problem",
    retryable: true,
    problem: { code: "model_unreachable", detail: "getaddrinfo ENOTFOUND nowhere.test", provider: "Test" },
  });
});

test.each<{ name: string; said: object }>([
  { name: "a wait of a million digits", said: { details: [{ retryDelay: "1".repeat(1_000_000) }] } },
  { name: "a type of a million digits", said: { type: "1".repeat(1_000_000) } },
  { name: "words that ask to wait", said: { message: `try again in ${"1".repeat(1_000_000)}` } },
  { name: "a code of words for tokens", said: { code: "context length ".repeat(60_000) } },
  { name: "a message of digits and signs", said: { message: `limit ${"1,".repeat(500_000)}` } },
])("RES-01: $name in an error is looked at in a moment", ({ said }) => {
  const body = { error: { message: "Slow down", ...said } };
  expect(faultOfBody(body, "p").retryAfterMs).toBeUndefined();
  const text = JSON.stringify(body);
  for (const status of [400, 429])
    expect(
      faultOfResponse({ status, headers: new Headers(), text, provider: "p" }).retryAfterMs,
    ).toBeUndefined();
});
