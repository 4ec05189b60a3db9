/** What holds for every log in which somebody went back: what left is nowhere, and taken back all is as it was. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { anyDamagedLog, anySessionLog } from "../../backend/test/support/any-log.ts";
import { standingEvents } from "../../backend/test/support/standing-events.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";
import { applyToHistory, emptyHistoryFold } from "../../transcript/fold-history.ts";
import { withoutRewound } from "../../transcript/fold-rewind.ts";
import { joinAll } from "../../transcript/join-chunks.ts";
import { isOut, rewindMark, rewoundBy } from "../../transcript/rewinds.ts";
import { applyToSummary, newSummary } from "../../transcript/summary.ts";
import type { Transcript, TranscriptEntry } from "../../transcript/transcript.ts";

const runs = { numRuns: 400 };

const transcriptOf = (events: readonly SessionEvent[]) => applyEvents(emptyTranscript, events);

/** As a page begins that has only the end of a log, or a part of it. */
function pageOf(events: readonly SessionEvent[]): Transcript {
  const [first] = events;
  const lastSeq = first === undefined ? 0 : (first.from ?? first.seq) - 1;
  return applyEvents({ ...emptyTranscript, lastSeq }, events);
}

function historyOf(events: readonly SessionEvent[]) {
  const fold = emptyHistoryFold();
  for (const event of events) applyToHistory(fold, event);
  return fold.items;
}

const marksOf = (events: readonly SessionEvent[]) =>
  events.flatMap((event) => {
    const mark = rewindMark(event);
    return mark === null ? [] : [mark];
  });

/** Lines that depend on what stood beside them when they were written. */
const besideLines = ({ type }: TranscriptEntry) => type !== "notice" && type !== "compaction";

function compared(entries: readonly TranscriptEntry[]) {
  return entries
    .filter(besideLines)
    .map((entry) => (entry.type === "rewind" ? { ...entry, before: null } : entry));
}

test("the model is told exactly what it would be told had nothing of what left ever been said", () => {
  fc.assert(
    fc.property(fc.oneof(anySessionLog, anyDamagedLog), (events) => {
      expect(historyOf(events)).toEqual(historyOf(standingEvents(events)));
    }),
    runs,
  );
});

/** What stands, and what was chosen meanwhile: a mode and a model stay chosen, whatever leaves the conversation. */
function standingWithChoices(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const standing = new Set(standingEvents(events));
  return events.filter((event) => {
    const { sessionUpdate } = event.update;
    const isChoice = sessionUpdate === "current_mode_update" || sessionUpdate === "config_option_update";
    return isChoice || standing.has(event);
  });
}

test("a person sees what would be seen had nothing of what left ever been there", () => {
  fc.assert(
    fc.property(anySessionLog, (events) => {
      const [shown, simple] = [transcriptOf(events), transcriptOf(standingWithChoices(events))];
      expect(compared(shown.entries)).toEqual(compared(simple.entries));
      expect(shown.usage).toEqual(simple.usage);
    }),
    runs,
  );
});

test("an undo brings back how full the window was, also after a turn that did not tell", () => {
  const state = (value: "running" | "idle", turn: string) =>
    ({ sessionUpdate: "state_update", state: value, promptId: `prompt-${turn}` }) as const;
  const rewind = (keepThrough: number | null, more: { undoes?: number }): SessionUpdate => ({
    sessionUpdate: "rewind",
    rewindId: `rewind-${keepThrough}`,
    scope: "both",
    turnId: null,
    keepThrough,
    files: { done: [], skipped: [] },
    ...more,
  });
  const updates: readonly (readonly [turnId: string, update: SessionUpdate])[] = [
    ["one", state("running", "one")],
    ["one", { sessionUpdate: "usage_update", used: 1, size: 9, inputTokens: 2, outputTokens: 1 }],
    ["one", state("idle", "one")],
    ["", rewind(0, {})],
    ["two", state("running", "two")],
    ["two", state("idle", "two")],
    ["", rewind(null, { undoes: 4 })],
  ];
  const at = "2026-11-22T09:00:00.000Z";
  const events = updates.map(([turnId, update], index) => ({ seq: index + 1, at, turnId, update }));
  const usages = events.map((_, index) => transcriptOf(events.slice(0, index + 1)).usage);
  const told = { seq: 2, used: 1, size: 9, parts: [] };
  expect(usages).toEqual([null, told, told, null, null, null, told]);
});

test("an undo brings back the conversation that was before, for the model and on the page", () => {
  fc.assert(
    fc.property(anySessionLog, fc.nat(200), (events, cut) => {
      const rewinds = events.filter(({ update }) => update.sessionUpdate === "rewind");
      const target = rewinds[cut % Math.max(1, rewinds.length)];
      if (target === undefined) return;
      const before = events.filter(({ seq }) => seq < target.seq);
      const files = { done: [], skipped: [] };
      const undone: readonly SessionEvent[] = [
        ...before,
        target,
        {
          seq: target.seq + 1,
          at: target.at,
          update: {
            sessionUpdate: "rewind",
            rewindId: "undo",
            scope: "both",
            turnId: null,
            keepThrough: null,
            files,
            undoes: target.seq,
          },
        },
      ];
      expect(historyOf(undone)).toEqual(historyOf(before));
      const { entries, plan, queue } = transcriptOf(undone);
      expect({ entries, plan, queue }).toEqual({
        entries: transcriptOf(before).entries,
        plan: transcriptOf(before).plan,
        queue: transcriptOf(before).queue,
      });
    }),
    runs,
  );
});

