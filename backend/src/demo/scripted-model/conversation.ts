/** What a script may look at: the request read as prompts, calls and their results. */
import { type ChatRequest, messageText, type ReceivedMessage } from "./chat-request.ts";

/** An agent tells the model of circumstances in tags inside user messages: not what the person asked. */
const reminder = /<((?:[a-z]+[-_])?reminder)>[\s\S]*?<\/\1>/g;

export interface AnsweredCall {
  readonly id: string;
  /** The script's own name of the tool. */
  readonly tool: string;
  /** Empty when the argument string was not a JSON object. */
  readonly arguments: Readonly<Record<string, unknown>>;
  readonly result: string;
  /** Counts the model's responses: calls of one response share it. */
  readonly step: number;
}

/** One prompt of the person and what was done for it. */
export interface PromptedWork {
  readonly prompt: string;
  readonly calls: readonly AnsweredCall[];
}

export interface Conversation {
  readonly request: ChatRequest;
  /** What the person last asked for; empty when there is none. */
  readonly prompt: string;
  /** Every call since then, with its result, in order. */
  readonly calls: readonly AnsweredCall[];
  /** The calls of the model's last response, when it was about this prompt. */
  readonly lastResults: readonly AnsweredCall[];
  /** What the agent reminds of in the last message, tags and all. */
  readonly reminders: string;
  /** All prompts, oldest first. */
  readonly work: readonly PromptedWork[];
}

/** `toolNames` maps the script's names onto the product's. */
export function readConversation(
  request: ChatRequest,
  toolNames: Readonly<Record<string, string>> = {},
): Conversation {
  const logicalNames = new Map(Object.entries(toolNames).map(([logical, real]) => [real, logical]));
  const work = readWork(request.messages, (name) => logicalNames.get(name) ?? name);
  const current = work.at(-1) ?? { prompt: "", calls: [] };
  const lastAssistant = request.messages.findLastIndex((message) => message.role === "assistant");
  const lastResults = current.calls.filter((call) => call.step === lastAssistant);
  const last = request.messages.at(-1);
  const reminders = last?.role === "user" ? (messageText(last).match(reminder) ?? []).join("\n") : "";
  return { request, prompt: current.prompt, calls: current.calls, lastResults, reminders, work };
}

function readWork(
  messages: readonly ReceivedMessage[],
  logicalName: (name: string) => string,
): PromptedWork[] {
  const results = new Map(
    messages.flatMap((message) =>
      message.role === "tool" ? [[message.tool_call_id, messageText(message)]] : [],
    ),
  );
  const work: { prompt: string; calls: AnsweredCall[] }[] = [];
  for (const [step, message] of messages.entries()) {
    const prompt = message.role === "user" ? withoutReminders(messageText(message)) : "";
    if (prompt !== "") work.push({ prompt, calls: [] });
    if (message.role !== "assistant") continue;
    const calls = (message.tool_calls ?? []).map((call) => ({
      id: call.id,
      tool: logicalName(call.function.name),
      arguments: parseArguments(call.function.arguments),
      result: results.get(call.id) ?? "",
      step,
    }));
    work.at(-1)?.calls.push(...calls);
  }
  return work;
}

function withoutReminders(text: string): string {
  return text.replaceAll(reminder, "").trim();
}

function parseArguments(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : {};
  } catch {
    // Reported by the request check; a script sees such a call without arguments.
    return {};
  }
}

/** True for objects that are neither null nor arrays. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
