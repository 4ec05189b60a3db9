/** What is kept from one request for the next changes nothing in it but the work. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { History, HistoryItem } from "../../../../transcript/history.ts";
import { type ProjectionOptions, projection } from "../../../src/agent/projection.ts";

const texts = fc.constantFrom("", "short", "word ".repeat(40), "0123456789abcdef ".repeat(60));
const madeBy = fc.option(fc.constant("check" as const), { nil: undefined });
const anyCall = fc.record({
  name: fc.constantFrom("read", "edit", "shell", "todo"),
  // The same ids come again: they are renamed in the request.
  id: fc.constantFrom("call_1", "call_2", "über"),
  result: fc.option(texts),
  madeBy,
});
const anyItem = fc.oneof(
  texts.map((text) => ({ type: "user" as const, text })),
  fc.record({
    type: fc.constant("step" as const),
    text: texts,
    calls: fc.array(anyCall, { maxLength: 3 }),
  }),
  fc.record({
    type: fc.constant("compaction" as const),
    summary: fc.option(texts),
    kept: fc.nat({ max: 5 }),
  }),
);
type AnyItem = typeof anyItem extends fc.Arbitrary<infer Item> ? Item : never;

function historyOf(made: readonly AnyItem[]): History {
  return made.map((item, index): HistoryItem => {
    if (item.type === "user")
      return { type: "user", messageId: `i${index}`, content: [{ type: "text", text: item.text }] };
    if (item.type === "compaction")
      return {
        type: "compaction",
        compactionId: `i${index}`,
        summary: item.summary,
        keepFrom: `i${Math.max(0, index - item.kept)}`,
      };
    const calls = item.calls.map((call, place) => {
      const by = call.madeBy === undefined ? {} : { madeBy: call.madeBy };
      const written = { id: call.id, name: call.name, arguments: `{"path":"file-${index}.ts"}`, ...by };
      const status = call.result === null ? ("in_progress" as const) : ("completed" as const);
      return { toolCallId: `i${index}-c${place}`, call: written, status, result: call.result };
    });
    return { type: "step", stepId: `i${index}`, text: item.text, calls };
  });
}

const anyOptions: fc.Arbitrary<ProjectionOptions> = fc.record({
  systemPrompt: fc.constant("SYSTEM"),
  budgetTokens: fc.constantFrom(null, 700, 900, 2_000, 2_100, 20_000),
  reminders: fc.constant([]),
  profile: fc.constantFrom("small" as const, "standard" as const),
  calls: fc.constantFrom("native" as const, "told" as const),
});

test("a conversation that was projected before, shorter and in other room, gives the messages of one that never was", () => {
  fc.assert(
    fc.property(
      fc.array(anyItem, { minLength: 1, maxLength: 25 }),
      fc.array(anyOptions, { minLength: 1, maxLength: 4 }),
      (made, each) => {
        const history = historyOf(made);
        for (let length = 1; length <= history.length; length += 1) {
          const options = each[length % each.length] ?? {
            systemPrompt: "",
            budgetTokens: null,
            reminders: [],
          };
          const part = history.slice(0, length);
          expect(projection(part, options).messages).toEqual(
            projection(structuredClone(part), options).messages,
          );
        }
      },
    ),
    { numRuns: 40 },
  );
});

test("the messages of steps are the same objects in the next request, also when there is a little more room", () => {
  const history = historyOf([
    { type: "user", text: "Do it." },
    { type: "step", text: "One.", calls: [{ name: "read", id: "call_1", result: "old", madeBy: undefined }] },
    { type: "step", text: "Two.", calls: [{ name: "read", id: "call_2", result: "new", madeBy: undefined }] },
  ]);
  const options = { systemPrompt: "SYSTEM", budgetTokens: 60_000, reminders: [] };
  const steps = (budgetTokens: number) =>
    projection(history, { ...options, budgetTokens }).messages.filter(
      ({ role }) => role === "assistant" || role === "tool",
    );
  const [before, after] = [steps(60_000), steps(60_100)];
  expect(before.map(({ role }) => role)).toEqual(["assistant", "tool", "assistant", "tool"]);
  expect(after.map((message, index) => message === before[index])).toEqual([true, true, true, true]);
});
