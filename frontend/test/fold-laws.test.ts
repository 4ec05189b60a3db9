/** What holds for the folds of every log: in parts, joined, and beside each other they say the same. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { SessionEvent, SessionUpdate } from "../../backend/src/protocol/session-update.ts";
import { anyDamagedLog, anySessionLog } from "../../backend/test/support/any-log.ts";
import { standingEvents } from "../../backend/test/support/standing-events.ts";
import { applyEvents, emptyTranscript } from "../../transcript/fold.ts";
import { applyToHistory, emptyHistoryFold } from "../../transcript/fold-history.ts";
import type { History } from "../../transcript/history.ts";
import { joinAll } from "../../transcript/join-chunks.ts";
import { applyToSummary, newSummary } from "../../transcript/summary.ts";

const anyLog = fc.oneof(anySessionLog, anyDamagedLog);
const anyCutLog = fc.tuple(anyLog, fc.nat(200));
const runs = { numRuns: 400 };

const transcriptOf = (events: readonly SessionEvent[]) => applyEvents(emptyTranscript, events);

function summaryOf(events: readonly SessionEvent[]) {
  const [first] = events;
  if (first?.update.sessionUpdate !== "session_created") throw new Error("A log begins with its session.");
  return events.reduce(applyToSummary, newSummary(first.update, first));
}

function historyOf(events: readonly SessionEvent[], fold = emptyHistoryFold()): History {
  for (const event of events) applyToHistory(fold, event);
  return fold.items;
}

test("DUR-16: a transcript folded in two parts, the first of them sent as JSON, is the transcript of the whole", () => {
  fc.assert(
    fc.property(anyCutLog, ([events, cut]) => {
      const before: typeof emptyTranscript = JSON.parse(JSON.stringify(transcriptOf(events.slice(0, cut))));
      expect(applyEvents(before, events.slice(cut))).toEqual(transcriptOf(events));
    }),
    runs,
  );
});

test("DUR-16: a summary saved at any place and folded on is the summary of the whole log", () => {
  fc.assert(
    fc.property(anyCutLog, ([events, cut]) => {
      const place = 1 + (cut % events.length);
      const saved: ReturnType<typeof summaryOf> = JSON.parse(
        JSON.stringify(summaryOf(events.slice(0, place))),
      );
      expect(events.slice(place).reduce(applyToSummary, saved)).toEqual(summaryOf(events));
    }),
    runs,
  );
});

test("DUR-16: a history kept up event by event is that of the whole log, and what was told of it before stays as it was", () => {
  fc.assert(
    fc.property(anyCutLog, ([events, cut]) => {
      const fold = emptyHistoryFold();
      const told = [...historyOf(events.slice(0, cut), fold)];
      const copy = structuredClone(told);
      expect(historyOf(events.slice(cut), fold)).toEqual(historyOf(events));
      expect(told).toEqual(copy);
    }),
    runs,
  );
});

test("DUR-09: a page that has the log up to any place, and gets the rest joined, shows what was seen live", () => {
  fc.assert(
    fc.property(anyCutLog, fc.nat(200), ([events, cut], second) => {
      const places = [cut, second].toSorted((one, other) => one - other);
      const live = transcriptOf(events.slice(0, places[0]));
      const replayed = applyEvents(live, joinAll(events.slice(places[0], places[1])));
      const joined = joinAll(events.slice(places[1]));
      const whole = transcriptOf(events);
      expect(applyEvents(replayed, joined)).toEqual(whole);
      // What comes twice changes nothing.
      expect(applyEvents(applyEvents(whole, joined), events)).toBe(whole);
    }),
    runs,
  );
});

test("summaries and histories of joined chunks are those of the single ones", () => {
  fc.assert(
    fc.property(anyLog, (events) => {
      const joined = joinAll(events);
      expect(summaryOf(joined)).toEqual(summaryOf(events));
      expect(historyOf(joined)).toEqual(historyOf(events));
    }),
    runs,
  );
});

test("the list and the conversation show the same queue, questions and state after every event", () => {
  fc.assert(
    fc.property(anySessionLog, (events) => {
      for (let count = 1; count <= events.length; count += 1) {
        const { queue, pending, state, turnId, title } = summaryOf(events.slice(0, count));
        const shown = transcriptOf(events.slice(0, count));
        expect({ ...shown, questions: shown.questions.map(({ request }) => request) }).toMatchObject({
          queue,
          questions: pending,
          state,
          turnId,
          title,
        });
      }
    }),
    { numRuns: 100 },
  );
});

test("a prompt waits, is taken out, or stands in the conversation: never two of them, and never none", () => {
  fc.assert(
    fc.property(anySessionLog, (events) => {
      const known = new Map<string, string>();
      for (const [index, { update }] of events.entries()) {
        note(known, update);
        const { queue, entries } = transcriptOf(events.slice(0, index + 1));
        const standing = new Set(
          standingEvents(events.slice(0, index + 1)).flatMap(({ update: { sessionUpdate, ...rest } }) =>
            sessionUpdate === "user_message_chunk" && "messageId" in rest ? [rest.messageId] : [],
          ),
        );
        const said = entries.flatMap((entry) => (entry.type === "user" ? [entry.id] : []));
        const waiting = queue.map((prompt) => prompt.promptId);
        expect(waiting.toSorted()).toEqual(idsWith(known, "waits"));
        expect(said.toSorted()).toEqual(idsWith(known, "said").filter((id) => standing.has(id)));
      }
    }),
    { numRuns: 100 },
  );
});

/** What an update makes of the prompts that it names. */
function note(known: Map<string, string>, update: SessionUpdate): void {
  if (update.sessionUpdate === "prompt_queued") known.set(update.promptId, "waits");
  if (update.sessionUpdate === "user_message_chunk") known.set(update.messageId, "said");
  if (update.sessionUpdate === "state_update" && update.promptId !== null) {
    if (known.get(update.promptId) === "waits") known.set(update.promptId, "taken up");
  }
  if (update.sessionUpdate !== "queue_update") return;
  for (const promptId of idsWith(known, "waits"))
    if (!update.promptIds.includes(promptId)) known.set(promptId, "removed");
}

function idsWith(known: ReadonlyMap<string, string>, place: string): string[] {
  return [...known].flatMap(([id, where]) => (where === place ? [id] : [])).toSorted();
}
