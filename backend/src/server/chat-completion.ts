/** The original chat: messages in, one message out, nothing kept. */
import * as z from "zod";
import {
  type Completion,
  type CompletionRequest,
  complete,
  ModelFailure,
  streamComplete,
} from "../models/completions.ts";
import { ApiError } from "./errors.ts";
import type { ServerParts } from "./parts.ts";
import { type EventStream, eventFrame } from "./streams/event-stream.ts";

const ChatMessage = z
  .object({ role: z.enum(["system", "user", "assistant"]), content: z.string() })
  .meta({ id: "ChatMessage" });

/** A conversation that is not kept; `stream` asks for pieces. */
export const ChatRequest = z
  .object({
    messages: z.array(ChatMessage).min(1).max(1_000),
    /** `provider/model`; absent: the default one. */
    model: z.string().min(1).optional(),
    stream: z.boolean().optional(),
  })
  .meta({ id: "ChatRequest" });
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The whole answer and the `provider/model` that gave it. */
export const ChatAnswer = z.object({ message: ChatMessage, model: z.string() }).meta({ id: "ChatAnswer" });

/** What is asked, and the key of whoever is signed in with GitHub, where the provider takes such a key. */
export interface AskedChat {
  readonly request: CompletionRequest;
  readonly key: string | null;
}

/** The request with the model that will answer it; 409 when there is none to be had. */
export async function resolveChat(request: ChatRequest, parts: ServerParts): Promise<CompletionRequest> {
  const { model } = request;
  const resolved = await parts.catalogue.resolve(
    model === undefined ? null : await parts.catalogue.named(model),
  );
  if (resolved === null)
    throw new ApiError(409, "model_missing", { detail: "No model can be had. See GET /api/models." });
  return { messages: request.messages, model: `${resolved.provider.id}/${resolved.model}` };
}

/** The whole answer at once; 502 when the endpoint fails. */
export async function completeChat(
  { request, key }: AskedChat,
  parts: ServerParts,
  signal: AbortSignal,
): Promise<Completion> {
  try {
    return parts.redaction.value(await complete(parts.modelFor(key), request, signal));
  } catch (error) {
    throw error instanceof ModelFailure ? modelError(error) : error;
  }
}

/** The answer in pieces: `{delta}` each, then `event: done` with the whole, or `event: error` with the problem. */
export function streamChat(asked: AskedChat, parts: ServerParts, stream: EventStream): Response {
  sendPieces(asked, parts, stream)
    .catch((error: unknown) => {
      if (stream.closed.aborted) return;
      const code = error instanceof ModelFailure ? "model_failed" : "internal";
      if (code === "internal") parts.logger.error("chat failed", { error });
      const problem = error instanceof ModelFailure ? parts.redaction.value(error.problem) : null;
      stream.send(eventFrame({ event: "error", data: JSON.stringify({ code, problem }) }));
    })
    .finally(() => stream.close());
  return stream.response;
}

async function sendPieces(
  { request, key }: AskedChat,
  parts: ServerParts,
  stream: EventStream,
): Promise<void> {
  let content = "";
  const redactor = parts.redaction.stream();
  const send = (delta: string): void => {
    content += delta;
    if (delta !== "") stream.send(eventFrame({ data: JSON.stringify({ delta }) }));
  };
  for await (const piece of streamComplete(parts.modelFor(key), request, stream.closed)) {
    send(redactor.push(piece));
    await stream.ready();
  }
  send(redactor.end());
  const answer: Completion = { message: { role: "assistant", content }, model: request.model };
  stream.send(eventFrame({ event: "done", data: JSON.stringify(answer) }));
}

function modelError(failure: ModelFailure): ApiError {
  return new ApiError(502, "model_failed", { detail: failure.message, data: { problem: failure.problem } });
}
