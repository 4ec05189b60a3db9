import * as fc from "fast-check";
import { expect, test, vi } from "vitest";
import { joinAll } from "../../../../transcript/join-chunks.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import type { StreamedUpdate } from "../../../src/protocol/written-update.ts";
import type { LogEntry } from "../../../src/sessions/log/event-log.ts";
import { ChunkGathering } from "../../../src/sessions/turn/chunk-gathering.ts";
import { OutputLimit } from "../../../src/sessions/turn/output-limit.ts";
import { at } from "../session-fixture.ts";

const anyUpdate = fc.oneof(
  fc.record({
    sessionUpdate: fc.constantFrom("agent_message_chunk" as const, "agent_thought_chunk" as const),
    messageId: fc.constantFrom("m1", "m2"),
    content: fc.record({ type: fc.constant("text" as const), text: fc.string() }),
  }),
  fc.record({
    sessionUpdate: fc.constant("tool_output_chunk" as const),
    toolCallId: fc.constantFrom("c1", "c2"),
    stream: fc.constantFrom("stdout" as const, "stderr" as const),
    text: fc.string(),
    skippedBytes: fc.constantFrom(0, 7),
  }),
  fc.record({ sessionUpdate: fc.constant("session_info_update" as const), title: fc.string() }),
);

test("joined events carry the same texts in the same order, cover every seq once and end at the same one", () => {
  void fc.assert(
    fc.property(fc.array(anyUpdate), (updates) => {
      const events: SessionEvent[] = updates.map((update, index) => ({ seq: index + 1, at, update }));
      const joined = joinAll(events);
      expect(runsOf(joined)).toEqual(runsOf(events));
      expect(joined.flatMap((event) => range(event.from ?? event.seq, event.seq))).toEqual(
        range(1, events.length),
      );
      expect(joinAll(joined)).toEqual(joined);
    }),
  );
});

test("joining in two parts gives what joining the whole gives", () => {
  void fc.assert(
    fc.property(fc.array(anyUpdate), fc.nat(), (updates, cut) => {
      const events: SessionEvent[] = updates.map((update, index) => ({ seq: index + 1, at, update }));
      const at2 = cut % (events.length + 1);
      expect(joinAll([...joinAll(events.slice(0, at2)), ...joinAll(events.slice(at2))])).toEqual(
        joinAll(events),
      );
    }),
  );
});

test("the first chunk after a pause goes out at once, the next ones together within a frame", () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const written: LogEntry[][] = [];
    const gathering = new ChunkGathering((entries) => void written.push([...entries]));
    for (const word of ["a", "b", "c"]) gathering.add({ update: message(word) });
    expect(written).toEqual([[{ update: message("a") }]]);
    vi.advanceTimersByTime(16);
    expect(written).toEqual([[{ update: message("a") }], [{ update: message("bc") }]]);
    vi.advanceTimersByTime(100);
    gathering.add({ update: message("d") });
    expect(written.at(-1)).toEqual([{ update: message("d") }]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test("outputs of two calls that take turns are gathered call by call", () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const written: LogEntry[] = [];
    const gathering = new ChunkGathering((entries) => void written.push(...entries));
    gathering.add({ update: message("x") });
    for (const part of ["1", "2", "3"]) {
      gathering.add({ update: output("a", part) });
      gathering.add({ update: output("b", part) });
    }
    gathering.flush();
    expect(written.slice(1)).toEqual([{ update: output("a", "123") }, { update: output("b", "123") }]);
  } finally {
    vi.useRealTimers();
  }
});

test("output beyond 32 kB comes four times a second, and every byte is shown or counted", () => {
  vi.useFakeTimers({ now: 0 });
  try {
    const passed: { text: string; skippedBytes?: number | undefined; atMs: number }[] = [];
    const limit = new OutputLimit(({ update }) => void passed.push({ ...update, atMs: Date.now() }));
    const line = `${"ä".repeat(49)}\n`;
    const lines = 20_000;
    for (let index = 0; index < lines; index += 1) {
      limit.add({ update: output("c", line) });
      if (index % 10 === 0) vi.advanceTimersByTime(1);
    }
    limit.finish("c");
    const late = passed.filter((chunk) => chunk.skippedBytes !== undefined);
    const shown = passed.reduce((sum, chunk) => sum + Buffer.byteLength(chunk.text), 0);
    const skipped = passed.reduce((sum, chunk) => sum + (chunk.skippedBytes ?? 0), 0);
    expect(shown + skipped).toBe(lines * Buffer.byteLength(line));
    expect(late.length).toBeLessThanOrEqual(9);
    expect(passed.at(-1)?.text.endsWith(line)).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

interface Run {
  readonly source: string;
  readonly text: string;
  readonly skippedBytes: number;
}

/** What is streamed and told, in order; what comes from one source without another between is one run. */
function runsOf(events: readonly SessionEvent[]): Run[] {
  const runs: Run[] = [];
  for (const { update } of events) {
    const run = runOf(update);
    const last = runs.at(-1);
    if (last?.source !== run.source || run.source === "other") {
      runs.push(run);
      continue;
    }
    runs[runs.length - 1] = {
      source: run.source,
      text: last.text + run.text,
      skippedBytes: last.skippedBytes + run.skippedBytes,
    };
  }
  return runs;
}

function runOf(update: SessionEvent["update"]): Run {
  switch (update.sessionUpdate) {
    case "agent_message_chunk":
    case "agent_thought_chunk": {
      const text = update.content.type === "text" ? update.content.text : "";
      return { source: `${update.sessionUpdate} ${update.messageId}`, text, skippedBytes: 0 };
    }
    case "tool_output_chunk":
      return {
        source: `${update.toolCallId} ${update.stream}`,
        text: update.text,
        skippedBytes: update.skippedBytes ?? 0,
      };
    default:
      return { source: "other", text: JSON.stringify(update), skippedBytes: 0 };
  }
}

function message(text: string): StreamedUpdate {
  return { sessionUpdate: "agent_message_chunk", messageId: "m1", content: { type: "text", text } };
}

function output(toolCallId: string, text: string) {
  return { sessionUpdate: "tool_output_chunk" as const, toolCallId, stream: "stdout" as const, text };
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
