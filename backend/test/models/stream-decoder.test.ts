/** The decoder: the same bytes mean the same, in whatever pieces they come, and nothing makes it grow without bound. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { ModelEvent } from "../../src/agent/model.ts";
import { type ServerSentEvent, SseDecoder } from "../../src/models/stream/sse-decoder.ts";
import { StreamDecoder } from "../../src/models/stream/stream-decoder.ts";
import { answerOf } from "./endpoint.ts";
import { shortEnd, streamShapes } from "./stream-shapes.ts";

function decoded(pieces: readonly Uint8Array[]) {
  const decoder = new StreamDecoder("Test");
  const events: ModelEvent[] = pieces.flatMap((piece) => decoder.push(piece));
  const { events: last, end } = decoder.finish();
  return answerOf([...events, ...last, end]);
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

test.each(streamShapes)("any cutting of $name gives the same events", ({ body }) => {
  const bytes = encoder.encode(body);
  const whole = decoded([bytes]);
  expect(decoded([...bytes].map((byte) => Uint8Array.of(byte)))).toEqual(whole);
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 8 }), (places) => {
      expect(decoded(cut(bytes, places))).toEqual(whole);
    }),
    { numRuns: 20, seed: 7 },
  );
});

test("server-sent events are the same in any pieces", () => {
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

test("a call stream that is cut at any byte before its finish runs nothing", () => {
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

test("fifty megabytes of arguments are not kept, and what stands for them is no JSON", () => {
  const decoder = new StreamDecoder("Test");
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

test("of a thousand calls the first 128 count", () => {
  const calls = Array.from({ length: 1_000 }, (_, index) => ({
    index,
    id: `c${index}`,
    function: { name: "read", arguments: "{}" },
  }));
  const body = `data: ${JSON.stringify({ choices: [{ delta: { tool_calls: calls }, finish_reason: "tool_calls" }] })}\n\ndata: [DONE]\n\n`;
  expect(decoded([encoder.encode(body)]).calls).toHaveLength(128);
});

test("a line of ten megabytes is read, one without an end is given up", () => {
  const long = JSON.stringify({
    choices: [
      { delta: { content: "x".repeat(3_900_000) }, junk: "y".repeat(6_000_000), finish_reason: "stop" },
    ],
  });
  expect(decoded([encoder.encode(`data: ${long}\n\n`)]).text).toHaveLength(3_900_000);
  const decoder = new StreamDecoder("Test");
  const piece = encoder.encode("x".repeat(1_000_000));
  for (let part = 0; part < 20 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(decoder.isOver).toBe(true);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});

test("an answer without an end is given up", () => {
  const decoder = new StreamDecoder("Test");
  const piece = encoder.encode(
    `data: ${JSON.stringify({ choices: [{ delta: { content: "again ".repeat(10_000) } }] })}\n\n`,
  );
  for (let part = 0; part < 100 && !decoder.isOver; part += 1) decoder.push(piece);
  expect(shortEnd(decoder.finish().end.end)).toBe("model_invalid_response");
});
