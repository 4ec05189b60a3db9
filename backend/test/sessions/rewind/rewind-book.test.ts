/** What a log tells of the work of its turns, also of those whose end was not seen. */
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../../src/protocol/session-update.ts";
import { RewindBook } from "../../../src/sessions/rewind/rewind-book.ts";

type Told = readonly [turnId: string, update: SessionUpdate];

/** One event a minute, from 00:01 on. */
function bookOf(told: readonly Told[]): RewindBook {
  const book = new RewindBook();
  for (const [index, [turnId, update]] of told.entries()) {
    const event: SessionEvent = { seq: index + 1, at: minute(index + 1), turnId, update };
    book.apply(event);
  }
  return book;
}

function minute(count: number): string {
  return new Date(Date.UTC(2026, 0, 1, 0, count)).toISOString();
}

function tree(phase: "start" | "end", name: string): SessionUpdate {
  return { sessionUpdate: "checkpoint", checkpointId: `${name}-${phase}`, phase, tree: name, omitted: [] };
}

const edited: SessionUpdate = {
  sessionUpdate: "tool_call",
  toolCallId: "c",
  title: "edit",
  kind: "edit",
  status: "in_progress",
  locations: [{ path: "a.txt" }],
};
const cutOff: SessionUpdate = { sessionUpdate: "state_update", state: "interrupted", promptId: null };

const interrupted: readonly Told[] = [
  ["t1", tree("start", "tree-1")],
  ["t1", edited],
  ["t1", cutOff],
];
const work = { turnId: "t1", fromTree: "tree-1", paths: new Set(["a.txt"]) };

test("a turn that was cut off before its last checkpoint counts until it was over, and no longer", () => {
  const book = bookOf(interrupted);
  expect(book.workSince(minute(3))).toEqual([{ ...work, toTree: null }]);
  expect(book.workSince(minute(4))).toEqual([]);
});

test("what a turn without a last checkpoint did ends at the next tree that was kept", () => {
  const book = bookOf([...interrupted, ["t2", tree("start", "tree-2")], ["t2", tree("end", "tree-3")]]);
  expect(book.workSince(minute(1))).toEqual([{ ...work, toTree: "tree-2" }]);
});

test("a turn that is not over goes on", () => {
  expect(bookOf(interrupted.slice(0, 2)).workSince(minute(9))).toEqual([{ ...work, toTree: null }]);
});
