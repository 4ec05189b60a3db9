/** The last resort: makes messages fit a budget whatever they hold, by cutting the longest texts first. */
import type { ModelMessage } from "../model.ts";
import { estimateMessages, estimateText } from "../room/token-estimate.ts";
import { cutArguments, cutText } from "./cut-text.ts";

const shortestTextTokens = 24;

/** Within the budget, or as short as texts can be cut; the system message stays as it is. */
export function fitted(messages: readonly ModelMessage[], tokens: number): readonly ModelMessage[] {
  if (estimateMessages(messages) <= tokens) return messages;
  let best = messages;
  for (let most = longest(messages); most >= shortestTextTokens; most = Math.floor(most * 0.8)) {
    best = messages.map((message) => cutMessage(message, most));
    if (estimateMessages(best) <= tokens) return best;
  }
  return best;
}

function longest(messages: readonly ModelMessage[]): number {
  const sizes = messages.map((message) => (message.role === "system" ? 0 : estimateMessages([message])));
  return Math.max(shortestTextTokens, ...sizes);
}

function cutMessage(message: ModelMessage, most: number): ModelMessage {
  switch (message.role) {
    case "system":
      return message;
    case "user":
      return { role: "user", content: cutText(message.content, most) };
    case "tool":
      return {
        role: "tool",
        callId: message.callId,
        content: cutText(message.content, most, "call again for less"),
      };
    case "assistant": {
      const calls = message.calls.map((call) =>
        estimateText(call.arguments) <= most
          ? call
          : { ...call, arguments: cutArguments(call.arguments, most) },
      );
      return { role: "assistant", content: cutText(message.content, most), calls };
    }
  }
}
