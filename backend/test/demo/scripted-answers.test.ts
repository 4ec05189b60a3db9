/** What the scripted model answers with: its script, its side rules, its refusals, and what it remembers. */
import { writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileArgument } from "../../src/demo/scripted-model/script.ts";
import { startScriptedModel } from "../../src/demo/scripted-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { hello, post, replying, start, tools } from "./scripted-stage.ts";
import { Completion } from "./tiny-agent.ts";

test("gives an error so many times, with its headers, before it goes on", async () => {
  const errors = {
    times: 2,
    status: 429,
    headers: { "retry-after": "1" },
    body: { error: { message: "slow down" } },
  };
  const model = await start({ script: { steps: [{ reply: { text: "now" }, errors }] } });
  for (const _ of [1, 2]) {
    const refused = await post(model, {});
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    expect(await refused.json()).toEqual(errors.body);
  }
  expect((await post(model, {})).status).toBe(200);
  expect(model.violations()).toEqual([]);
  expect(model.requests().map((request) => request.answeredBy)).toEqual(["step 1", "step 1", "step 1"]);
});

test("answers by side rules first, each as often as it may", async () => {
  const model = await start({
    script: {
      rules: [
        {
          name: "title",
          when: { lastUser: /title/, withoutTools: true },
          uses: 1,
          reply: { text: "A title" },
        },
      ],
      steps: [{ reply: { text: "one" } }, { reply: { text: "two" } }],
    },
  });
  const asked = [{ role: "user", content: "a title for this" }];
  expect(await said(post(model, { messages: asked, tools }))).toBe("one");
  expect(await said(post(model, { messages: asked }))).toBe("A title");
  expect(await said(post(model, { messages: asked }))).toBe("two");
  expect(model.isDone()).toBe(true);
  expect(model.requests().map((request) => request.answeredBy)).toEqual(["step 1", "title", "step 2"]);
});

async function said(response: Promise<Response>): Promise<string | null> {
  const { choices } = Completion.parse(await (await response).json());
  return choices[0].message.content;
}

test("refuses what lies beyond the script, and reports it", async () => {
  const model = await replying();
  const response = await post(model, {});
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { code: "script_exhausted" } });
  expect(model.violations()).toEqual([{ request: 1, reason: "a request beyond the script" }]);
});

test("reports what a step expects and does not find, and answers all the same", async () => {
  const model = await start({
    script: {
      steps: [
        {
          reply: { text: "ok" },
          expect: {
            lastRole: "tool",
            lastText: /exit code 0/,
            contains: ["hello", /goodbye/],
            lacks: ["secret", /^he/],
            maxTokens: 1,
            maxCharacters: 100_000,
            toolsPresent: ["read", "shell"],
            toolsAbsent: ["read"],
            resultCount: 1,
            results: [/done/],
            check: ({ prompt }) => `asked ${prompt}`,
          },
        },
      ],
    },
  });
  expect((await post(model, { tools })).status).toBe(200);
  expect(model.violations().map(({ reason }) => reason)).toEqual([
    "step 1: last role is user, not tool",
    "step 1: last text does not match /exit code 0/",
    "step 1: /goodbye/ does not occur",
    "step 1: /^he/ occurs",
    "step 1: more than 1 tokens",
    "step 1: tool shell is not offered",
    "step 1: tool read is offered",
    "step 1: 0 tool results, not 1",
    "step 1: no tool result matches /done/",
    "step 1: asked hello",
  ]);
});

test("makes arguments of the last results and of files with replacements", async () => {
  const path = join(await temporaryFolder(), "solution.js");
  await writeFile(path, "return right;");
  const model = await replying({
    calls: [
      {
        tool: "read",
        arguments: {
          path: ({ lastResults }) => lastResults.map((call) => `${call.tool}:${call.result}`).join(),
          content: fileArgument(path, [["right", "wrong"]]),
        },
      },
    ],
  });
  const response = await post(model, { tools, messages: answered("a.txt") });
  const { choices } = Completion.parse(await response.json());
  const written: unknown = JSON.parse(choices[0].message.tool_calls?.[0]?.function.arguments ?? "");
  expect(written).toEqual({ path: "read:a.txt", content: "return wrong;" });
});

/** A prompt, one call, and its result. */
function answered(result: string): object[] {
  const call = { id: "call_1", type: "function", function: { name: "read", arguments: "{}" } };
  return [
    ...hello,
    { role: "assistant", content: null, tool_calls: [call] },
    { role: "tool", tool_call_id: "call_1", content: result },
  ];
}

test("reports a script that fails", async () => {
  const model = await start({
    script: {
      fallback: () => {
        throw new Error("broken script");
      },
    },
  });
  expect((await post(model, {})).status).toBe(500);
  expect(model.violations()).toEqual([{ request: 1, reason: "the script failed: Error: broken script" }]);
});

