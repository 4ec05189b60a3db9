/** The conversation in the order that strict endpoints insist on: every call answered once and at once, nothing empty, one system prompt. */
import type { ModelMessage } from "../../agent/model.ts";

export type AssistantMessage = Extract<ModelMessage, { role: "assistant" }>;
export type ToolMessage = Extract<ModelMessage, { role: "tool" }>;
export type UserMessage = Extract<ModelMessage, { role: "user" }>;

/** An answer together with one result for each of its calls, in their order. */
export interface AnsweredCalls {
  readonly role: "assistant";
  readonly message: AssistantMessage;
  readonly results: readonly ToolMessage[];
}

export interface PairedMessages {
  /** Null: there is none. */
  readonly system: string | null;
  readonly conversation: readonly (UserMessage | AnsweredCalls)[];
}

/** What the model is told of a call that nothing answers. */
const missingResult = "No result provided.";

/** Results that answer no call are dropped, calls without a result get `missingResult`, empty messages are left out. */
export function pairedMessages(messages: readonly ModelMessage[]): PairedMessages {
  const prompts: string[] = [];
  const conversation: (UserMessage | AnsweredCalls)[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === "system" && message.content !== "") prompts.push(message.content);
    if (message.role === "user" && !isEmptyUser(message)) conversation.push(message);
    if (message.role === "assistant" && (message.content !== "" || message.calls.length > 0))
      conversation.push({ role: "assistant", message, results: resultsOf(message, messages, index) });
  }
  return { system: prompts.length === 0 ? null : prompts.join("\n\n"), conversation };
}

function isEmptyUser({ content, images }: UserMessage): boolean {
  return content === "" && (images ?? []).length === 0;
}

/** A result belongs to the nearest answer before it that has its id. */
function resultsOf(
  { calls }: AssistantMessage,
  messages: readonly ModelMessage[],
  place: number,
): ToolMessage[] {
  const found: ToolMessage[] = [];
  for (let next = place + 1; next < messages.length && calls.length > 0; next += 1) {
    const message = messages[next];
    if (message?.role === "assistant" && message.calls.length > 0) break;
    if (message?.role === "tool") found.push(message);
  }
  return calls.map(({ id }): ToolMessage => {
    const at = found.findIndex((result) => result.callId === id);
    const [result] = at < 0 ? [] : found.splice(at, 1);
    return result ?? { role: "tool", callId: id, content: missingResult };
  });
}
