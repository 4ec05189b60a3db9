/** What is still to be done, for a request that no longer shows where the model wrote it down. */
import type { History, PlanEntry } from "../../../../transcript/history.ts";
import { cutText } from "./cut-text.ts";

const todoTokens = 300;

/** The newest list, when it stands before item `shown`; null: there is none, or the model still sees it. */
export function todoWords(history: History, shown: number): string | null {
  const index = history.findLastIndex((item) => item.type === "step" && item.plan !== undefined);
  const item = history[index];
  if (item?.type !== "step" || item.plan === undefined || item.plan.length === 0 || index >= shown)
    return null;
  return cutText(`Your todo list:\n${item.plan.map(line).join("\n")}`, todoTokens);
}

const marks: Readonly<Record<PlanEntry["status"], string>> = {
  completed: "x",
  in_progress: "~",
  pending: " ",
};

function line({ content, status }: PlanEntry): string {
  return `- [${marks[status]}] ${content}`;
}
