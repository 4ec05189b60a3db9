/** What strict endpoints ask of messages beside their order: ids that are unique, and speakers that take turns. */
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { ModelMessage } from "../model.ts";

/** Endpoints number their calls anew in each response, or not at all. Messages that can stay as they are stay the same objects. */
export function withUniqueIds(messages: readonly ModelMessage[]): ModelMessage[] {
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
export function merged(messages: readonly ModelMessage[]): ModelMessage[] {
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
    const images = [...(first.images ?? []), ...(second.images ?? [])];
    const content = `${first.content}\n\n${second.content}`;
    return { role: "user", content, ...(images.length === 0 ? {} : { images }) };
  }
  if (first.role !== "assistant" || second.role !== "assistant" || first.calls.length > 0) return null;
  const content = second.content === "" ? first.content : `${first.content}\n\n${second.content}`;
  const origin = second.origin ?? first.origin;
  return { role: "assistant", content, calls: second.calls, ...(origin === undefined ? {} : { origin }) };
}
