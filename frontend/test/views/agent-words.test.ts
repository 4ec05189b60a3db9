// @vitest-environment happy-dom
/** The lines and figures of an agent: what waits, what is done, what it costs; unknown is never 0. */
import { expect, test } from "vitest";
import { fitted } from "../../src/lib/browser/small-image.ts";
import { formatCost } from "../../src/lib/format.ts";
import { choicesOf, optionForWords } from "../../src/views/asking/answers.ts";
import { compactionText } from "../../src/views/entries/compaction-entry.ts";
import { noticeText } from "../../src/views/entries/notice-entry.ts";
import { endLine } from "../../src/views/entries/turn-end-entry.ts";
import { todoLine } from "../../src/views/session/todo-dock.ts";
import { spentText } from "../../src/views/session-sheets/context-sheet.ts";

test.each([
  [0.0412, "$0.04"],
  [0.004, "under $0.01"],
  [0, "$0"],
  [12.3, "$12.30"],
])("%f dollars are written %s", (cost, words) => {
  expect(formatCost(cost)).toBe(words);
});

test("a turn's end tells what is known, and leaves out what is not", () => {
  const end = {
    type: "turn_end",
    id: "e",
    seq: 1,
    at: "",
    turnId: "t",
    state: "idle",
    stopReason: "end_turn",
    problem: null,
    durationMs: 200_000,
    tokens: 12_400,
    cost: 0.04,
    changes: null,
  } as const;
  expect([
    endLine(end),
    endLine({ ...end, cost: null }),
    endLine({ ...end, tokens: null, cost: null }),
  ]).toEqual(["Done · 3 m 20 s · 12.4k tokens · $0.04", "Done · 3 m 20 s · 12.4k tokens", "Done · 3 m 20 s"]);
});

test("what is spent is unknown where a step did not tell", () => {
  expect([
    spentText({ steps: 2, tokens: 220, cost: 0.03 }),
    spentText({ steps: 2, tokens: 220, cost: null }),
    spentText({ steps: 2, tokens: null, cost: null }),
    spentText({ steps: 0, tokens: 0, cost: 0 }),
  ]).toEqual(["220 tokens · $0.03", "220 tokens · unknown", "unknown", "unknown"]);
});

const todo = (content: string, status: "pending" | "in_progress" | "completed") => ({
  content,
  priority: "medium" as const,
  status,
});

test("the list of what is to be done is one line", () => {
  expect([
    todoLine([todo("read", "completed"), todo("renew", "in_progress"), todo("test", "pending")]),
    todoLine([todo("read", "completed"), todo("test", "pending")]),
    todoLine([todo("read", "completed")]),
  ]).toEqual(["1 of 3 · renew", "1 of 2 · test", "1 of 1 · All done"]);
});

test("a rate limit says when it ends, and then that it is over", () => {
  const at = "2026-01-05T12:00:00.000Z";
  const notice = {
    sessionUpdate: "notice",
    code: "model_retry",
    data: { provider: "OpenAI", problem: "model_rate_limit", waitMs: 42_000, attempt: 1 },
  } as const;
  const after = (ms: number) => noticeText({ notice, by: null, at }, Date.parse(at) + ms);
  expect([after(0), after(41_500), after(42_000)]).toEqual([
    "OpenAI allows more in 42 s. Continues by itself.",
    "OpenAI allows more in 1 s. Continues by itself.",
    "OpenAI allowed no more for a while",
  ]);
});

test("each of the agent's own notices is one sentence", () => {
  const told = (code: "limit_learned" | "job_ended" | "repeated_text", data = {}) =>
    noticeText({ notice: { sessionUpdate: "notice", code, data }, by: null });
  const files = [
    { path: "AGENTS.md", bytes: 9, truncated: false, hiddenCharacters: 0 },
    { path: "web/AGENTS.md", bytes: 9, truncated: true, hiddenCharacters: 3 },
  ];
  expect([
    told("limit_learned", { model: "ollama/q", tokens: 8192 }),
    told("limit_learned"),
    told("job_ended", { command: "npm run dev", exitCode: 1 }),
    told("job_ended"),
    told("repeated_text"),
    noticeText({ notice: { sessionUpdate: "instructions_update", files }, by: null }),
    compactionText({ status: "completed", beforeTokens: 7400, afterTokens: 2100, reason: null }),
    compactionText({ status: "failed", beforeTokens: null, afterTokens: null, reason: null }),
    compactionText({ status: "failed", beforeTokens: 7400, afterTokens: 7500, reason: null }),
    compactionText({ status: "failed", beforeTokens: 7400, afterTokens: 7500, reason: "no_gain" }),
  ]).toEqual([
    "ollama/q takes 8,192 tokens",
    "The model takes fewer tokens than was known",
    "npm run dev in the background is over: exit 1",
    "A command in the background is over",
    "The agent went on repeating itself and was cut short",
    "Reads AGENTS.md, web/AGENTS.md (its beginning) · 3 hidden characters in web/AGENTS.md",
    "Summed up: 7,400 → 2,100 tokens",
    "Summing up failed. Nothing is lost.",
    "Summing up failed. Nothing is lost.",
    "Nothing to gain yet: a summary would be no shorter. All stays as it is.",
  ]);
});

test("own words go to the option that takes them, and rows are the other ones", () => {
  const options = [
    { optionId: "option-0", kind: "allow_once", name: "a" },
    { optionId: "option-1", kind: "allow_once", name: "b" },
    { optionId: "keep", kind: "reject_once", name: "c" },
  ] as const;
  expect([
    choicesOf({ options: [...options] }).map(({ optionId }) => optionId),
    optionForWords({ options: [...options] })?.optionId,
    optionForWords({ options: [] }),
  ]).toEqual([["option-0", "option-1"], "keep", null]);
});

test("a picture is made at most 1568 px long, never larger than it is, and never nothing", () => {
  expect(
    [
      { width: 4000, height: 3000 },
      { width: 3000, height: 4000 },
      { width: 512, height: 40 },
      { width: 90_000, height: 10 },
    ].map(fitted),
  ).toEqual([
    { width: 1568, height: 1176 },
    { width: 1176, height: 1568 },
    { width: 512, height: 40 },
    { width: 1568, height: 1 },
  ]);
});
