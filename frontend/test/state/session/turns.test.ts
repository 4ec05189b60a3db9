import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import type { SessionEvent, SessionUpdate } from "../../../src/api/types.ts";
import { lastTurnWithChanges, turnsOf } from "../../../src/state/session/turns.ts";

let seq = 0;

function event(turnId: string, update: SessionUpdate): SessionEvent {
  seq += 1;
  return { seq, at: "2026-01-05T10:00:00.000Z", turnId, update };
}

const said = (turnId: string, text: string) =>
  event(turnId, {
    sessionUpdate: "user_message_chunk",
    messageId: `m-${text}`,
    content: { type: "text", text },
  });
const state = (turnId: string, to: "running" | "idle" | "interrupted") =>
  event(turnId, {
    sessionUpdate: "state_update",
    state: to,
    promptId: null,
    ...(to === "idle" ? { stopReason: "end_turn" as const } : {}),
  });

test("every prompt has its turn's result, the newest first; what was said into a turn has none of its own", () => {
  const transcript = applyEvents(emptyTranscript, [
    state("t1", "running"),
    said("t1", "one"),
    said("t1", "steered"),
    state("t1", "idle"),
    state("t2", "running"),
    said("t2", "two"),
    state("t2", "interrupted"),
    state("t3", "running"),
    said("t3", "three"),
  ]);
  const rows = turnsOf(transcript).map(({ entryId, content, state, end }) => ({
    entryId,
    text: content[0]?.type === "text" ? content[0].text : "",
    state,
    end: end?.state ?? null,
  }));
  expect(rows).toEqual([
    { entryId: "m-three", text: "three", state: "running", end: null },
    { entryId: "m-two", text: "two", state: "over", end: "interrupted" },
    { entryId: "m-steered", text: "steered", state: "steered", end: null },
    { entryId: "m-one", text: "one", state: "over", end: "idle" },
  ]);
});

test("what can be reviewed is the last turn that changed files, whatever was asked after it", () => {
  const checkpoint = (turnId: string, fileCount: number) =>
    event(turnId, {
      sessionUpdate: "checkpoint",
      checkpointId: turnId,
      phase: "end",
      tree: "t",
      omitted: [],
      changes: { files: [], fileCount, added: fileCount, removed: 0 },
    });
  const turn = (turnId: string, fileCount: number) => [
    state(turnId, "running"),
    said(turnId, turnId),
    checkpoint(turnId, fileCount),
    state(turnId, "idle"),
  ];
  const after = (...events: SessionEvent[]) => lastTurnWithChanges(applyEvents(emptyTranscript, events));
  expect(after(...turn("asked", 0))).toBeNull();
  expect(after(...turn("edited", 2), ...turn("asked again", 0))).toBe("edited");
});
