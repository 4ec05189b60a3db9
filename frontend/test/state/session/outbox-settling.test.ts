// @vitest-environment happy-dom
/** When what was said here is the log's, and stands here no more. */
import { afterEach, expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/api/types.ts";
import { dropFromOutbox, promptsOf, submitPrompt } from "../../../src/state/outbox/outbox.ts";
import { settleOutbox } from "../../../src/state/session/outbox-settling.ts";

const at = "2026-01-05T10:00:00.000Z";
const content = [{ type: "text" as const, text: "and the docs" }];
const queued: SessionUpdate = { sessionUpdate: "prompt_queued", promptId: "p1", content, delivery: "queue" };
const emptied: SessionUpdate = { sessionUpdate: "queue_update", promptIds: [] };
const title: SessionUpdate = { sessionUpdate: "session_info_update", title: "Docs" };

function events(...updates: readonly SessionUpdate[]): SessionEvent[] {
  return updates.map((update, index) => ({ seq: index + 1, at, update }));
}

afterEach(() => dropFromOutbox(() => true));

test.each<{ what: string; updates: readonly SessionUpdate[]; left: readonly string[] }>([
  { what: "nothing of it", updates: [title], left: ["p1"] },
  { what: "that it waits", updates: [queued], left: [] },
  {
    what: "that it waited, and in the same go that somebody removed it",
    updates: [queued, emptied],
    left: [],
  },
])("a message is let go when the log tells of it; here it tells $what", ({ updates, left }) => {
  submitPrompt({ id: "p1", sessionId: "s1", content, delivery: "queue" });
  const told = events(...updates);
  settleOutbox("s1", { transcript: applyEvents(emptyTranscript, told), told });
  expect(promptsOf("s1").value.map(({ id }) => id)).toEqual(left);
});
