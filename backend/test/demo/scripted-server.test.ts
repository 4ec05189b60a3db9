/** The scripted model over real HTTP, as a client of any vendor would use it. */
import { writeFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { fileArgument, type ScriptedReply } from "../../src/demo/scripted-model/script.ts";
import {
  type ScriptedModel,
  type ScriptedModelOptions,
  startScriptedModel,
} from "../../src/demo/scripted-server.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { Completion } from "./tiny-agent.ts";

async function start(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const model = await startScriptedModel(options);
  onTestFinished(() => model.close());
  return model;
}

/** A model that gives these replies in order. */
function replying(...replies: readonly ScriptedReply[]): Promise<ScriptedModel> {
  return start({ script: { steps: replies.map((reply) => ({ reply })) } });
}

const tools = [{ type: "function", function: { name: "read", parameters: { type: "object" } } }];
const hello = [{ role: "user", content: "hello" }];

function post(model: ScriptedModel, body: object, headers: Record<string, string> = {}): Promise<Response> {
  const whole = { model: "scripted", messages: hello, ...body };
  return fetch(`${model.baseUrl}/chat/completions`, { method: "POST", headers, body: JSON.stringify(whole) });
}

/** The data of the stream's events, what differs from run to run left out. */
async function streamed(response: Response): Promise<unknown[]> {
  const lines = (await response.text()).split("\n\n").filter((line) => line !== "");
  return lines.map((line) => {
    if (line === "data: [DONE]") return "[DONE]";
    const { id: _id, created: _created, object: _object, model: _model, ...rest } = JSON.parse(line.slice(6));
    return rest;
  });
}

function delta(content: object, reason: string | null = null): object {
  return { choices: [{ index: 0, delta: content, finish_reason: reason }] };
}

const opening = delta({ role: "assistant", content: "" });

test("streams text, finish, usage when asked for, and the end", async () => {
  const model = await replying({ text: "Hello, wörld" });
  const response = await post(model, { stream: true, stream_options: { include_usage: true } });
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(await streamed(response)).toEqual([
    opening,
    delta({ content: "Hello" }),
    delta({ content: "," }),
    delta({ content: " wörld" }),
    delta({}, "stop"),
    { choices: [], usage: { prompt_tokens: 31, completion_tokens: 3, total_tokens: 34 } },
    "[DONE]",
  ]);
});

test("streams reasoning, then text, then calls in fragments, by the product's tool names", async () => {
  const reply: ScriptedReply = {
    reasoning: "hm",
    text: "Reading",
    calls: [
      { tool: "look", id: "call_1", arguments: { path: "a.txt" } },
      { tool: "look", id: "call_2", arguments: "{not json" },
    ],
    chunkCharacters: 10,
  };
  const model = await start({ script: { steps: [{ reply }], toolNames: { look: "read" } } });
  const call = (index: number, rest: object) => delta({ tool_calls: [{ index, ...rest }] });
  const started = (id: string) => ({ id, type: "function", function: { name: "read", arguments: "" } });
  const fragment = (text: string) => ({ function: { arguments: text } });
  expect(await streamed(await post(model, { stream: true, tools }))).toEqual([
    opening,
    delta({ reasoning_content: "hm" }),
    delta({ content: "Reading" }),
    call(0, started("call_1")),
    call(0, fragment('{"path":"a')),
    call(0, fragment('.txt"}')),
    call(1, started("call_2")),
    call(1, fragment("{not json")),
    delta({}, "tool_calls"),
    "[DONE]",
  ]);
});

test("answers whole without stream, with the usage that the script gives", async () => {
  const usage = { inputTokens: 100, outputTokens: 7, cachedTokens: 64 };
  const model = await replying({ calls: [{ tool: "read", id: "c", arguments: { path: "a" } }], usage });
  expect(await (await post(model, { tools })).json()).toEqual({
    id: expect.stringMatching(/^chatcmpl-/),
    object: "chat.completion",
    created: expect.any(Number),
    model: "scripted",
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "c", type: "function", function: { name: "read", arguments: '{"path":"a"}' } }],
        },
        finish_reason: "tool_calls",
      },
    ],
    usage: {
      prompt_tokens: 100,
      completion_tokens: 7,
      total_tokens: 107,
      prompt_tokens_details: { cached_tokens: 64 },
    },
  });
});

