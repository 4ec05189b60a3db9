/** The original stateless chat, over a real model endpoint on loopback. */
import { expect, onTestFinished, test } from "vitest";
import { startScriptedModel } from "../../../src/demo/scripted-server.ts";
import { ModelListing } from "../../../src/protocol/catalogue.ts";
import { ChatAnswer } from "../../../src/server/chat-completion.ts";
import { eventsOf, problemOf, runningApp } from "../../support/running-app.ts";
import { Browser, devicesOf, gitHubForTest, settingsOf } from "../access/auth-browser.ts";

async function appWithModel(script: Parameters<typeof startScriptedModel>[0]["script"]) {
  const model = await startScriptedModel({ script });
  onTestFinished(() => model.close());
  return { model, app: await runningApp({ modelsBaseUrl: model.baseUrl }) };
}

const hello = { messages: [{ role: "user", content: "hello" }], model: "default/scripted" };

test("messages in, one message out", async () => {
  const { app, model } = await appWithModel({ fallback: { text: "Hello to you." } });
  const answer = await app.read("POST /api/chat", ChatAnswer, { body: hello });
  expect(answer).toEqual({
    message: { role: "assistant", content: "Hello to you." },
    model: "default/scripted",
  });
  expect(model.violations()).toEqual([]);
});

test("with stream it comes in pieces, and whole at the end", async () => {
  const { app } = await appWithModel({ fallback: { text: "Hello to you." } });
  const response = await app.request("POST /api/chat", { body: { ...hello, stream: true } });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  let text = "";
  let last: unknown;
  for await (const { event, data } of eventsOf(response)) {
    if (event === "done") last = data;
    else text += (data as { delta: string }).delta;
  }
  expect(text).toBe("Hello to you.");
  expect(last).toEqual({
    message: { role: "assistant", content: "Hello to you." },
    model: "default/scripted",
  });
});

test("an endpoint that refuses is told as a problem, streamed or not", async () => {
  const errors = { times: 99, status: 401 };
  const { app } = await appWithModel({ steps: [{ reply: { text: "" }, errors }] });
  const refused = await app.request("POST /api/chat", { body: hello });
  const problem = await problemOf(refused);
  expect([refused.status, problem.code, problem.data]).toMatchObject([
    502,
    "model_failed",
    { problem: { code: "model_auth" } },
  ]);
  const events: unknown[] = [];
  for await (const { event, data } of eventsOf(
    await app.request("POST /api/chat", { body: { ...hello, stream: true } }),
  )) {
    events.push([event, data]);
  }
  expect(events).toMatchObject([["error", { code: "model_failed", problem: { code: "model_auth" } }]]);
});

test("without any model it says so", async () => {
  const app = await runningApp();
  const response = await app.request("POST /api/chat", { body: { messages: hello.messages } });
  expect([response.status, (await problemOf(response)).code]).toEqual([409, "model_missing"]);
});

test("the models that can be had are listed with their endpoint", async () => {
  const { app } = await appWithModel({
    models: [{ id: "scripted", name: "Scripted" }],
    fallback: { text: "" },
  });
  const listing = await app.read("GET /api/models", ModelListing);
  expect(listing.providers.map(({ id, available }) => [id, available])).toEqual([["default", true]]);
  expect(listing.default).toBe("default/scripted");
});

test("L3: a stream that gh_token alone opened ends at once when its device is signed out", async () => {
  const model = await startScriptedModel({
    script: { fallback: { text: "Hello to you.", fault: { type: "hold", afterCharacters: 8 } } },
  });
  onTestFinished(() => model.close());
  const fake = await gitHubForTest();
  const app = await runningApp({ modelsBaseUrl: model.baseUrl, gitHub: { settings: settingsOf(fake) } });
  const browser = new Browser(app);
  await browser.visit("POST /api/auth/token", { body: { token: fake.issueToken("octocat") } });
  const alone = new Browser(app);
  alone.plant("gh_token", browser.cookie("gh_token") ?? "");
  const response = await alone.visit("POST /api/chat", { body: { ...hello, stream: true } });
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.getReader();
  await reader?.read();
  const [, device] = await devicesOf(app);
  await app.parts.devices.revoke(device?.id ?? "", null);
  while ((await reader?.read())?.done === false);
  expect((await alone.visit("POST /api/chat", { body: { ...hello, stream: true } })).status).toBe(401);
});
