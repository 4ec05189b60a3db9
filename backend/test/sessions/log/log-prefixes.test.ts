/** Wherever a log breaks off, the session goes on from it: the queue, the repairs and the next model request fit together. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import { applyToHistory, emptyHistoryFold, type HistoryFold } from "../../../../transcript/fold-history.ts";
import { interruptedResult } from "../../../src/agent/context/item-messages.ts";
import type { ModelMessage } from "../../../src/agent/model.ts";
import { projection } from "../../../src/agent/projection.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { EventLog } from "../../../src/sessions/log/event-log.ts";
import { encodeLine } from "../../../src/sessions/log/log-line.ts";
import { recoveryEntries } from "../../../src/sessions/session-entries.ts";
import { SessionFolds } from "../../../src/sessions/session-folds.ts";
import { durableFiles } from "../../../src/workspace/durable-files.ts";
import { requestFaults } from "../../agent/request-check.ts";
import { anyDamagedLog, anySessionLog } from "../../support/any-log.ts";
import { standingEvents, withoutCompactions } from "../../support/standing-events.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const options = { systemPrompt: "SYSTEM", budgetTokens: null, reminders: [] };
const tight = { systemPrompt: "SYSTEM", budgetTokens: 10, reminders: ["R"] };

test("DUR-16: for every prefix of every log, read whole or with lines lost, a strict endpoint takes the next request", () => {
  fc.assert(
    fc.property(fc.oneof(anySessionLog, anyDamagedLog), (events) => {
      const fold = emptyHistoryFold();
      for (const event of events) {
        applyToHistory(fold, event);
        for (const given of [options, tight])
          expect(requestFaults(projection(fold.items, given).messages)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});

test("the model is told what was said in the order of the log: results of a round first, then what was steered in", () => {
  fc.assert(
    fc.property(anySessionLog, (log) => {
      const events = withoutCompactions(log);
      const fold = emptyHistoryFold();
      for (const event of events) applyToHistory(fold, event);
      expect(wordsTold(projection(fold.items, options).messages)).toEqual(
        standingEvents(events).flatMap(wordsIn),
      );
    }),
    { numRuns: 150 },
  );
});

test("DUR-13: wherever a log breaks off, what the next start writes closes each call and completes the prompt", () => {
  fc.assert(
    fc.property(anySessionLog, fc.nat(200), (log, cut) => {
      const events = withoutCompactions(log);
      const broken = events.slice(0, 1 + (cut % events.length));
      const { folds, fold } = load([...broken, ...repairsOf(broken)]);
      expect(["idle", "interrupted"]).toContain(folds.summary?.state);
      expect(folds.summary?.pending).toEqual([]);
      const messages = projection(fold.items, options).messages;
      expect(requestFaults(messages)).toEqual([]);
      expect(messages.filter(({ content }) => content === interruptedResult)).toEqual([]);
      expect(missingWords(broken, messages)).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("DUR-18: a start that is killed anywhere in its repairs leaves exactly the rest of them to the next one", () => {
  fc.assert(
    fc.property(anySessionLog, fc.nat(200), fc.nat(20), (events, cut, kill) => {
      const broken = events.slice(0, 1 + (cut % events.length));
      const repairs = repairsOf(broken);
      const place = kill % (repairs.length + 1);
      const done = [...broken, ...repairs.slice(0, place)];
      expect(repairsOf(done).map(({ update }) => update)).toEqual(
        repairs.slice(place).map(({ update }) => update),
      );
    }),
    { numRuns: 300 },
  );
});

test("the server, the list and every reader of the log have the same queue after every event", () => {
  fc.assert(
    fc.property(fc.oneof(anySessionLog, anyDamagedLog), (events) => {
      const folds = new SessionFolds();
      for (const event of events) {
        folds.apply(event);
        const waiting = folds.prompts.waiting.map(({ by: _, ...prompt }) => prompt);
        expect(waiting).toEqual(folds.summary?.queue);
      }
    }),
    { numRuns: 150 },
  );
});

test("DUR-16: a log on disk with lines of a later version, read page by page from any place, shows what its events show live", {
  timeout: 30_000,
}, async () => {
  const directory = await temporaryFolder();
  await fc.assert(
    fc.asyncProperty(
      anySessionLog,
      fc.nat(200),
      fc.integer({ min: 1, max: 9 }),
      async (events, cut, limit) => {
        await writeFile(join(directory, "log.jsonl"), linesOf(events));
        const log = await EventLog.open({ ...logOptions, directory });
        const live = gapless(events);
        const known = live.slice(0, cut % events.length);
        let shown = applyEvents(emptyTranscript, known);
        for (let hasMore = true; hasMore; ) {
          const page = await log.read({ after: shown.lastSeq, limit });
          shown = applyEvents(shown, page.events);
          hasMore = page.hasMore;
        }
        await log.close();
        expect(shown).toEqual(applyEvents(emptyTranscript, live));
      },
    ),
    { numRuns: 60 },
  );
});

const logOptions = { files: durableFiles, now: () => new Date(0), onLoad: () => undefined };

/** Each event stands for the places before it that cannot be read. */
function gapless(events: readonly SessionEvent[]): SessionEvent[] {
  return events.map((event, index) => {
    const from = (events[index - 1]?.seq ?? 0) + 1;
    return from === event.seq ? event : { ...event, from };
  });
}

