/** Each kind of update on its way: through the redaction, a log line, bounds and copies, and to those who read a session. */
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import { applyToHistory, emptyHistoryFold } from "../../../transcript/fold-history.ts";
import { applyToSummary, newSummary } from "../../../transcript/summary.ts";
import { type SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";
import { decodeLine, encodeLine } from "../../src/sessions/log/log-line.ts";
import { SearchLines } from "../../src/sessions/search/search-lines.ts";
import { carriedEvent } from "../../src/sessions/transfer/carried-event.ts";
import { exportMarkdown } from "../../src/sessions/transfer/export/export-markdown.ts";
import { cutEvent, longIdOf } from "../../src/sessions/transfer/import/event-bounds.ts";
import { isStreamed } from "../../src/sessions/turn/chunk-gathering.ts";
import { redactUpdate } from "../../src/sessions/turn/redacted-update.ts";
import { Redaction } from "../../src/workspace/redaction/redaction.ts";
import { textOf } from "./transfer/transfer-stage.ts";

type Kind = SessionUpdate["sessionUpdate"];
/** Who reads a session: the list, the page, the model, a search, a document. */
type Reader = "list" | "page" | "model" | "search" | "document";

interface Row {
  /** Every text in it that can be free holds `word`. */
  readonly update: SessionUpdate;
  /** taken: out of it. exact: what a person wrote or decides by. streamed: taken where it is gathered. */
  readonly secrets: "taken" | "exact" | "streamed";
  /** Whether a fork or an import has it. */
  readonly isCarried: boolean;
  /** Who finds `word`. */
  readonly readers: readonly Reader[];
}

const at = "2026-11-22T09:00:00.000Z";
const secret = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;
const word = `xylophone ${secret}`;
const text = { type: "text", text: word } as const;
const prompt = { promptId: "prompt-1", content: [text] };
const all: readonly Reader[] = ["list", "page", "model", "search", "document"];
const without = (...left: readonly Reader[]) => all.filter((reader) => !left.includes(reader));
const [taken, exact, streamed] = ["taken", "exact", "streamed"] as const;
const [carried, own] = [{ isCarried: true }, { isCarried: false }] as const;

const created = {
  sessionUpdate: "session_created",
  formatVersion: 1,
  sessionId: "session-1",
  project: { id: "p1", name: "app", path: "/app" },
  engine: "test",
  model: null,
  mode: "ask",
  title: null,
  requestDigest: "digest",
} as const;

const rows = {
  session_created: {
    update: { ...created, title: word },
    secrets: exact,
    ...own,
    readers: ["list", "page", "document"],
  },
  session_info_update: {
    update: { sessionUpdate: "session_info_update", title: word },
    secrets: exact,
    ...own,
    readers: ["list", "page", "document"],
  },
  current_mode_update: {
    update: { sessionUpdate: "current_mode_update", currentModeId: "plan" },
    secrets: exact,
    ...own,
    readers: [],
  },
  config_option_update: {
    update: { sessionUpdate: "config_option_update", configOptions: [{ id: "model", value: word }] },
    secrets: exact,
    ...carried,
    readers: ["list", "page", "document"],
  },
  available_commands_update: {
    update: {
      sessionUpdate: "available_commands_update",
      availableCommands: [{ name: "say", description: word, input: null }],
    },
    secrets: exact,
    ...carried,
    readers: ["page"],
  },
  prompt_queued: {
    update: { sessionUpdate: "prompt_queued", ...prompt, delivery: "queue" },
    secrets: exact,
    ...own,
    readers: ["list", "page"],
  },
  queue_update: {
    update: {
      sessionUpdate: "queue_update",
      promptIds: ["waiting"],
      edited: { promptId: "waiting", content: [text] },
    },
    secrets: exact,
    ...own,
    readers: ["list", "page"],
  },
  user_message_chunk: {
    update: { sessionUpdate: "user_message_chunk", messageId: "prompt-1", content: text },
    secrets: exact,
    ...carried,
    readers: without("list"),
  },
  prompt_context: {
    update: {
      sessionUpdate: "prompt_context",
      promptId: "prompt-0",
      source: { type: "file", path: "a.txt" },
      text: word,
    },
    secrets: taken,
    ...carried,
    readers: ["model"],
  },
  instructions_update: {
    update: {
      sessionUpdate: "instructions_update",
      files: [{ path: word, bytes: 1, truncated: false, hiddenCharacters: 0 }],
    },
    secrets: exact,
    ...carried,
    readers: ["page"],
  },
  agent_message_chunk: {
    update: { sessionUpdate: "agent_message_chunk", messageId: "m1", content: text },
    secrets: streamed,
    ...carried,
    readers: without("list"),
  },
  agent_thought_chunk: {
    update: { sessionUpdate: "agent_thought_chunk", messageId: "m1", content: text },
    secrets: streamed,
    ...carried,
    readers: ["page", "model"],
  },
  tool_call: {
    update: {
      sessionUpdate: "tool_call",
      toolCallId: "call-1",
      status: "completed",
      content: [{ type: "content", content: text }],
      rawOutput: { said: word },
    },
    secrets: taken,
    ...carried,
    readers: ["page", "model", "document"],
  },
  tool_call_update: {
    update: {
      sessionUpdate: "tool_call_update",
      toolCallId: "call-0",
      status: "completed",
      content: [{ type: "content", content: text }],
      rawOutput: { said: word },
    },
    secrets: taken,
    ...carried,
    readers: ["page", "model", "document"],
  },
  tool_output_chunk: {
    update: { sessionUpdate: "tool_output_chunk", toolCallId: "call-0", stream: "stdout", text: word },
    secrets: streamed,
    ...carried,
    readers: ["page"],
  },
  plan: {
    update: { sessionUpdate: "plan", entries: [{ content: word, priority: "high", status: "pending" }] },
    secrets: taken,
    ...carried,
    readers: ["page", "model"],
  },
  usage_update: {
    update: {
      sessionUpdate: "usage_update",
      used: 1,
      size: 2,
      inputTokens: 1,
      outputTokens: 1,
      _meta: { model: word },
    },
    secrets: exact,
    ...carried,
    readers: ["model"],
  },
  compaction_update: {
    update: {
      sessionUpdate: "compaction_update",
      compactionId: "compaction-1",
      status: "completed",
      trigger: "manual",
      summary: word,
      problem: { code: "internal", detail: word },
    },
    secrets: taken,
    ...carried,
    readers: ["page", "model"],
  },
  request_permission: {
    update: {
      sessionUpdate: "request_permission",
      requestId: "question-1",
      toolCallId: "call-0",
      subject: { type: "other", title: word },
      content: [],
      reach: [],
      dangerous: false,
      options: [{ optionId: "once", kind: "allow_once", name: "Allow" }],
      digest: "d",
    },
    secrets: exact,
    ...carried,
    readers: ["list", "page"],
  },
  permission_outcome: {
    update: {
      sessionUpdate: "permission_outcome",
      requestId: "question-0",
      toolCallId: "call-0",
      outcome: { outcome: "selected", optionId: "once", kind: "allow_once", feedback: word },
    },
    secrets: exact,
    ...carried,
    readers: ["page"],
  },
  state_update: {
    update: {
      sessionUpdate: "state_update",
      state: "idle",
      promptId: "prompt-0",
      stopReason: "refusal",
      problem: { code: "internal", detail: word },
    },
    secrets: taken,
    ...carried,
    readers: ["list", "page"],
  },
  checkpoint: {
    update: {
      sessionUpdate: "checkpoint",
      checkpointId: "c1",
      phase: "start",
      tree: "a".repeat(40),
      omitted: [word],
    },
    secrets: exact,
    ...carried,
    readers: [],
  },
  rewind: {
    update: {
      sessionUpdate: "rewind",
      rewindId: "rewind-1",
      scope: "files",
      turnId: "turn-1",
      keepThrough: null,
      files: { done: [word], skipped: [] },
    },
    secrets: exact,
    ...carried,
    readers: [],
  },
  notice: {
    update: { sessionUpdate: "notice", code: "model_retry", data: { provider: word } },
    secrets: taken,
    ...carried,
    readers: ["page"],
  },
} satisfies { [Each in Kind]: Row & { readonly update: { readonly sessionUpdate: Each } } };

const table: readonly Row[] = Object.values(rows);

test("there is a row for every kind that there is", () => {
  expect(table.map(({ update }) => update.sessionUpdate).toSorted()).toEqual(
    SessionUpdate.options.map(({ shape }) => shape.sessionUpdate.value).toSorted(),
  );
});

test.each(table)("SEC-03: of a secret in $update.sessionUpdate: $secrets", ({ update, secrets }) => {
  const left = JSON.stringify(redactUpdate(update, new Redaction()));
  const isExact = left === JSON.stringify(update);
  expect([left.includes(secret), isExact, isStreamed(update)]).toEqual([
    secrets !== "taken" && JSON.stringify(update).includes(secret),
    secrets !== "taken",
    secrets === "streamed",
  ]);
});

test.each(table)(
  "$update.sessionUpdate passes the log, the bounds of an import and a copy whole",
  ({ update, isCarried }) => {
    const event = eventOf(update, 9);
    expect(decodeLine(encodeLine(event).trimEnd())).toEqual({ type: "event", event });
    expect([longIdOf(event), cutEvent(event)]).toEqual([null, event]);
    const { seq: _, ...copied } = event;
    expect(carriedEvent(event)).toEqual(isCarried ? copied : null);
  },
);

test.each(table.filter(({ isCarried }) => isCarried))(
  "$update.sessionUpdate is refused from elsewhere with an id too long for any index",
  ({ update }) => {
    for (const name of Object.keys(update).filter((field) => field.endsWith("Id") && field !== "sessionId")) {
      const event = eventOf({ ...update, [name]: "i".repeat(129) }, 9);
      expect([name, longIdOf(event)]).toEqual([name, `update.${name}`]);
    }
  },
);

test.each(table)("$update.sessionUpdate is read by: $readers", async ({ update, readers }) => {
  const events =
    update.sessionUpdate === "session_created" ? [eventOf(update, 1)] : [...before, eventOf(update, 9)];
  const found = await Promise.all(
    all.map(async (reader) => ((await texts[reader](events)).includes("xylophone") ? [reader] : [])),
  );
  expect(found.flat()).toEqual(readers);
});

/** A turn that has a prompt, a step, a call and a question; one prompt waits. */
const before = [
  created,
  { sessionUpdate: "prompt_queued", promptId: "waiting", content: [], delivery: "queue" },
  { sessionUpdate: "state_update", state: "running", promptId: "prompt-0" },
  { sessionUpdate: "user_message_chunk", messageId: "prompt-0", content: { type: "text", text: "go" } },
  { sessionUpdate: "agent_message_chunk", messageId: "m0", content: { type: "text", text: "Well." } },
  { sessionUpdate: "tool_call", toolCallId: "call-0", status: "in_progress" },
  {
    ...rows.request_permission.update,
    requestId: "question-0",
    subject: { type: "other", title: "npm test" },
  },
].map((update, index) => eventOf(SessionUpdate.parse(update), index + 1));

function eventOf(update: SessionUpdate, seq: number): SessionEvent {
  return { seq, at, turnId: "turn-1", stepId: "step-1", update };
}

function summaryOf([first, ...events]: readonly SessionEvent[]) {
  if (first?.update.sessionUpdate !== "session_created") throw new Error("A log begins with its session.");
  return events.reduce(applyToSummary, newSummary(first.update, first));
}

const texts: Record<Reader, (events: readonly SessionEvent[]) => string | Promise<string>> = {
  list: (events) => JSON.stringify(summaryOf(events)),
  page: (events) => JSON.stringify(applyEvents(emptyTranscript, events)),
  model(events) {
    const fold = emptyHistoryFold();
    for (const event of events) applyToHistory(fold, event);
    return JSON.stringify(fold.items);
  },
  search(events) {
    const lines = new SearchLines();
    return JSON.stringify([...events.flatMap((event) => lines.add(event)), ...lines.end()]);
  },
  async document(events) {
    const session = {
      summary: () => summaryOf(events),
      async *streamEvents() {
        yield* events;
      },
    };
    return textOf(exportMarkdown(session, new Date(at)));
  },
};
