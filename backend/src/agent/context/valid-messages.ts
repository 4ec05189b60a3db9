/** What strict endpoints ask of messages beside their order: speakers that take turns. */
import type { ModelMessage } from "../model.ts";

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
