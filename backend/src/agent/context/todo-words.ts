/** What is still to be done, for a request that no longer shows where the model wrote it down. */
import type { History, HistoryCall } from "../../../../transcript/history.ts";
import { cutText } from "./cut-text.ts";

const todoTokens = 300;

/** The newest list, when it stands before item `shown`; null: there is none, or the model still sees it. */
export function todoWords(history: History, shown: number): string | null {
  const index = history.findLastIndex((item) => item.type === "step" && item.calls.some(isList));
  const item = history[index];
  if (item?.type !== "step" || index >= shown) return null;
  const list = item.calls.findLast(isList);
  const lines = list === undefined ? [] : linesOf(list.call.arguments);
  return lines.length === 0 ? null : cutText(`Your todo list:\n${lines.join("\n")}`, todoTokens);
}

function isList(call: HistoryCall): boolean {
  return call.call.name.toLowerCase() === "todo" && call.status === "completed";
}

const marks: Readonly<Record<string, string>> = { completed: "x", in_progress: "~" };

function linesOf(written: string): string[] {
  const items = [...written.matchAll(/\{[^{}]*\}/g)].flatMap(([text]) => entry(text));
  return items.map(({ text, status }) => `- [${marks[status] ?? " "}] ${text}`);
}

function entry(text: string): { text: string; status: string }[] {
  try {
    const value = new Map<string, unknown>(Object.entries(JSON.parse(text)));
    const words = value.get("text") ?? value.get("content");
    return typeof words === "string" ? [{ text: words, status: String(value.get("status") ?? "") }] : [];
  } catch {
    // A text with braces in it: that entry is left out.
    return [];
  }
}
