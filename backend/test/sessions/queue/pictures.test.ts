/** Pictures in prompts: whole in the log, empty in lists and on the wire, kept when such a prompt is edited. */
import { expect, test } from "vitest";
import { withPicturesOf } from "../../../../transcript/pictures.ts";
import { applyToSummary, newSummary } from "../../../../transcript/summary.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import { elideEvent } from "../../../src/server/streams/elision.ts";

const data = "A".repeat(20_000);
const picture = { type: "image", mimeType: "image/png", data } as const;
const empty = { ...picture, data: "" };
const text = { type: "text", text: "look" } as const;

function event(update: SessionUpdate): SessionEvent {
  return { seq: 2, at: "2026-11-22T10:00:00.000Z", update };
}

const queued = event({
  sessionUpdate: "prompt_queued",
  promptId: "prompt-1",
  content: [text, picture],
  delivery: "queue",
});
const created = event({
  sessionUpdate: "session_created",
  formatVersion: 1,
  sessionId: "session-1",
  project: { id: "p", name: "p", path: "/p" },
  engine: "built-in",
  model: null,
  mode: "ask",
  title: null,
  requestDigest: "d",
});

test("a list carries a waiting prompt without the bytes of its pictures", () => {
  if (created.update.sessionUpdate !== "session_created") throw new Error("It is one.");
  const summary = applyToSummary(newSummary(created.update, created), queued);
  expect(summary.queue[0]?.content).toEqual([text, empty]);
  const edited = event({
    sessionUpdate: "queue_update",
    promptIds: ["prompt-1"],
    edited: { promptId: "prompt-1", content: [picture] },
  });
  expect(applyToSummary(summary, edited).queue[0]?.content).toEqual([empty]);
});

test("on the wire a long picture is empty, and a message says how much it was", () => {
  expect(elideEvent(queued).update).toMatchObject({ content: [text, empty] });
  const message = event({ sessionUpdate: "user_message_chunk", messageId: "prompt-1", content: picture });
  expect(elideEvent(message).update).toEqual({
    sessionUpdate: "user_message_chunk",
    messageId: "prompt-1",
    content: empty,
    _meta: { elidedBytes: data.length },
  });
  const small = event({
    sessionUpdate: "user_message_chunk",
    messageId: "prompt-1",
    content: { ...picture, data: "AAAA" },
  });
  expect(elideEvent(small)).toBe(small);
});

test("an empty picture in an edit is the one that was there, in order", () => {
  const other = { ...picture, data: "BBBB" };
  expect(withPicturesOf([text, picture, other], [empty, text])).toEqual([picture, text]);
  expect(withPicturesOf([picture], [empty, empty])).toEqual([picture]);
  expect(withPicturesOf([], [{ ...other }, text])).toEqual([other, text]);
});
