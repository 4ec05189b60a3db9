/** GitHub Models, which has ended: against a fake that keeps its old contract, and against what answers there now. */
import { randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import type { ModelEvent } from "../../../src/agent/model.ts";
import type { AgentTurn, TurnOutcome } from "../../../src/engines/engine.ts";
import { ModelListing } from "../../../src/protocol/catalogue.ts";
import { ConnectionReport } from "../../../src/protocol/provider.ts";
import { ChatAnswer } from "../../../src/server/chat-completion.ts";
import { endpoint, type SeenRequest } from "../../models/endpoint.ts";
import { problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";
import { Browser, gitHubForTest, settingsOf } from "../access/auth-browser.ts";

const catalogue = [
  {
    id: "openai/gpt-4.1",
    name: "OpenAI GPT-4.1",
    publisher: "OpenAI",
    capabilities: ["streaming", "tool-calling"],
    limits: { max_input_tokens: 1_048_576, max_output_tokens: 32_768 },
    rate_limit_tier: "high",
    supported_input_modalities: ["text", "image"],
  },
  { id: "openai/text-embedding-3-small", name: "Embedding", rate_limit_tier: "embeddings" },
  { id: "deepseek/r1", name: "DeepSeek-R1" },
];
const frames = [
  { id: "", model: "", choices: [], prompt_filter_results: [{ prompt_index: 0 }] },
  {
    id: "c1",
    choices: [{ index: 0, delta: { role: "assistant", content: "Still here." }, content_filter_results: {} }],
  },
  { id: "c1", choices: [{ index: 0, delta: {}, finish_reason: "stop" }], obfuscation: "xx" },
];
const retirement = {
  error: {
    code: "github_models_retirement_brownout",
    message: "GitHub Models is temporarily unavailable as part of a scheduled retirement brownout.",
  },
};

interface FakeOptions {
  readonly isAccepted: (token: string) => boolean;
  /** It answers as it does since its end. */
  readonly isOver: () => boolean;
  readonly refusedField: string | undefined;
}

async function fakeGitHubModels({ isAccepted, isOver, refusedField }: FakeOptions) {
  return endpoint((response, request) => {
    const fail = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
    if (isOver()) return void fail(410, retirement);
    if (request.path === "/catalog/models") return void response.end(JSON.stringify(catalogue));
    if (request.path !== "/inference/chat/completions") return void fail(404, {});
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1] ?? "";
    if (!isAccepted(token))
      return void fail(401, { error: { code: "unauthorized", message: "Bad credentials" } });
    if (refusedField !== undefined && Object.hasOwn(request.body as object, refusedField))
      return void fail(400, { error: { message: `Unknown parameter: ${refusedField}` } });
    response.setHeader("content-type", "text/event-stream");
    for (const frame of frames) response.write(`data: ${JSON.stringify(frame)}\n\n`);
    response.end("data: [DONE]\n\n");
  });
}

interface StageOptions {
  readonly isOver?: () => boolean;
  /** Every request with this field in it is refused. */
  readonly refusedField?: string;
}

async function stage({ isOver = () => false, refusedField }: StageOptions = {}) {
  const fake = await gitHubForTest();
  const server = await fakeGitHubModels({ isAccepted: (token) => fake.isLive(token), isOver, refusedField });
  const baseUrl = `http://127.0.0.1:${server.port}/inference`;
  let app: RunningApp | null = null;
  const runTurn = async (turn: AgentTurn): Promise<TurnOutcome> => {
    const key = app?.parts.personalKeys.of(turn) ?? null;
    const model = app?.parts.modelFor(key) as ReturnType<RunningApp["parts"]["modelFor"]>;
    const asked = {
      model: turn.model ?? "",
      messages: [{ role: "user" as const, content: "Hi" }],
      tools: [],
    };
    for await (const event of model.stream(asked, turn.signal)) ends.push(event);
    return { stopReason: "end_turn" };
  };
  const ends: ModelEvent[] = [];
  app = await runningApp({ gitHub: { settings: settingsOf(fake) }, runTurn });
  const body = { preset: "github", name: "GitHub Models", baseUrl };
  expect((await app.request("PUT /api/providers/github", { body })).status).toBe(200);
  const browser = new Browser(app);
  const token = fake.issueToken("octocat");
  await browser.visit("POST /api/auth/token", { body: { token } });
  return { app, server, browser, token, fake, ends };
}

const hello = { body: { messages: [{ role: "user", content: "Hi" }], model: "github/openai/gpt-4.1" } };
const keysOf = (requests: readonly SeenRequest[]) =>
  requests.filter(({ path }) => path.endsWith("/completions")).map(({ headers }) => headers.authorization);

test("its catalogue is listed, labelled as ended, and nothing of it is a default", async () => {
  const { app } = await stage();
  const { default: first, providers } = await app.read("GET /api/models", ModelListing);
  const github = providers.find(({ id }) => id === "github");
  expect([first, github?.available, github?.retiredOn]).toEqual([null, true, "2026-07-30"]);
  expect(github?.models).toMatchObject([
    {
      id: "openai/gpt-4.1",
      contextWindow: 1_048_576,
      outputLimit: 32_768,
      images: true,
      tools: true,
      price: null,
      retired: true,
    },
    { id: "deepseek/r1", contextWindow: null, retired: true },
  ]);
});

test("a chat is paid with the token of the cookie that it came with, streamed or not", async () => {
  const { browser, server, token } = await stage();
  const answer = ChatAnswer.parse(await (await browser.visit("POST /api/chat", hello)).json());
  expect(answer).toEqual({
    message: { role: "assistant", content: "Still here." },
    model: "github/openai/gpt-4.1",
  });
  const streamed = await browser.visit("POST /api/chat", { body: { ...hello.body, stream: true } });
  expect(await streamed.text()).toContain("Still here.");
  expect(keysOf(server.requests)).toEqual([`Bearer ${token}`, `Bearer ${token}`]);
});

test("what a request for one person taught is believed for the next request", async () => {
  const { browser, server } = await stage({ refusedField: "stream_options" });
  const statuses = [
    await browser.visit("POST /api/chat", hello),
    await browser.visit("POST /api/chat", hello),
  ];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200]);
  const asked = server.requests.filter(({ path }) => path.endsWith("/completions"));
  expect(asked.map(({ body }) => Object.hasOwn(body as object, "stream_options"))).toEqual([
    true,
    false,
    false,
  ]);
});