/** Where a place is free, a later version has written something. */
function linesOf(events: readonly SessionEvent[]): string {
  let next = 1;
  return events
    .map((event) => {
      let lines = "";
      for (; next < event.seq; next += 1)
        lines += `${JSON.stringify({ seq: next, at: event.at, update: { sessionUpdate: "hologram" } })}\n`;
      next = event.seq + 1;
      return lines + encodeLine(event);
    })
    .join("");
}

interface Loaded {
  readonly folds: SessionFolds;
  readonly fold: HistoryFold;
}

function load(events: readonly SessionEvent[]): Loaded {
  const [folds, fold] = [new SessionFolds(), emptyHistoryFold()];
  for (const event of events) {
    folds.apply(event);
    folds.calls.apply(event);
    applyToHistory(fold, event);
  }
  return { folds, fold };
}

/** What a start that finds this log writes behind it. */
function repairsOf(events: readonly SessionEvent[]): SessionEvent[] {
  const { lastSeq = 0, updatedAt: at = "" } = load(events).folds.summary ?? {};
  return recoveryEntries(load(events).folds, 0).map((entry, index) => {
    return { seq: lastSeq + 1 + index, at, ...entry };
  });
}

/** The words of prompts that were taken up and that the model would never hear of. */
function missingWords(events: readonly SessionEvent[], messages: readonly ModelMessage[]): string[] {
  const told = new Set(wordsTold(messages));
  const waiting = new Map<string, readonly string[]>();
  const taken: string[] = [];
  for (const { update } of events) {
    if (update.sessionUpdate === "prompt_queued") waiting.set(update.promptId, textsOf(update.content));
    if (update.sessionUpdate === "queue_update" && update.edited !== undefined)
      waiting.set(update.edited.promptId, textsOf(update.edited.content));
    if (update.sessionUpdate === "state_update") taken.push(...(waiting.get(update.promptId ?? "") ?? []));
    if (update.sessionUpdate === "user_message_chunk") taken.push(...(waiting.get(update.messageId) ?? []));
  }
  const standing = new Set(standingEvents(events));
  const rewound = new Set(events.filter((event) => !standing.has(event)).flatMap(wordsIn));
  return [...new Set(taken)].filter((words) => !told.has(words) && !rewound.has(words));
}

/** Every word of the log that the model is to hear, in order; thoughts and titles are not for it. */
function wordsIn({ update }: SessionEvent): string[] {
  if (update.sessionUpdate === "user_message_chunk" || update.sessionUpdate === "agent_message_chunk")
    return textsOf([update.content]);
  return [];
}

function textsOf(content: readonly { readonly type: string; readonly text?: string }[]): string[] {
  return content.flatMap(({ text }) => (text === undefined ? [] : [text.trim()]));
}

function wordsTold(messages: readonly ModelMessage[]): string[] {
  return messages
    .filter(({ role }) => role === "user" || role === "assistant")
    .flatMap(({ content }) => content.match(/[ua]\d+\./g) ?? []);
}
