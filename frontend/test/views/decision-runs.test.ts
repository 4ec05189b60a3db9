/** Decisions in a row: one line for those that are the same, which says what was decided on. */
import { expect, test } from "vitest";
import type { DecisionEntry, ToolEntry, TranscriptEntry } from "../../../transcript/transcript.ts";
import { runText } from "../../src/views/entries/decision-entry.ts";
import { rowsOf } from "../../src/views/transcript-view/rows.ts";

const at = "2026-01-05T12:00:00.000Z";
const base = { seq: 1, at, turnId: "t1" };

function call(id: string): ToolEntry {
  return {
    ...base,
    type: "tool",
    id,
    toolCallId: id,
    title: `src/${id}.ts`,
    kind: "edit",
    status: "completed",
    content: [],
    locations: [],
    rawInput: null,
    rawOutput: null,
    output: [],
    skippedBytes: 0,
    startedAt: null,
    endedAt: null,
    asking: false,
    abandoned: false,
  };
}

function decision(
  toolCallId: string,
  {
    optionKind = "allow_once",
    ...change
  }: Partial<DecisionEntry> & { optionKind?: "allow_once" | "reject_once" } = {},
): DecisionEntry {
  return {
    ...base,
    type: "decision",
    id: `d-${toolCallId}`,
    toolCallId,
    about: { kind: "edit", title: `src/${toolCallId}.ts` },
    outcome: { outcome: "selected", optionId: "o", kind: optionKind },
    by: { kind: "device", id: "x", name: "Pixel" },
    ...change,
  };
}

function drawn(entries: readonly TranscriptEntry[]): readonly string[] {
  const rows = rowsOf(entries, { density: "every_row", isOpened: () => false, hasOlder: false });
  return rows.map((row) => (row.type === "decisions" ? runText(row.entries).replace(/, .*M/, "") : row.key));
}

test("three edits allowed in a row are one line that counts them", () => {
  const calls = ["a", "b", "c"].map(call);
  const decisions = ["a", "b", "c"].map((id) => decision(id));
  expect(drawn([...calls, ...decisions])).toEqual(["a", "b", "c", "Allowed 3 edits once on Pixel"]);
});

test("a decision behind its own call is a line of its own", () => {
  expect(drawn([call("a"), decision("a"), call("b"), decision("b")])).toEqual(["a", "d-a", "b", "d-b"]);
});

test("one apart from its call names it, and another decision begins another line", () => {
  const entries = [call("a"), call("b"), decision("a"), decision("b", { optionKind: "reject_once" })];
  expect(drawn(entries)).toEqual(["a", "b", "Allowed once on Pixel: src/a.ts", "Denied on Pixel: src/b.ts"]);
});

test("kinds are counted apart, and words of a person's own keep their line", () => {
  const outcome = { outcome: "selected", optionId: "o", kind: "reject_once", feedback: "No." } as const;
  const entries = [
    decision("a"),
    decision("b", { about: { kind: "execute", title: "npm test" } }),
    decision("c"),
    decision("d", { outcome }),
  ];
  expect(drawn(entries)).toEqual([
    "Allowed 2 edits and 1 command once on Pixel",
    "Denied on Pixel: src/d.ts",
  ]);
});
