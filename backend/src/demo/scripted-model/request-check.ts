/** Refuses what a strict provider refuses, so that a history that would break one breaks a test first. */
import { type ChatRequest, messageText, offeredTools, type ReceivedMessage } from "./chat-request.ts";
import { isRecord } from "./conversation.ts";

const legalToolName = /^[a-zA-Z0-9_-]{1,64}$/;

/** What is wrong with the request, in a sentence each; empty when nothing is. */
export function checkRequest(request: ChatRequest): readonly string[] {
  return [
    ...checkTools(request),
    ...checkRoles(request.messages),
    ...checkCalls(request.messages),
    ...checkPairing(request.messages),
  ];
}

function checkTools(request: ChatRequest): string[] {
  const names = offeredTools(request);
  const problems = names
    .filter((name) => !legalToolName.test(name))
    .map((name) => `tool name ${quoted(name)} is not legal`);
  if (new Set(names).size !== names.length) problems.push("two tools have the same name");
  if (request.tools?.length === 0) problems.push("'tools' is empty: leave it out");
  for (const key of ["tool_choice", "parallel_tool_calls"]) {
    if (request[key] !== undefined && names.length === 0)
      problems.push(`'${key}' is only allowed when 'tools' are given`);
  }
  if (request.stream !== true && request.stream_options != null) {
    problems.push("'stream_options' is only allowed when 'stream' is true");
  }
  return problems;
}

function checkRoles(messages: readonly ReceivedMessage[]): string[] {
  const problems: string[] = [];
  for (const [index, message] of messages.entries()) {
    const isSystem = message.role === "system" || message.role === "developer";
    if (isSystem && index > 0)
      problems.push(`message ${index}: a system message stands first, and only once`);
    if (message.role === "user" && messageText(message) === "" && typeof message.content === "string") {
      problems.push(`message ${index}: a user message is empty`);
    }
    if (message.role !== "assistant") continue;
    if (messageText(message) === "" && !message.tool_calls?.length) {
      problems.push(`message ${index}: an assistant message has neither text nor calls`);
    }
    if (message.tool_calls?.length === 0)
      problems.push(`message ${index}: 'tool_calls' is empty: leave it out`);
  }
  if (messages.at(-1)?.role === "assistant") problems.push("the last message is the assistant's own");
  return problems;
}

function checkCalls(messages: readonly ReceivedMessage[]): string[] {
  const problems: string[] = [];
  const ids = new Set<string>();
  const calls = messages.flatMap((message) =>
    message.role === "assistant" ? (message.tool_calls ?? []) : [],
  );
  for (const call of calls) {
    if (ids.has(call.id)) problems.push(`call id ${quoted(call.id)} is used twice`);
    ids.add(call.id);
    if (!legalToolName.test(call.function.name))
      problems.push(`called name ${quoted(call.function.name)} is not legal`);
    if (!isJsonObject(call.function.arguments))
      problems.push(`arguments of call ${quoted(call.id)} are not a JSON object`);
  }
  return problems;
}

/** Each call is answered exactly once, directly after the message that made it. */
function checkPairing(messages: readonly ReceivedMessage[]): string[] {
  const problems: string[] = [];
  let open = new Set<string>();
  for (const message of messages) {
    if (message.role === "tool") {
      if (!open.delete(message.tool_call_id))
        problems.push(`result ${quoted(message.tool_call_id)} answers no open call`);
      continue;
    }
    problems.push(...unanswered(open));
    open = new Set(message.role === "assistant" ? (message.tool_calls ?? []).map((call) => call.id) : []);
  }
  return [...problems, ...unanswered(open)];
}

function unanswered(open: ReadonlySet<string>): string[] {
  return [...open].map((id) => `call ${quoted(id)} is not answered directly after the message that made it`);
}

function isJsonObject(text: string): boolean {
  try {
    return isRecord(JSON.parse(text));
  } catch {
    // Not JSON at all: that is the answer.
    return false;
  }
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
