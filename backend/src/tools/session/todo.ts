/** Keeps the list of what is to be done, which the person sees too. */
import * as z from "zod";
import type { PlanEntry, Tool } from "../../agent/tool.ts";
import { withOwnNames } from "../argument-names.ts";
import { sessionPlan } from "./session-plan.ts";

const itemSynonyms = {
  content: "text",
  title: "text",
  task: "text",
  step: "text",
  description: "text",
  state: "status",
};
const otherStatuses: Readonly<Record<string, PlanEntry["status"]>> = {
  done: "completed",
  complete: "completed",
  finished: "completed",
  cancelled: "completed",
  todo: "pending",
  open: "pending",
  not_started: "pending",
  "in-progress": "in_progress",
  inProgress: "in_progress",
  active: "in_progress",
  doing: "in_progress",
};

const Status = z.preprocess(
  (value) => (typeof value === "string" ? (otherStatuses[value] ?? value) : (value ?? "pending")),
  z.enum(["pending", "in_progress", "completed"]),
);
const Item = z
  .preprocess(
    (value) => withOwnNames(typeof value === "string" ? { text: value } : value, itemSynonyms),
    z.object({ text: z.string().min(1).max(500), status: Status.default("pending") }),
  )
  .meta({
    type: "object",
    properties: {
      text: { type: "string" },
      status: { type: "string", enum: ["pending", "in_progress", "completed"] },
    },
    required: ["text", "status"],
  });
const Input = z.object({ items: z.array(Item).max(50).describe("The whole list, in order") });
type Input = z.infer<typeof Input>;

/** The `todo` tool. */
export const todoTool: Tool<Input> = {
  name: "todo",
  kind: "think",
  description:
    "Keep a list of steps for work of three steps or more. Give the whole list each time; one item is in_progress, and an item is completed as soon as it is done.",
  brief: "Keep the list of steps: the whole list each time, one in_progress.",
  input: Input,
  synonyms: {
    todos: "items",
    plan: "items",
    list: "items",
    tasks: "items",
    entries: "items",
    steps: "items",
  },
  readOnly: true,
  offer: "later",
  title: (input) => String(input.items.length),
  plan(input) {
    const { entries, note } = entriesOf(input);
    return Promise.resolve(
      sessionPlan(String(entries.length), (context) => {
        context.showPlan(entries);
        const done = doneOf(entries);
        const output = { type: "list", done, count: entries.length } as const;
        return Promise.resolve({ text: summary(entries) + note, output });
      }),
    );
  },
};

/** Of several that are in progress only the first stays so. */
function entriesOf({ items }: Input): { entries: readonly PlanEntry[]; note: string } {
  const first = items.findIndex((item) => item.status === "in_progress");
  const isOther = (index: number): boolean => items[index]?.status === "in_progress" && index !== first;
  const entries = items.map(
    ({ text, status }, index): PlanEntry => ({
      content: text,
      priority: "medium",
      status: isOther(index) ? "pending" : status,
    }),
  );
  const hasOthers = items.some((_item, index) => isOther(index));
  return {
    entries,
    note: hasOthers ? "\nOnly the first item in progress was kept so: do one at a time." : "",
  };
}

function doneOf(entries: readonly PlanEntry[]): number {
  return entries.filter((entry) => entry.status === "completed").length;
}

function summary(entries: readonly PlanEntry[]): string {
  if (entries.length === 0) return "The list is empty.";
  const done = doneOf(entries);
  const now = entries.find((entry) => entry.status === "in_progress") ?? null;
  if (done === entries.length) return `All ${done} done. Check the result, then sum up.`;
  return `${done} of ${entries.length} done. ${now === null ? "Set the next item to in_progress." : `Now: ${now.content}`}`;
}