test("who is not signed in is asked to sign in, and nothing is sent", async () => {
  const { app, server } = await stage();
  const refused = await problemOf(await app.request("POST /api/chat", hello));
  expect(refused).toMatchObject({
    code: "model_failed",
    data: { problem: { code: "model_sign_in", provider: "GitHub Models" } },
  });
  const report = await app.read("POST /api/providers/github/test", ConnectionReport, { body: {} });
  expect([report.outcome, keysOf(server.requests)]).toEqual(["sign_in_needed", []]);
});

/** Sends a prompt to a new session as the test's own device, perhaps with a cookie beside its token. */
async function prompt(app: RunningApp, cookie: string | null): Promise<void> {
  const session = await app.request("POST /api/sessions", {
    body: { project: app.project, model: "github/openai/gpt-4.1" },
  });
  const { id } = (await session.json()) as { id: string };
  const body = { id: randomUUID(), content: [{ type: "text", text: "Hi" }] };
  const headers = cookie === null ? {} : { cookie: `gh_token=${cookie}` };
  const sent = await app.request(`POST /api/sessions/${id}/prompts`, { body, headers });
  expect(sent.status).toBe(202);
}

test("a turn is paid with the token of whoever sent its prompt, which lies in no file", async () => {
  const { app, browser, server, token, ends } = await stage();
  // The device of the cookie is the one that asks.
  const session = await browser.visit("POST /api/sessions", {
    body: { project: app.project, model: "github/openai/gpt-4.1" },
  });
  const { id } = (await session.json()) as { id: string };
  const body = { id: randomUUID(), content: [{ type: "text", text: "Hi" }] };
  expect((await browser.visit(`POST /api/sessions/${id}/prompts`, { body })).status).toBe(202);
  await expect.poll(() => ends.at(-1)?.type).toBe("end");
  expect(ends.at(-1)).toMatchObject({ type: "end", end: { type: "stop" } });
  expect(keysOf(server.requests)).toEqual([`Bearer ${token}`]);
  // A file that is being replaced at this moment has no name for a moment: then all are read again.
  await expect.poll(() => textsBelow(app.state)).not.toContain(token);
});

