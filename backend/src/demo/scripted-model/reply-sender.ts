/** Sends a prepared reply: as a stream or whole, in its own time, and broken where the script wants it so. */
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { sendError, sendJson } from "./http.ts";
import { completion, type PreparedReply, streamEvents } from "./reply-events.ts";
import { writeStream } from "./stream-writer.ts";

/** scripted: as the reply says. instant: no delays at all. A number: tokens per second, whatever the reply says. */
export type ReplySpeed = "scripted" | "instant" | number;

export interface SendingManner {
  readonly isStream: boolean;
  readonly speed: ReplySpeed;
  /** Resolves when a held stream may go on. */
  readonly released: (signal: AbortSignal) => Promise<void>;
}

/** Resolves when all is handed to the socket. Rejects with an AbortError when the reader leaves before. */
export async function sendReply(
  response: ServerResponse,
  prepared: PreparedReply,
  { isStream, speed, released }: SendingManner,
): Promise<void> {
  const { reply } = prepared;
  const signal = signalOf(response);
  const wait = async (delayMs = 0) => {
    if (delayMs > 0 && speed !== "instant") await delay(delayMs, undefined, { signal });
  };
  await wait(reply.delayMs);
  if (!isStream) return sendCompletion(response, prepared);
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
  await wait(reply.firstChunkDelayMs);
  const eventsPerSecond = tokensPerSecond(speed, reply.tokensPerSecond);
  const { wireBytes } = reply;
  const end = await writeStream(response, streamEvents(prepared), {
    eventsPerSecond,
    wireBytes,
    released,
    signal,
  });
  // What was said before the cut still arrives.
  if (end === "cut") response.socket?.destroySoon();
  else response.end();
}

function sendCompletion(response: ServerResponse, prepared: PreparedReply): void {
  switch (prepared.reply.fault?.type) {
    case "hold":
    case undefined:
      return sendJson(response, 200, completion(prepared));
    case "error":
      return sendError(response, {
        status: 500,
        code: "server_error",
        message: "The scripted model failed here",
      });
    case "cut":
      return void response.destroy();
  }
}

function tokensPerSecond(speed: ReplySpeed, scripted: number | undefined): number | undefined {
  if (typeof speed === "number") return speed;
  return speed === "scripted" ? scripted : undefined;
}

/** Aborts when the reader leaves, or the server closes its connection. */
function signalOf(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  if (response.closed) left.abort();
  response.once("close", () => left.abort());
  return left.signal;
}
