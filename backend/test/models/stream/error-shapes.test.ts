/** Refusals over HTTP: each gets its name, its wait and its limit, and what it taught is passed on. */
import { expect, test } from "vitest";
import type { LearnedFact } from "../../../src/models/dialect.ts";
import { ask, endpoint, provider } from "../endpoint.ts";
import { errorShapes } from "./error-shapes.ts";
import { shortEnd } from "./stream-shapes.ts";

test.each(errorShapes)("$status of $name", async (shape) => {
  const server = await endpoint((response) => {
    response.writeHead(shape.status, { "content-type": "application/json", ...shape.headers });
    response.end(typeof shape.body === "string" ? shape.body : JSON.stringify(shape.body));
  });
  const learned: LearnedFact[] = [];
  const { said, calls, end } = await ask(provider(server.baseUrl), {
    onLearned: (_provider, _model, fact) => learned.push(fact),
  });
  if (end.type !== "problem") throw new Error(`It ended in ${end.type}.`);
  const { problem, retryAfterMs, limitTokens } = end;
  expect({
    said,
    calls,
    learned,
    end: shortEnd(end),
    status: problem.status,
    mustWait: problem.retryAt !== undefined,
    retryAfterMs,
    limitTokens,
    detail: shape.detail === undefined ? undefined : problem.detail,
  }).toEqual({
    said: [],
    calls: [],
    learned: shape.learned ?? [],
    end: shape.end,
    status: shape.status,
    mustWait: shape.mustWait ?? false,
    retryAfterMs: shape.retryAfterMs,
    limitTokens: shape.limitTokens,
    detail: shape.detail,
  });
  expect(server.requests).toHaveLength(1);
});
