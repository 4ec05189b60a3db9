/** The wire of the scripted model, as a client of any vendor reads it. */
import { expect, test } from "vitest";
import type { ScriptedReply } from "../../src/demo/scripted-model/script.ts";
import type { ScriptedModel } from "../../src/demo/scripted-server.ts";
import {
  delta,
  hello,
  opening,
  post,
  replying,
  start,
  streamed,
  tools,
  untilBroken,
} from "./scripted-stage.ts";

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