test("refuses a request over the token limit as GitHub Models did", async () => {
  const model = await start({ script: { fallback: { text: "ok" } }, tokenLimit: 100 });
  expect((await post(model, {})).status).toBe(200);
  const response = await post(model, { messages: [{ role: "user", content: "x".repeat(400) }] });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    error: {
      code: "tokens_limit_reached",
      message: "Request body too large for scripted model. Max size: 100 tokens.",
    },
  });
});

test("counts the room that is asked for the answer where tokens are limited by the minute", async () => {
  const model = await start({
    script: { fallback: { text: "ok" } },
    minuteLimit: 100,
    countTokens: ({ messages }) => messages.length * 50,
  });
  expect((await post(model, { max_tokens: 50 })).status).toBe(200);
  const response = await post(model, { max_completion_tokens: 51 });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({
    error: { message: expect.stringContaining("(TPM): Limit 100, Requested 101,") },
  });
  expect(model.requests().map(({ tokens }) => tokens)).toEqual([50, 50]);
});

test("lists a model with what else its list says", async () => {
  const facts = { supports_image_input: true };
  const model = await start({ script: { models: [{ id: "a", name: "A", contextWindow: 8_000, facts }] } });
  const listed = await fetch(`${model.baseUrl}/models`);
  expect(await listed.json()).toMatchObject({ data: [{ id: "a", context_length: 8_000, ...facts }] });
});

test("answers 401 without its key and 404 for a model that it does not have", async () => {
  const model = await start({ script: { fallback: { text: "ok" } }, apiKey: "sesame" });
  expect((await post(model, {})).status).toBe(401);
  expect((await post(model, {}, { authorization: "Bearer sesame" })).status).toBe(200);
  expect((await post(model, { model: "demo/scripted" }, { authorization: "Bearer sesame" })).status).toBe(
    404,
  );
});

test("logs bodies and never keys, the newest so many", async () => {
  const model = await start({ script: { fallback: { text: "ok" } }, apiKey: "sesame", loggedRequests: 2 });
  for (const _ of [1, 2, 3]) await (await post(model, {}, { authorization: "Bearer sesame" })).text();
  expect(model.requests().map((request) => request.number)).toEqual([2, 3]);
  expect(model.requests()[0]?.body).toEqual({ model: "scripted", messages: hello });
  expect(JSON.stringify(model.requests())).not.toContain("sesame");
});

test("tells its state, goes to a step, and starts again, over HTTP", async () => {
  const model = await replying({ text: "one" }, { text: "two" });
  const control = model.baseUrl.replace("/v1", "");
  await fetch(`${control}/_goto`, { method: "POST", body: '{"step":1}' });
  expect(await said(post(model, {}))).toBe("two");
  expect((await fetch(`${control}/_goto`, { method: "POST", body: '{"step":-1}' })).status).toBe(400);
  const state = await (await fetch(`${control}/_state`)).json();
  expect(state).toMatchObject({
    done: true,
    step: 2,
    violations: [],
    requestCount: 1,
    requests: [{ step: 1 }],
  });
  await fetch(`${control}/_reset`, { method: "POST" });
  expect(await (await fetch(`${control}/_state`)).json()).toEqual({
    done: false,
    step: 0,
    violations: [],
    requestCount: 0,
    requests: [],
  });
});

test("listens on loopback alone, and answers no page and no other name", async () => {
  const model = await replying({ text: "x" });
  expect(model.baseUrl).toBe(`http://127.0.0.1:${model.port}/v1`);
  const status = (headers: Record<string, string>) =>
    new Promise((resolve) => {
      const options = { host: "127.0.0.1", port: model.port, path: "/v1/models", headers };
      httpRequest(options, (response) => resolve(response.resume().statusCode)).end();
    });
  expect(await status({})).toBe(200);
  expect(await status({ host: "rebound.example" })).toBe(403);
  expect(await status({ origin: "http://evil.example" })).toBe(403);
});

test("streams a hundred thousand tokens in well under a second", async () => {
  function* tokens() {
    for (let index = 0; index < 100_000; index += 1) yield "word ";
  }
  const model = await replying({ text: tokens() });
  const startedMs = performance.now();
  const text = await (await post(model, { stream: true })).text();
  expect(text.match(/word /g)).toHaveLength(100_000);
  expect(performance.now() - startedMs).toBeLessThan(3000);
});

test("breaks off what is being answered when it closes", async () => {
  const model = await startScriptedModel({
    script: { fallback: { text: "x", fault: { type: "hold", afterCharacters: 1 } } },
  });
  const response = await post(model, { stream: true });
  await model.close();
  await expect(response.text()).rejects.toThrow("terminated");
});
