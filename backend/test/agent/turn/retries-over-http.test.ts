/** MDL-06: what a turn does about refusals that a real server sends: how often it comes again, how long it waits, what it says. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { createChatModel } from "../../../src/models/chat-client.ts";
import type { SessionUpdate } from "../../../src/protocol/session-update.ts";
import { endpoint, provider } from "../../models/endpoint.ts";
import { stage } from "./turn-stage.ts";

interface Refusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const answer = `data: {"choices":[{"index":0,"delta":{"content":"ok"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`;
const html = "<html><title>Bad gateway</title><body>nginx</body></html>";

function refuse(response: ServerResponse, { status, headers = {}, body = "" }: Refusal): void {
  response.writeHead(status, headers);
  response.end(body);
}

/** Asks as a step does: refused so many times, then answered. */
async function asked(refusal: Refusal, times: number, chance = 0) {
  let left = times;
  const server = await endpoint((response) => {
    if (left <= 0) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      return void response.end(answer);
    }
    left -= 1;
    refuse(response, refusal);
  });
  return outcome(server, chance);
}

type Chunk = Extract<SessionUpdate, { sessionUpdate: "agent_message_chunk" }>;

function isText(update: SessionUpdate): update is Chunk & { content: { type: "text"; text: string } } {
  return update.sessionUpdate === "agent_message_chunk" && update.content.type === "text";
}

async function outcome(
  server: { readonly baseUrl: string; readonly requests: readonly unknown[] },
  chance: number,
) {
  const resolved = { provider: provider(server.baseUrl, "sk-key"), model: "m", contextWindow: null };
  const model = createChatModel({ resolve: async () => resolved });
  const scene = stage({ responses: [], model, chance });
  const { stopReason, problem } = await scene.run();
  const updates = scene.emitted.map(({ update }) => update);
  const text = updates.map((update) => (isText(update) ? update.content.text : "")).join("");
  const notices = updates.filter(({ sessionUpdate }) => sessionUpdate === "notice").length;
  return { stopReason, problem, text, waits: scene.waits, notices, requests: server.requests.length };
}

const usual = [2_000, 4_000, 8_000, 16_000, 30_000];

test.each<[string, Refusal, readonly number[]]>([
  ["429 with seconds", { status: 429, headers: { "retry-after": "7" } }, [7_000, 7_000]],
  ["429 with milliseconds", { status: 429, headers: { "retry-after-ms": "1500" } }, [1_500, 1_500]],
  [
    "429 with a date that has passed",
    { status: 429, headers: { "retry-after": "Sat, 01 Jan 2000 00:00:00 GMT" } },
    [0, 0],
  ],
  ["429 with words", { status: 429, body: '{"error":{"message":"try again in 4.77s"}}' }, [4_770, 4_770]],
  [
    "429 with a wait that is no number",
    { status: 429, headers: { "retry-after": "soon" } },
    usual.slice(0, 2),
  ],
  ["429 with a wait below nothing", { status: 429, headers: { "retry-after": "-5" } }, usual.slice(0, 2)],
  ["529 without a body", { status: 529 }, usual.slice(0, 2)],
  ["503 with seconds", { status: 503, headers: { "retry-after": "1" } }, [1_000, 1_000]],
  [
    "502 with a web page",
    { status: 502, headers: { "content-type": "text/html" }, body: html },
    usual.slice(0, 2),
  ],
  ["500 with nothing", { status: 500 }, usual.slice(0, 2)],
  ["408", { status: 408 }, usual.slice(0, 2)],
  ["400 that is said to heal", { status: 400, headers: { "x-should-retry": "true" } }, usual.slice(0, 2)],
])("MDL-06: %s is tried again until it answers", async (_, refusal, waits) => {
  expect(await asked(refusal, 2)).toEqual({
    stopReason: "end_turn",
    problem: undefined,
    text: "ok",
    waits,
    notices: 2,
    requests: 3,
  });
});

interface FinalRefusal {
  readonly code: string;
  readonly saysWhen: boolean;
}

test.each<[string, Refusal, FinalRefusal]>([
  [
    "429 for fourteen hours",
    { status: 429, headers: { "retry-after": "52220" } },
    { code: "model_rate_limit", saysWhen: true },
  ],
  [
    "429 for longer than there are dates",
    { status: 429, headers: { "retry-after": "9".repeat(30) } },
    { code: "model_rate_limit", saysWhen: true },
  ],
  [
    "529 for an hour",
    { status: 529, headers: { "retry-after": "3600" } },
    { code: "model_unavailable", saysWhen: true },
  ],
  [
    "500 that is said not to heal",
    { status: 500, headers: { "x-should-retry": "false" } },
    { code: "model_unavailable", saysWhen: false },
  ],
  [
    "429 of a quota",
    { status: 429, body: '{"error":{"code":"insufficient_quota","message":"No credits"}}' },
    { code: "model_quota", saysWhen: false },
  ],
  ["401", { status: 401 }, { code: "model_auth", saysWhen: false }],
  ["403 with a web page", { status: 403, body: html }, { code: "model_auth", saysWhen: false }],
  ["404", { status: 404 }, { code: "model_not_found", saysWhen: false }],
  ["410", { status: 410 }, { code: "model_gone", saysWhen: false }],
  ["400", { status: 400 }, { code: "model_invalid_request", saysWhen: false }],
])("MDL-06: %s ends the step at once, with its name", async (_, refusal, { code, saysWhen }) => {
  const { problem, ...rest } = await asked(refusal, 9);
  expect(problem).toMatchObject({ code, status: refusal.status });
  expect(problem?.retryAt !== undefined).toBe(saysWhen);
  expect(rest).toEqual({ stopReason: "refusal", text: "", waits: [], notices: 0, requests: 1 });
});

test("MDL-06: five times and no more, each wait longer up to half a minute, and spread", async () => {
  expect(await asked({ status: 503 }, 99)).toMatchObject({ waits: usual, notices: 5, requests: 6 });
  const spread = await asked({ status: 503 }, 99, 0.5);
  expect(spread.waits).toEqual(usual.map((waitMs) => waitMs * 1.1));
  const told = await asked({ status: 429, headers: { "retry-after": "10" } }, 1, 0.5);
  expect(told.waits).toEqual([10_500]);
});

test("MDL-06: after the first word nothing is asked again", async () => {
  const server = await endpoint((response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write('data: {"choices":[{"index":0,"delta":{"content":"Half"}}]}\n\n');
    response.end('data: {"error":{"code":503,"message":"overloaded"}}\n\n');
  });
  expect(await outcome(server, 0)).toMatchObject({
    problem: { code: "model_unavailable" },
    text: "Half",
    waits: [],
    requests: 1,
  });
});
