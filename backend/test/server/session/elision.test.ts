/** What is cut on the wire, and what never is. */
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import { elideEvent } from "../../../src/server/streams/elision.ts";

const eventOf = (update: SessionUpdate): SessionEvent => ({ seq: 7, at: "2026-01-01T00:00:00.000Z", update });
const long = `${"head ".repeat(4_000)}MIDDLE${" tail".repeat(4_000)}`;

test("a short call is sent as it is", () => {
  const event = eventOf({
    sessionUpdate: "tool_call",
    toolCallId: "c1",
    title: "a",
    rawInput: { path: "a" },
  });
  expect(elideEvent(event)).toBe(event);
});

test("long input, output and content are cut to head and tail, and the cut bytes are counted", () => {
  const event = eventOf({
    sessionUpdate: "tool_call_update",
    toolCallId: "c1",
    rawInput: { path: "a.txt", content: long },
    rawOutput: { text: long },
    content: [{ type: "content", content: { type: "text", text: long } }],
    _meta: { model: { id: "v1", name: "write", arguments: JSON.stringify({ content: long }) } },
  });
  const { update } = elideEvent(event);
  const size = JSON.stringify(update).length;
  expect(size).toBeLessThan(70_000);
  if (update.sessionUpdate !== "tool_call_update") throw new Error("It became another update.");
  expect(update.rawInput).toMatchObject({ path: "a.txt" });
  expect(JSON.stringify(update.rawInput)).toContain("head head");
  expect(JSON.stringify(update.rawInput)).toContain("tail tail");
  expect(JSON.stringify(update)).not.toContain("MIDDLE");
  const kept = [update.rawInput, update.rawOutput, update.content].map((part) => JSON.stringify(part).length);
  for (const length of kept) expect(length).toBeLessThan(17_000);
  expect(update._meta?.elidedBytes).toBeGreaterThan(4 * (long.length - 16 * 1024));
});

test("a cut never splits a character", () => {
  const faces = "😀".repeat(20_000);
  const event = eventOf({
    sessionUpdate: "tool_output_chunk",
    toolCallId: "c1",
    stream: "stdout",
    text: `x${faces}`,
  });
  const { update } = elideEvent(event);
  if (update.sessionUpdate !== "tool_output_chunk") throw new Error("It became another update.");
  expect(Buffer.from(update.text).toString()).toBe(update.text);
  const kept = Buffer.byteLength(update.text.replace(/\n… \d+ bytes left out …\n/, ""));
  expect((update.skippedBytes ?? 0) + kept).toBe(1 + 80_000);
});

test("both sides of a long diff are cut", () => {
  const event = eventOf({
    sessionUpdate: "tool_call",
    toolCallId: "c1",
    content: [{ type: "diff", path: "a", oldText: long, newText: long, oldLine: 1, newLine: 1 }],
  });
  expect(JSON.stringify(elideEvent(event)).length).toBeLessThan(20_000);
});

test("what a person must decide on, and what was said, is never cut", () => {
  const said = eventOf({
    sessionUpdate: "agent_message_chunk",
    messageId: "m1",
    content: { type: "text", text: long },
  });
  expect(elideEvent(said)).toBe(said);
  const asked = eventOf({
    sessionUpdate: "request_permission",
    requestId: "r1",
    toolCallId: "c1",
    subject: { type: "command", command: long, cwd: "." },
    content: [],
    reach: [],
    dangerous: false,
    options: [],
    digest: "d",
  });
  expect(elideEvent(asked)).toBe(asked);
});
