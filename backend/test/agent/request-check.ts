/** What the strictest endpoint asks of a request's messages; returns every fault that it would refuse. */
import type { ModelMessage } from "../../src/agent/model.ts";

export function requestFaults(messages: readonly ModelMessage[]): string[] {
  return [...structureFaults(messages), ...messages.flatMap(messageFaults), ...idFaults(messages)];
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

function messageFaults(message: ModelMessage): string[] {
  const faults: string[] = [];
  if (!sendable(message.content)) faults.push("lone surrogate or NUL");
  if (message.role === "user" && message.content.trim() === "") faults.push("empty user message");
  if (message.role !== "assistant") return faults;
  if (message.content.trim() === "" && message.calls.length === 0) faults.push("empty assistant message");
  for (const call of message.calls) {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(call.name)) faults.push(`name ${call.name}`);
    if (!/^[a-zA-Z0-9_-]{1,40}$/.test(call.id)) faults.push(`id ${call.id}`);
    if (!isObjectText(call.arguments)) faults.push(`arguments ${call.arguments}`);
  }
  return faults;
}

function idFaults(messages: readonly ModelMessage[]): string[] {
  const ids = messages.flatMap((message) =>
    message.role === "assistant" ? message.calls.map((call) => call.id) : [],
  );
  return new Set(ids).size === ids.length ? [] : ["an id twice"];
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