test("leaves out finish and usage when told to", async () => {
  const model = await replying({ text: "x", finish: null, usage: null });
  const response = await post(model, { stream: true, stream_options: { include_usage: true } });
  expect(await streamed(response)).toEqual([opening, delta({ content: "x" }), "[DONE]"]);
});

test("writes whole characters whatever the size of the pieces on the wire", async () => {
  const model = await replying({ text: "żółw 🐢", wireBytes: 1, chunkCharacters: 3 });
  const events = await streamed(await post(model, { stream: true }));
  expect(events.slice(1, 3)).toEqual([delta({ content: "żół" }), delta({ content: "w 🐢" })]);
});

test("sends the pieces of an iterable as they are, each when it is taken", async () => {
  const model = await replying({ text: ["a", "b c", ""], tokensPerSecond: 500 });
  const events = await streamed(await post(model, { stream: true }));
  expect(events.slice(1, 4)).toEqual([
    delta({ content: "a" }),
    delta({ content: "b c" }),
    delta({ content: "" }),
  ]);
});

test("paces a stream, and drops all delays when it is to be instant", async () => {
  const reply = { text: ["a", "b", "c", "d"], tokensPerSecond: 50, delayMs: 50, firstChunkDelayMs: 50 };
  const time = async (model: ScriptedModel) => {
    const startedMs = performance.now();
    await (await post(model, { stream: true })).text();
    return performance.now() - startedMs;
  };
  expect(await time(await replying(reply))).toBeGreaterThan(200);
  const slowest = { ...reply, delayMs: 60_000, tokensPerSecond: 0.01 };
  expect(await time(await start({ script: { steps: [{ reply: slowest }] }, speed: "instant" }))).toBeLessThan(
    5000,
  );
});

test("cuts the connection after the given number of characters", async () => {
  const model = await replying({ text: "Hello", fault: { type: "cut", afterCharacters: 3 } });
  const body = JSON.stringify({ model: "scripted", messages: hello, stream: true });
  const received = await untilBroken(model, body);
  expect(received.endsWith(',"delta":{"content":"Hel"},"finish_reason":null}]}\n\n')).toBe(true);
  expect(model.requests()[0]?.outcome).toBe("broken_off");
});

/** What arrives before the connection breaks: fetch would forget what nobody has read by then. */
function untilBroken({ port }: ScriptedModel, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: "127.0.0.1", port, path: "/v1/chat/completions", method: "POST" },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        response.once("error", () => resolve(text));
        response.once("end", () => reject(new Error("the stream was not broken")));
      },
    );
    sent.once("error", reject).end(body);
  });
}

test("sends an error inside the stream", async () => {
  const model = await replying({ text: "Hello", fault: { type: "error", afterCharacters: 2 } });
  expect(await streamed(await post(model, { stream: true }))).toEqual([
    opening,
    delta({ content: "He" }),
    { error: { message: "The scripted model failed here", type: "server_error" } },
  ]);
});

test("holds a stream until it is released", async () => {
  const model = await replying({ text: "Hello", fault: { type: "hold", afterCharacters: 2 } });
  const response = await post(model, { stream: true });
  const body = response.body?.getReader();
  const first = Buffer.from((await body?.read())?.value ?? []).toString();
  expect(first).toContain('"content":"He"');
  expect(first).not.toContain("llo");
  model.release();
  expect(Buffer.from((await body?.read())?.value ?? []).toString()).toContain('"content":"llo"');
});

test("notices when the reader leaves", async () => {
  const model = await replying({ text: "x", fault: { type: "hold", afterCharacters: 1 } });
  const leave = new AbortController();
  const response = await fetch(`${model.baseUrl}/chat/completions`, {
    method: "POST",
    signal: leave.signal,
    body: JSON.stringify({ model: "scripted", messages: hello, stream: true }),
  });
  await response.body?.getReader().read();
  leave.abort();
  await expect.poll(() => model.requests()[0]?.outcome).toBe("broken_off");
  expect(model.violations()).toEqual([]);
});

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
