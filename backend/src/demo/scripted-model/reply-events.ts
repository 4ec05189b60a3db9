/** Turns a scripted reply into what an OpenAI-compatible endpoint sends: stream events, or one completion. */
import { randomUUID } from "node:crypto";
import { type ChatRequest, countTokens } from "./chat-request.ts";
import type { Conversation } from "./conversation.ts";
import type { ArgumentValue, ScriptedCall, ScriptedReply } from "./script.ts";

/** A call with its arguments worked out. */
export interface PreparedCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

/** What a reply needs to be sent: the script's functions have been called. */
export interface PreparedReply {
  readonly id: string;
  readonly model: string;
  readonly createdSeconds: number;
  readonly inputTokens: number;
  readonly reply: ScriptedReply;
  readonly calls: readonly PreparedCall[];
  readonly includesUsage: boolean;
}

/** How a stream's events ended: `cut` breaks the connection. */
export type StreamEnd = "finished" | "cut";

/** Among the events: say nothing until the script is released. */
export const holdEvent = "";

const breakingPoint = Symbol("where the reply's fault happens");

const defaultArgumentCharacters = 24;

export interface PreparedWith {
  /** The script's names → the product's. */
  readonly toolNames: Readonly<Record<string, string>>;
  /** Of the request. */
  readonly inputTokens: number;
}

/** Works out the calls' arguments. Rejects when a script's function throws. */
export async function prepareReply(
  reply: ScriptedReply,
  conversation: Conversation,
  { toolNames, inputTokens }: PreparedWith,
): Promise<PreparedReply> {
  const { request } = conversation;
  return {
    id: `chatcmpl-${randomUUID()}`,
    model: request.model,
    createdSeconds: Math.floor(Date.now() / 1000),
    inputTokens,
    reply,
    calls: await Promise.all(
      (reply.calls ?? []).map(async (call) => ({
        id: call.id ?? uniqueCallId(),
        name: toolNames[call.tool] ?? call.tool,
        arguments: await argumentString(call, conversation),
      })),
    ),
    includesUsage: wantsUsage(request),
  };
}

/** The `data:` lines of the stream, each with its blank line, made as they are taken. */
export function* streamEvents(prepared: PreparedReply): Generator<string, StreamEnd> {
  const { reply } = prepared;
  const line = chunkLines(prepared);
  yield line.delta({ role: "assistant", content: "" });
  for (const piece of pieces(reply.reasoning ?? "", reply.chunkCharacters)) {
    yield line.delta({ [reply.reasoningField ?? "reasoning_content"]: piece });
  }
  let textTokens = 0;
  for (const piece of faultyText(reply)) {
    if (piece === breakingPoint) {
      const end = yield* faultEvents(reply);
      if (end !== "held") return end;
      continue;
    }
    yield line.text(piece);
    textTokens += 1;
  }
  for (const [index, call] of prepared.calls.entries()) yield* callEvents(line, { index, call, reply });
  const finish = finishReason(prepared);
  if (finish !== null) yield line.finish(finish);
  if (prepared.includesUsage && reply.usage !== null) yield line.usage(usageOf(prepared, textTokens));
  yield "data: [DONE]\n\n";
  return "finished";
}

/** The whole answer at once, for a request without `stream`. */
export function completion(prepared: PreparedReply): Record<string, unknown> {
  const { id, model, createdSeconds, reply, calls } = prepared;
  const tokens = [...textPieces(reply)];
  const message = {
    role: "assistant",
    content: calls.length > 0 && tokens.length === 0 ? null : tokens.join(""),
    ...(reply.reasoning === undefined
      ? {}
      : { [reply.reasoningField ?? "reasoning_content"]: reply.reasoning }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(wireCall) }),
  };
  return {
    id,
    object: "chat.completion",
    created: createdSeconds,
    model,
    choices: [{ index: 0, message, finish_reason: finishReason(prepared) }],
    ...(reply.usage === null ? {} : { usage: usageOf(prepared, tokens.length) }),
  };
}

interface ChunkLines {
  delta(delta: Readonly<Record<string, unknown>>): string;
  text(text: string): string;
  finish(reason: string): string;
  usage(usage: Readonly<Record<string, unknown>>): string;
}

