/** Judges a request by what a step expects of it, and by a rule's pattern. Pure. */
import { countTokens, messageText, offeredTools } from "./chat-request.ts";
import type { Conversation } from "./conversation.ts";
import type { Expectation, RequestPattern } from "./script.ts";

/** What of the expectation is not met, in a phrase each; empty when all is. */
export function unmetExpectations(conversation: Conversation, expectation: Expectation): readonly string[] {
  return [
    ...checkLast(conversation, expectation),
    ...checkText(conversation, expectation),
    ...checkOfferedTools(conversation, expectation),
    ...checkResults(conversation, expectation),
    ...(expectation.check ? [expectation.check(conversation)] : []),
  ].filter((problem) => problem !== null);
}

/** True when everything that the pattern names holds. */
export function matchesPattern({ request }: Conversation, pattern: RequestPattern): boolean {
  const texts = (role: string) =>
    request.messages.filter((message) => message.role === role).map(messageText);
  if (pattern.withoutTools && offeredTools(request).length > 0) return false;
  if (pattern.system && !texts("system").some((text) => pattern.system?.test(text))) return false;
  if (pattern.lastUser && !pattern.lastUser.test(texts("user").at(-1) ?? "")) return false;
  if (
    pattern.anyMessage &&
    !request.messages.some((message) => pattern.anyMessage?.test(messageText(message)))
  )
    return false;
  return true;
}

function checkLast({ request }: Conversation, { lastRole, lastText }: Expectation): (string | null)[] {
  const last = request.messages.at(-1);
  const text = last ? messageText(last) : "";
  return [
    lastRole !== undefined && last?.role !== lastRole ? `last role is ${last?.role}, not ${lastRole}` : null,
    lastText !== undefined && !lastText.test(text) ? `last text does not match ${lastText}` : null,
  ];
}

function checkText({ request }: Conversation, expectation: Expectation): (string | null)[] {
  const text = request.messages.map(messageText).join("\n");
  const { contains = [], lacks = [] } = expectation;
  const { maxTokens = Number.POSITIVE_INFINITY, maxCharacters = Number.POSITIVE_INFINITY } = expectation;
  return [
    ...contains.map((pattern) => (occurs(text, pattern) ? null : `${pattern} does not occur`)),
    ...lacks.map((pattern) => (occurs(text, pattern) ? `${pattern} occurs` : null)),
    countTokens(request) > maxTokens ? `more than ${maxTokens} tokens` : null,
    JSON.stringify(request).length > maxCharacters ? `more than ${maxCharacters} characters` : null,
  ];
}

function checkOfferedTools({ request }: Conversation, expectation: Expectation): (string | null)[] {
  const offered = offeredTools(request);
  const { toolsPresent = [], toolsAbsent = [] } = expectation;
  return [
    ...toolsPresent.map((name) => (offered.includes(name) ? null : `tool ${name} is not offered`)),
    ...toolsAbsent.map((name) => (offered.includes(name) ? `tool ${name} is offered` : null)),
  ];
}

function checkResults({ lastResults }: Conversation, expectation: Expectation): (string | null)[] {
  const { resultCount = lastResults.length, results = [] } = expectation;
  const isMatched = (pattern: RegExp) => lastResults.some((call) => pattern.test(call.result));
  return [
    lastResults.length !== resultCount ? `${lastResults.length} tool results, not ${resultCount}` : null,
    ...results.map((pattern) => (isMatched(pattern) ? null : `no tool result matches ${pattern}`)),
  ];
}

function occurs(text: string, pattern: string | RegExp): boolean {
  return typeof pattern === "string" ? text.includes(pattern) : pattern.test(text);
}