test("the page of a log's end, also when it begins within what was rewound, shows what the whole shows of that end", () => {
  fc.assert(
    fc.property(anySessionLog, fc.nat(200), (events, cut) => {
      const place = cut % events.length;
      const { entries, rewound } = transcriptOf(events.slice(0, place));
      const begun = new Set([...entries, ...rewound].map(({ id }) => id));
      const ofEnd = (transcript: Transcript) => placesOf(transcript).filter(({ id }) => !begun.has(id));
      expect(ofEnd(pageOf(joinAll(events.slice(place))))).toEqual(ofEnd(transcriptOf(events)));
    }),
    runs,
  );
});

test("a part of a log apart from its end shows what the whole shows of it, by the rewinds that the summary tells", () => {
  fc.assert(
    fc.property(anySessionLog, fc.nat(200), fc.nat(200), (events, one, other) => {
      const [start = 0, end = 0] = [one % events.length, other % events.length].toSorted((a, b) => a - b);
      const part = events.slice(start, end + 1);
      const [from, to] = [part[0]?.seq ?? 0, part.at(-1)?.seq ?? 0];
      const { rewinds = [] } = summaryOf(events);
      expect(rewinds).toEqual(marksOf(events));
      const within = ({ seq }: { seq: number }) => seq >= from && seq <= to;
      const known = placesOf(withoutRewound(pageOf(part), rewinds));
      for (const entry of placesOf(transcriptOf(events)).filter(within)) expect(known).toContainEqual(entry);
      for (const { seq } of known) expect(isOut(rewoundBy(rewinds), seq)).toBe(false);
    }),
    runs,
  );
});

/** Turns that each go back to the middle of all so far; every third rewind is taken back. */
function muchRewound(count: number): SessionEvent[] {
  const at = "2026-01-05T00:00:00.000Z";
  const files = { done: [], skipped: [] };
  const events: SessionEvent[] = [];
  const add = (update: SessionUpdate) => events.push({ seq: events.length + 1, at, update });
  for (let number = 0; number < count; number += 1) {
    const messageId = `m${number}`;
    add({ sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text: "x" } });
    const back = { sessionUpdate: "rewind", scope: "both", turnId: null, files } as const;
    const keepThrough = Math.floor(events.length / 2);
    add({ ...back, rewindId: `back-${number}`, keepThrough });
    if (number % 3 === 0)
      add({ ...back, rewindId: `undo-${number}`, keepThrough: null, undoes: events.length });
  }
  return events;
}

/** The same value, which tells how often something of it was read. */
function countingReads<Value extends object>(value: Value): { counted: Value; reads: () => number } {
  let reads = 0;
  const counted = new Proxy(value, {
    get: (target, key, receiver) => {
      reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { counted, reads: () => reads };
}

test("thousands of rewinds cost the model's history as much for each as a few", () => {
  const looks = [1_000, 4_000].map((count) => {
    const fold = emptyHistoryFold();
    const { counted, reads } = countingReads(fold.seqs);
    Object.assign(fold, { seqs: counted });
    for (const event of muchRewound(count)) applyToHistory(fold, event);
    expect(fold.items.length).toBeGreaterThan(0);
    return reads() / count;
  });
  expect(looks[1]).toBe(looks[0]);
});

test("what thousands of rewinds leave out is found by one look at each, and an event's place by a few", () => {
  const marks = marksOf(muchRewound(5_000)).map(countingReads);
  rewoundBy(marks.map(({ counted }) => counted));
  expect(Math.max(...marks.map(({ reads }) => reads()))).toBeLessThanOrEqual(3);
  const far = Array.from({ length: 5_000 }, (_, index) => ({ after: index * 10, before: index * 10 + 5 }));
  const { counted: ranges, reads } = countingReads(far);
  const places = [4, 5, 49_994, 49_995].map((seq) => isOut({ ranges, undone: new Set() }, seq));
  expect(places).toEqual([true, false, true, false]);
  expect(reads()).toBeLessThanOrEqual(4 * 16);
});

test("a text chunk costs the same after a rewind as before it", () => {
  const fold = emptyHistoryFold();
  const at = "2026-01-05T00:00:00.000Z";
  const say = (seq: number, step: number, text: string) =>
    applyToHistory(fold, {
      seq,
      at,
      stepId: `s${step}`,
      update: {
        sessionUpdate: "agent_message_chunk",
        messageId: `m${step}`,
        content: { type: "text", text },
      },
    });
  for (let step = 1; step <= 20_000; step += 1) say(step, step, "x");
  applyToHistory(fold, {
    seq: 20_001,
    at,
    update: {
      sessionUpdate: "rewind",
      rewindId: "w",
      scope: "both",
      turnId: "t",
      keepThrough: 15_000,
      files: { done: [], skipped: [] },
    },
  });
  const { items } = fold;
  for (let chunk = 1; chunk <= 20_000; chunk += 1) say(20_001 + chunk, 20_001, "y");
  expect(fold.items).toBe(items);
  expect(items).toHaveLength(15_001);
  expect(items.at(-1)).toMatchObject({ text: "y".repeat(20_000) });
});

/** What a person said, what the agent said, and where was gone back. */
function placesOf({ entries }: Transcript): readonly { id: string; seq: number }[] {
  return entries.flatMap(({ type, id, seq }) =>
    type === "user" || type === "agent" || type === "rewind" ? [{ id, seq }] : [],
  );
}

function summaryOf(events: readonly SessionEvent[]) {
  const [first] = events;
  if (first?.update.sessionUpdate !== "session_created") throw new Error("A log begins with its session.");
  return events.reduce(applyToSummary, newSummary(first.update, first));
}
