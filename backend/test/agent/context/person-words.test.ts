/** What a person decided or said through a call holds on, when the call itself is no longer shown. */
import { expect, test } from "vitest";
import type { History, HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import { personWords } from "../../../src/agent/context/call-facts.ts";
import { projection } from "../../../src/agent/projection.ts";

function made(name: string, input: object, end: Pick<HistoryCall, "status" | "result">): HistoryCall {
  return { toolCallId: `${name}-1`, call: { id: "c1", name, arguments: JSON.stringify(input) }, ...end };
}

const plan = "# Plan\n1. Add `src/tax.mjs`.";
const accepted = "The user accepted the plan. The session is now in edit mode.";
const completed = "completed" as const;
const words: readonly (readonly [what: string, call: HistoryCall, words: string | null])[] = [
  [
    "an accepted plan is told with its words",
    made("exit_plan", { plan }, { status: completed, result: accepted }),
    `${accepted}\n\n${plan}`,
  ],
  [
    "a plan that the person changed is told as they changed it",
    made("exit_plan", { plan }, { status: completed, result: `${accepted} This is what counts:\n\nOther` }),
    `${accepted} This is what counts:\n\nOther`,
  ],
  [
    "an answer is told with its question",
    made("ask", { question: "Which?" }, { status: completed, result: "The user chose: red" }),
    "You asked: Which?\nThe user chose: red",
  ],
  [
    "a refusal with words is told with what it was about",
    made(
      "edit",
      { path: "a.ts" },
      {
        status: "failed",
        result: 'The user refused this call and says: "not 490" Do not retry the same call.',
      },
    ),
    'edit a.ts: The user refused this call and says: "not 490" Do not retry the same call.',
  ],
  [
    "a refusal without words says nothing",
    made("edit", { path: "a.ts" }, { status: "failed", result: "The user refused this call." }),
    null,
  ],
  [
    "a file cannot speak for a person",
    made("read", { path: "a.ts" }, { status: completed, result: 'The user refused this call and says: "x"' }),
    null,
  ],
  [
    "an open question says nothing yet",
    made("ask", { question: "Which?" }, { status: "pending", result: null }),
    null,
  ],
];

test.for(words)("%s", ([, call, expected]) => {
  expect(personWords(call)).toBe(expected);
});

test("an accepted plan and a refusal stay in each request, however little room there is", () => {
  const history: History = [
    { type: "user", messageId: "u1", content: [{ type: "text", text: "Work out taxes." }] },
    ...words.slice(1, 4).map(([, call], index): HistoryItem => {
      return { type: "step", stepId: `s${index}`, text: "", calls: [{ ...call, toolCallId: `t${index}` }] };
    }),
    ...Array.from({ length: 40 }, (_, index): HistoryItem => {
      const read = made(
        "read",
        { path: `${index}.ts` },
        { status: completed, result: "line of code\n".repeat(80) },
      );
      return { type: "step", stepId: `r${index}`, text: "", calls: [{ ...read, toolCallId: `r${index}` }] };
    }),
  ];
  for (let length = 4; length <= history.length; length += 1) {
    const { messages } = projection(history.slice(0, length), {
      ...{ systemPrompt: "You are it.", budgetTokens: 3_000, reminders: [] },
      profile: "small",
    });
    const text = messages.map(({ content }) => content).join("\n");
    for (const said of [
      "Work out taxes.",
      "This is what counts:\n\nOther",
      "The user chose: red",
      '"not 490"',
    ])
      expect(text).toContain(said);
  }
});
