/** What the strictest endpoint asks of a request's messages, in their order and as they are sent; returns every fault that it would refuse. */
import type { ModelMessage } from "../../src/agent/model.ts";
import { dialectOf } from "../../src/models/dialect.ts";
import { type SentMessage, sentMessages } from "../../src/models/request/sent-messages.ts";

export function requestFaults(messages: readonly ModelMessage[]): string[] {
  const dialect = dialectOf("http://127.0.0.1:8000/v1");
  const sent = sentMessages(messages, { dialect, asked: "a/b", thinks: true, takesImages: true });
  return [...structureFaults(messages), ...messages.flatMap(emptyFaults), ...spellingFaults(sent)];
}

function structureFaults(messages: readonly ModelMessage[]): string[] {
  const faults: string[] = [];
  let owed: string[] = [];
  messages.forEach((message, index) => {
    if ((index === 0) !== (message.role === "system")) faults.push(`system at ${index}`);
    if (message.role === "tool") {
      if (owed[0] !== message.callId) faults.push(`result ${message.callId} where ${owed[0]} is owed`);
      owed = owed.slice(1);
      return;
    }
    if (owed.length > 0) faults.push(`calls without a result before message ${index}: ${owed}`);
    const before = messages[index - 1];
    if (message.role === "user" && before?.role === "user") faults.push(`two user messages at ${index}`);
    if (message.role === "assistant" && before?.role === "assistant")
      faults.push(`two assistant messages at ${index}`);
    owed = message.role === "assistant" ? message.calls.map((call) => call.id) : [];
  });
  return owed.length === 0 ? faults : [...faults, `calls without a result at the end: ${owed}`];
}

function emptyFaults(message: ModelMessage): string[] {
  if (message.role === "user" && message.content.trim() === "") return ["empty user message"];
  if (message.role !== "assistant") return [];
  return message.content.trim() === "" && message.calls.length === 0 ? ["empty assistant message"] : [];
}

function spellingFaults(messages: readonly SentMessage[]): string[] {
  const calls = messages.flatMap((message) =>
    message.role === "assistant" ? (message.tool_calls ?? []) : [],
  );
  const ids = calls.map((call) => call.id);
  const answered = messages.flatMap((message) => (message.role === "tool" ? [message.tool_call_id] : []));
  return [
    ...messages.flatMap((message) =>
      sendable(JSON.stringify(message, cleanly)) ? [] : ["lone surrogate or NUL"],
    ),
    ...messages.flatMap((message) =>
      message.role === "user" && message.content === "" ? ["empty when sent"] : [],
    ),
    ...calls.flatMap((call) =>
      /^[a-zA-Z0-9_-]{1,64}$/.test(call.function.name) ? [] : [`name ${call.function.name}`],
    ),
    ...calls.flatMap((call) => (/^[a-zA-Z0-9_-]{1,40}$/.test(call.id) ? [] : [`id ${call.id}`])),
    ...calls.flatMap((call) =>
      isObjectText(call.function.arguments) ? [] : [`arguments ${call.function.arguments}`],
    ),
    ...(new Set(ids).size === ids.length ? [] : ["an id twice"]),
    ...(ids.join(" ") === answered.join(" ") ? [] : [`${ids} answered as ${answered}`]),
  ];
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return (
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      sendable(JSON.stringify(value, cleanly))
    );
  } catch {
    return false;
  }
}

/** Lone surrogates hide behind escapes; this brings them to light. */
function cleanly(_name: string, value: unknown): unknown {
  return typeof value === "string" && !sendable(value) ? "\ud800" : value;
}

function sendable(text: string): boolean {
  return !/\p{Cs}|\0|\\ud800/u.test(text);
}