/** What all files of a folder hold, one after the other. */
async function textsBelow(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = files.map(({ parentPath, name }) => readFile(join(parentPath, name), "utf8"));
  return (await Promise.all(texts)).join("\n");
}

test("a turn that nobody who is signed in began asks to sign in, as every turn does after a restart", async () => {
  const { app, server, ends } = await stage();
  await prompt(app, null);
  await expect.poll(() => ends).toHaveLength(1);
  expect(ends).toMatchObject([
    { type: "end", end: { type: "problem", problem: { code: "model_sign_in" }, retryable: false } },
  ]);
  expect(keysOf(server.requests)).toEqual([]);
});

test("another device's cookie pays for nothing", async () => {
  const { app, browser, server, ends } = await stage();
  await prompt(app, browser.cookie("gh_token") ?? "");
  await expect.poll(() => ends).toHaveLength(1);
  expect(ends).toMatchObject([{ type: "end", end: { problem: { code: "model_sign_in" } } }]);
  expect(keysOf(server.requests)).toEqual([]);
});

test("signing out ends what the token pays for", async () => {
  const { app, browser, token } = await stage();
  app.parts.personalKeys.hold({ sessionId: "a-session", promptId: "p" }, token);
  await browser.visit("POST /api/auth/logout", { body: {} });
  expect(app.parts.personalKeys.of({ sessionId: "a-session", promptId: "p" })).toBeNull();
  expect((await browser.visit("POST /api/chat", hello)).status).toBeGreaterThanOrEqual(401);
});

test("since its end it is called gone, in the list, in a chat and in a test", async () => {
  const { app, browser } = await stage({ isOver: () => true });
  const { providers } = await app.read("GET /api/models", ModelListing);
  expect(providers.find(({ id }) => id === "github")).toMatchObject({
    available: false,
    problem: { code: "model_gone" },
    retiredOn: "2026-07-30",
  });
  const refused = await problemOf(await browser.visit("POST /api/chat", hello));
  expect(refused.data).toMatchObject({ problem: { code: "model_gone", status: 410 } });
});

test("a person's token goes to GitHub and to this machine, never to another address that bears its preset", async () => {
  const { app } = await stage();
  const body = { preset: "github", name: "Elsewhere", baseUrl: "https://models.example.org/inference" };
  await app.request("PUT /api/providers/elsewhere", { body });
  expect(await app.parts.catalogue.takesPersonalKey("elsewhere/m")).toBeNull();
  expect(await app.parts.catalogue.takesPersonalKey("github/m")).toBe("GitHub Models");
});

test("SEC-07: another device's prompt in the same session is not paid with the first one's token", async () => {
  const { app, browser, server, token, ends } = await stage();
  const model = "github/openai/gpt-4.1";
  const made = await browser.visit("POST /api/sessions", { body: { project: app.project, model } });
  const { id } = z.object({ id: z.string() }).parse(await made.json());
  const prompt = (text: string) => ({ id: randomUUID(), content: [{ type: "text", text }] });
  await browser.visit(`POST /api/sessions/${id}/prompts`, { body: prompt("Hi") });
  await expect.poll(() => ends.filter(({ type }) => type === "end").length).toBe(1);
  expect(keysOf(server.requests)).toEqual([`Bearer ${token}`]);
  const other = await app.tokenOf("approve");
  await app.request(`POST /api/sessions/${id}/prompts`, { token: other, body: prompt("On whose account?") });
  await expect.poll(() => ends.filter(({ type }) => type === "end").length).toBe(2);
  expect(ends.at(-1)).toMatchObject({ end: { problem: { code: "model_sign_in" } } });
  expect(keysOf(server.requests)).toEqual([`Bearer ${token}`]);
});
