/**
 * Makes the request's messages out of the conversation: valid for a strict endpoint whatever the log holds, also when it breaks
 * off anywhere. Each call is followed at once by exactly one result, ids are unique, arguments are JSON, nothing is empty.
 */

import type { History, HistoryCall, HistoryItem } from "../../../transcript/history.ts";
import type { ContentBlock } from "../protocol/content.ts";
import type { ModelCallMeta } from "../protocol/tool-call.ts";
import { cleanArguments, cleanText } from "./clean-text.ts";
import type { ModelMessage } from "./model.ts";

/** What stands around the conversation in a request, and how long it may be. */
export interface ProjectionOptions {
  readonly systemPrompt: string;
  /** Tokens that the messages may take, by estimate; null: no limit is known. */
  readonly budgetTokens: number | null;
  /** Words for this request alone: the mode, what went wrong. Added after everything else. */
  readonly reminders: readonly string[];
}

/** What the model is told of a call whose end was never written down. */
export const interruptedResult =
  "Interrupted: the outcome of this call is unknown. Check before you repeat it.";

/** Pure; the same history gives the same messages. */
export function project(history: History, options: ProjectionOptions): ModelMessage[] {
  const conversation = withUniqueIds(history.flatMap((item) => [...messagesOf(item)]));
  const system: ModelMessage = { role: "system", content: cleanText(options.systemPrompt) };
  const reminders = options.reminders.map((content): ModelMessage => ({ role: "user", content }));
  const messages = merged([system, ...conversation, ...reminders]);
  return options.budgetTokens === null ? messages : withinBudget(messages, options.budgetTokens);
}

/** A guess that holds without a tokenizer: three characters a token. */
export function estimateTokens(messages: readonly ModelMessage[]): number {
  return tokensIn(sizeOf(messages));
}

function tokensIn(size: number): number {
  return Math.ceil(size / 3);
}

function sizeOf(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, message) => sum + characters(message), 0);
}

function characters(message: ModelMessage): number {
  if (message.role !== "assistant") return message.content.length;
  return message.calls.reduce(
    (sum, call) => sum + call.name.length + call.arguments.length,
    message.content.length,
  );
}

/** Items never change once made, so what becomes of one is worked out once. */
const known = new WeakMap<HistoryItem, readonly ModelMessage[]>();

function messagesOf(item: HistoryItem): readonly ModelMessage[] {
  const found = known.get(item);
  if (found !== undefined) return found;
  const messages = item.type === "user" ? userMessages(item.content) : stepMessages(item.text, item.calls);
  known.set(item, messages);
  return messages;
}

function userMessages(content: readonly ContentBlock[]): ModelMessage[] {
  const text = cleanText(content.map(blockText).join("\n"));
  return text.trim() === "" ? [] : [{ role: "user", content: text }];
}

function blockText(block: ContentBlock): string {
  return block.type === "text" ? block.text : `Attached file: ${linkedPath(block.uri)}`;
}

function linkedPath(uri: string): string {
  return uri.startsWith("file://") ? decoded(uri.slice("file://".length)) : uri;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: the path as it stands is the better name.
    return path;
  }
}

function stepMessages(text: string, calls: readonly HistoryCall[]): ModelMessage[] {
  const content = cleanText(text);
  if (content.trim() === "" && calls.length === 0) return [];
  const sent = calls.map((call) => sentCall(call.call));
  const results = calls.map((call, index): ModelMessage => {
    return {
      role: "tool",
      callId: sent[index]?.id ?? "",
      content: cleanText(call.result ?? interruptedResult),
    };
  });
  return [{ role: "assistant", content, calls: sent }, ...results];
}

/** Endpoints refuse names and ids outside these letters; both are renamed in call and result alike. */
function sentCall(call: ModelCallMeta): ModelCallMeta {
  const name = call.name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "unknown";
  const id = /^[a-zA-Z0-9_-]{1,40}$/.test(call.id) ? call.id : "";
  return { id, name, arguments: cleanArguments(call.arguments) };
}

/** Endpoints number their calls anew in each response, or not at all. Messages that can stay as they are stay the same objects. */
function withUniqueIds(messages: readonly ModelMessage[]): ModelMessage[] {
  const used = new Set<string>();
  let renamed: string[] = [];
  return messages.map((message) => {
    if (message.role === "tool") return renamed.length === 0 ? message : answering(message, renamed.shift());
    if (message.role !== "assistant" || message.calls.length === 0) return message;
    const ids = message.calls.map((call) => unusedId(call.id, used));
    const isUnchanged = message.calls.every((call, index) => call.id === ids[index]);
    renamed = isUnchanged ? [] : ids;
    return isUnchanged ? message : { ...message, calls: withIds(message.calls, ids) };
  });
}

function answering(message: ModelMessage & { role: "tool" }, callId: string | undefined): ModelMessage {
  return callId === undefined ? message : { ...message, callId };
}

function withIds(calls: readonly ModelCallMeta[], ids: readonly string[]): ModelCallMeta[] {
  return calls.map((call, index) => ({ ...call, id: ids[index] ?? call.id }));
}

function unusedId(id: string, used: Set<string>): string {
  let free = id;
  for (let number = used.size + 1; free === "" || used.has(free); number += 1) free = `call_${number}`;
  used.add(free);
  return free;
}

/** Some chat templates insist that user and assistant take turns. */
function merged(messages: readonly ModelMessage[]): ModelMessage[] {
  const result: ModelMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    const both = last === undefined ? null : joined(last, message);
    if (both === null) result.push(message);
    else result[result.length - 1] = both;
  }
  return result;
}

function joined(first: ModelMessage, second: ModelMessage): ModelMessage | null {
  if (first.role === "user" && second.role === "user") {
    return { role: "user", content: `${first.content}\n\n${second.content}` };
  }
  if (first.role !== "assistant" || second.role !== "assistant" || first.calls.length > 0) return null;
  const content = second.content === "" ? first.content : `${first.content}\n\n${second.content}`;
  return { role: "assistant", content, calls: second.calls };
}

/** Results that stay whole whatever the budget, and how many more give way at a time: rare large cuts keep the endpoint's cache. */
const newestResults = 3;
const cutSize = 8;

function withinBudget(messages: readonly ModelMessage[], budgetTokens: number): ModelMessage[] {
  const stubs = stubsOf(messages);
  const most = stubs.length - newestResults;
  let size = sizeOf(messages);
  let count = 0;
  while (tokensIn(size) > budgetTokens && count < most) {
    const next = Math.min(count + cutSize, most);
    for (const { saved } of stubs.slice(count, next)) size -= saved;
    count = next;
  }
  const used = stubs.slice(0, count).values();
  return messages.map((message) =>
    message.role === "tool" ? (used.next().value?.message ?? message) : message,
  );
}

/** Each result as it is when it has given way, in order, and how many characters that saves. */
function stubsOf(messages: readonly ModelMessage[]): { message: ModelMessage; saved: number }[] {
  const calls = new Map(
    messages
      .flatMap((message) => (message.role === "assistant" ? message.calls : []))
      .map((call) => [call.id, call]),
  );
  return messages.flatMap((message) => {
    if (message.role !== "tool") return [];
    const content = shorter(message.content, stub(calls.get(message.callId)));
    return [{ message: { ...message, content }, saved: message.content.length - content.length }];
  });
}

function shorter(content: string, line: string): string {
  return content.length <= line.length ? content : line;
}

function stub(call: ModelCallMeta | undefined): string {
  const made = call === undefined ? "call" : `${call.name} ${call.arguments.slice(0, 100)}`;
  return `(the result of ${made} was left out to save room; call again if it is needed)`;
}