function chunkLines({ id, model, createdSeconds }: PreparedReply): ChunkLines {
  const head = { id, object: "chat.completion.chunk", created: createdSeconds, model };
  const chunk = (rest: Readonly<Record<string, unknown>>) =>
    `data: ${JSON.stringify({ ...head, ...rest })}\n\n`;
  const choice = (delta: Readonly<Record<string, unknown>>, reason: string | null) =>
    chunk({ choices: [{ index: 0, delta, finish_reason: reason }] });
  // Text is the bulk of every stream: only the text itself is encoded anew, or benchmarks would measure this.
  const [before = "", after = ""] = choice({ content: "@" }, null).split('"@"');
  return {
    delta: (delta) => choice(delta, null),
    text: (text) => before + JSON.stringify(text) + after,
    finish: (reason) => choice({}, reason),
    usage: (usage) => chunk({ choices: [], usage }),
  };
}

function* callEvents(
  line: ChunkLines,
  { index, call, reply }: { index: number; call: PreparedCall; reply: ScriptedReply },
): Generator<string> {
  const { id, type, function: named } = wireCall(call);
  yield line.delta({ tool_calls: [{ index, id, type, function: { name: named.name, arguments: "" } }] });
  for (const piece of pieces(call.arguments, reply.chunkCharacters ?? defaultArgumentCharacters)) {
    yield line.delta({ tool_calls: [{ index, function: { arguments: piece } }] });
  }
}

/** The text's pieces, with the breaking point exactly after the fault's number of characters, or at the end. */
function* faultyText(reply: ScriptedReply): Generator<string | typeof breakingPoint> {
  if (!reply.fault) return yield* textPieces(reply);
  let left = reply.fault.afterCharacters;
  let isBroken = false;
  for (const piece of textPieces(reply)) {
    if (!isBroken && piece.length > left) {
      isBroken = true;
      if (left > 0) yield piece.slice(0, left);
      yield breakingPoint;
      yield piece.slice(left);
    } else {
      yield piece;
    }
    left -= piece.length;
  }
  if (!isBroken) yield breakingPoint;
}

function* faultEvents({ fault }: ScriptedReply): Generator<string, StreamEnd | "held"> {
  switch (fault?.type) {
    case "cut":
      return "cut";
    case "hold":
      yield holdEvent;
      return "held";
    case "error":
      yield `data: ${JSON.stringify({ error: { message: "The scripted model failed here", type: "server_error" } })}\n\n`;
      return "finished";
    case undefined:
      return "held";
  }
}

function wireCall({ id, name, arguments: text }: PreparedCall) {
  return { id, type: "function", function: { name, arguments: text } } as const;
}

function finishReason({ reply, calls }: PreparedReply): string | null {
  if (reply.finish !== undefined) return reply.finish;
  return calls.length > 0 ? "tool_calls" : "stop";
}

function usageOf(prepared: PreparedReply, textTokens: number): Record<string, unknown> {
  const { reply, inputTokens, calls } = prepared;
  const callTokens = calls.reduce((sum, call) => sum + countTokens(call.name + call.arguments), 0);
  const prompt = reply.usage?.inputTokens ?? inputTokens;
  const output = reply.usage?.outputTokens ?? textTokens + callTokens + countTokens(reply.reasoning ?? "");
  const cached = reply.usage?.cachedTokens;
  return {
    prompt_tokens: prompt,
    completion_tokens: output,
    total_tokens: prompt + output,
    ...(cached === undefined ? {} : { prompt_tokens_details: { cached_tokens: cached } }),
  };
}

function textPieces({ text = "", chunkCharacters }: ScriptedReply): Iterable<string> {
  return typeof text === "string" ? pieces(text, chunkCharacters) : text;
}

/** Cuts between code points: at most so many of them, or (without a number) about a token. */
function pieces(text: string, characters?: number): Iterable<string> {
  const pattern = characters === undefined ? /\s*\S{1,5}|\s+/gu : new RegExp(`[^]{1,${characters}}`, "gu");
  return text.match(pattern) ?? [];
}

async function argumentString(call: ScriptedCall, conversation: Conversation): Promise<string> {
  if (typeof call.arguments === "string") return call.arguments;
  const entries = Object.entries(call.arguments).map(async ([name, value]) => [
    name,
    await computed(value, conversation),
  ]);
  return JSON.stringify(Object.fromEntries(await Promise.all(entries)));
}

function computed(value: ArgumentValue, conversation: Conversation): unknown {
  return typeof value === "function" ? value(conversation) : value;
}

/** Random, because a conversation may outlive the server that made its first calls. */
function uniqueCallId(): string {
  return `call_${randomUUID().replaceAll("-", "").slice(0, 24)}`;
}

function wantsUsage({ stream, stream_options: options }: ChatRequest): boolean {
  return stream !== true || options?.include_usage === true;
}
