/** The decoder: the same bytes mean the same, in whatever pieces they come, and nothing makes it grow without bound. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ModelEvent } from "../../../src/agent/model.ts";
import { type ServerSentEvent, SseDecoder } from "../../../src/models/stream/sse-decoder.ts";
import { StreamDecoder } from "../../../src/models/stream/stream-decoder.ts";
import { answerOf } from "../endpoint.ts";
import { providerShapes } from "./provider-shapes.ts";
import { shortEnd, streamShapes } from "./stream-shapes.ts";

function decoded(pieces: readonly Uint8Array[]) {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const events: ModelEvent[] = pieces.flatMap((piece) => decoder.push(piece));
  const { events: last, end } = decoder.finish();
  return answerOf([...events, ...last, { ...end, meta: { model: "default/m", ...decoder.meta } }]);
}

function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [
    0,
    ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ];
  return sorted.slice(1).map((place, index) => bytes.subarray(sorted[index], place));
}

const encoder = new TextEncoder();

const shapes = [...streamShapes, ...providerShapes];

test.each(shapes)("MDL-07: any cutting of $name gives the same events", ({ body }) => {
  const bytes = encoder.encode(body);
  const whole = decoded([bytes]);
  expect(decoded([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (places) => {
      expect(decoded(cut(bytes, places))).toEqual(whole);
    }),
    { numRuns: 30, seed: 7 },
  );
});

test("MDL-02, MDL-07: whatever bytes come, there is one end, the same in any pieces, and calls only with an end in calls", () => {
  const bodies = shapes.map(({ body }) => encoder.encode(body));
  const damaged = fc
    .tuple(fc.constantFrom(...bodies), fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 6 }))
    .map(([body, changes]) => {
      const bytes = body.slice();
      for (const [place, byte] of changes) bytes[place % Math.max(1, bytes.length)] = byte;
      return bytes;
    });
  const streams = fc.oneof(damaged, fc.uint8Array({ maxLength: 300 }));
  fc.assert(
    fc.property(streams, fc.array(fc.nat(), { maxLength: 6 }), (bytes, places) => {
      const whole = decoded([bytes]);
      expect(decoded(cut(bytes, places))).toEqual(whole);
      expect(whole.calls.length > 0).toBe(whole.end.type === "calls");
    }),
    { numRuns: 1_000, seed: 7 },
  );
});

test("MDL-07: server-sent events are the same in any pieces", () => {
  const line = fc.constantFrom(
    "data: a",
    "data:b\u00e9\ud83d\ude00",
    "data",
    ": c",
    "event: x",
    "",
    "",
    "id: 1",
    "error: no",
    "\ufeffdata: d",
  );
  const lines = fc.array(fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n")), { maxLength: 20 });
  const events = (pieces: readonly Uint8Array[]): ServerSentEvent[] => {
    const decoder = new SseDecoder();
    return [...pieces.flatMap((piece) => decoder.push(piece)), ...decoder.end()];
  };
  fc.assert(
    fc.property(lines, fc.array(fc.nat(), { maxLength: 10 }), (made, places) => {
      const bytes = encoder.encode(made.flat().join(""));
      expect(events(cut(bytes, places))).toEqual(events([bytes]));
    }),
    { numRuns: 500, seed: 7 },
  );
});

test("MDL-03: a call stream that is cut at any byte before its finish runs nothing", () => {
  const fragment = (delta: object, finish: string | null) =>
    `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
  const calls = fragment(
    {
      tool_calls: [
        { index: 0, id: "c", function: { name: "shell", arguments: '{"command":"rm -rf build"}' } },
      ],
    },
    null,
  );
  const finish = fragment({}, "tool_calls");
  const bytes = encoder.encode(calls + finish);
  const complete = calls.length + finish.trimEnd().length;
  for (let length = 0; length < complete; length += 1) {
    const { calls: made, end } = decoded([bytes.subarray(0, length)]);
    expect([length, made, shortEnd(end)]).toEqual([length, [], "model_truncated!"]);
  }
  expect(decoded([bytes.subarray(0, complete)]).calls).toHaveLength(1);
});

test("MDL-04: fifty megabytes of arguments are not kept, and what stands for them is no JSON", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const fragment = (text: string, name?: string) =>
    encoder.encode(
      `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, function: { name, arguments: text } }] } }] })}\n\n`,
    );
  decoder.push(fragment('{"command":"', "shell"));
  const large = fragment("x".repeat(500_000));
  for (let part = 0; part < 100; part += 1) decoder.push(large);
  decoder.push(fragment('"}'));
  decoder.push(encoder.encode("data: [DONE]\n\n"));
  const { end } = decoder.finish();
  expect(end.calls).toEqual([
    { id: "", name: "shell", arguments: "(arguments of more than 1000000 characters were dropped)" },
  ]);
});

test("MDL-04: of a thousand calls the first 128 count", () => {
  const calls = Array.from({ length: 1_000 }, (_, index) => ({
    index,
    id: `c${index}`,
    function: { name: "read", arguments: "{}" },
  }));
  const body = `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: calls }, finish_reason: "tool_calls" }] })}\n\ndata: [DONE]\n\n`;
  expect(decoded([encoder.encode(body)]).calls).toHaveLength(128);
});

test("MDL-07: a line of ten megabytes is read, one without an end is given up", () => {
  const long = JSON.stringify({
    choices: [
      { delta: { content: "x".repeat(3_900_000) }, junk: "y".repeat(6_000_000), finish_reason: "stop" },
    ],
  });
  expect(decoded([encoder.encode(`data: ${long}\n\n`)]).text).toHaveLength(3_900_000);
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const piece = encoder.encode("x".repeat(1_000_000));
  for (let part = 0; part < 20 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(decoder.isOver).toBe(true);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});

test("MDL-08: an answer without an end is given up", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const piece = encoder.encode(
    `data: ${JSON.stringify({ choices: [{ delta: { content: "again ".repeat(10_000) } }] })}\n\n`,
  );
  for (let part = 0; part < 100 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});

function memoryGrowth(play: () => void): number {
  const before = process.memoryUsage();
  play();
  const after = process.memoryUsage();
  return after.external + after.arrayBuffers - before.external - before.arrayBuffers;
}

test("MDL-04: many calls of many arguments are held to four million characters together", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  for (let index = 0; index < 24; index += 1) {
    const written = `{"text":"${"x".repeat(900_000)}"}`;
    const delta = {
      tool_calls: [{ index, id: `c${index}`, function: { name: "write", arguments: written } }],
    };
    decoder.push(encoder.encode(`data: ${JSON.stringify({ choices: [{ delta }] })}\n\n`));
  }
  decoder.push(encoder.encode("data: [DONE]\n\n"));
  const { calls } = decoder.finish().end;
  const kept = calls.reduce((sum, call) => sum + call.arguments.length, 0);
  expect(calls).toHaveLength(24);
  expect(kept).toBeLessThan(4_100_000);
});

test("MDL-07: a long line that comes byte by byte takes no more room than itself", () => {
  const decoder = new SseDecoder();
  const bytes = encoder.encode(`data: ${"x".repeat(1_000_000)}\n\n`);
  const events: ServerSentEvent[] = [];
  const grown = memoryGrowth(() => {
    for (let index = 0; index < bytes.length; index += 1)
      events.push(...decoder.push(bytes.subarray(index, index + 1)));
  });
  expect(events.map(({ data }) => data.length)).toEqual([1_000_000]);
  expect(grown).toBeLessThan(16_000_000);
});

test("MDL-04: what is nested without end is kept nowhere", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const body = `data: {"choices":[{"delta":{"reasoning_details":[{"x":${deep}}],"tool_calls":[{"index":0,"id":"c","function":{"name":"read","arguments":${deep}},"extra_content":{"x":${deep}}}]},"finish_reason":"tool_calls"}]}\n\ndata: [DONE]\n\n`;
  const { calls, meta } = decoded([encoder.encode(body)]);
  expect(calls).toEqual([
    { id: "c", name: "read", arguments: "(arguments of more than 1000000 characters were dropped)" },
  ]);
  expect(meta).toEqual({ model: "default/m" });
});

test("MDL-08: events without end that say nothing are given up", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const piece = encoder.encode('data: {"choices":[]}\n\n'.repeat(1_000));
  for (let part = 0; part < 200 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});

test.each([
  ["comments", `: ${"still here ".repeat(1_000)}\n`],
  [
    "usage",
    `data: {"choices":[],"usage":{"prompt_tokens":1,"completion_tokens":1},"pad":"${"x".repeat(60_000)}"}\n\n`,
  ],
  ["refusals", `data: ${JSON.stringify({ choices: [{ delta: { refusal: "no ".repeat(20_000) } }] })}\n\n`],
])("MDL-08: %s without end are given up, and are not asked for again", (_, said) => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const piece = encoder.encode(said.repeat(Math.ceil(1_000_000 / said.length)));
  for (let part = 0; part < 300 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});

test("MDL-08: a name that is repeated with each brace does not make the work grow with its square", () => {
  const decoder = new StreamDecoder({ provider: "Test", inlineThoughts: true });
  const piece = (written: string) =>
    `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: [{ index: 0, id: "c", function: { name: "read", arguments: written } }] } }] })}\n\n`;
  decoder.push(encoder.encode(piece('{"a":"')));
  const braces = encoder.encode(piece("}").repeat(1_000));
  const started = performance.now();
  for (let part = 0; part < 100; part += 1) decoder.push(braces);
  expect(performance.now() - started).toBeLessThan(10_000);
});

test("MDL-03: a call whose thoughts, text and signature are cut at any byte runs nothing", () => {
  const made = providerShapes.find(({ name }) => name.startsWith("Gemini: a thought signature"))?.body ?? "";
  const bytes = encoder.encode(made);
  const finish = made.indexOf('"finish_reason":"stop"');
  for (let length = 0; length < finish; length += 1) {
    const { calls, end } = decoded([bytes.subarray(0, length)]);
    expect([length, calls, shortEnd(end)]).toEqual([length, [], "model_truncated!"]);
  }
});
