/** Reads the bodies of requests within bounds, and ends the connections of those that nobody reads. */
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { Readable } from "node:stream";
import type { Context, MiddlewareHandler } from "hono";
import type { Right } from "./callers/authorisation.ts";
import { incomingOf } from "./callers/connection.ts";
import { ApiError } from "./errors.ts";
import type { RawBody, ServerEnvironment } from "./parts.ts";

/** What a body may cost. */
export interface BodyLimit {
  readonly maxBytes: number;
  readonly withinMs: number;
  /** What to do with one that is too large. */
  readonly advice?: string;
  /** Whoever handles it reads it by itself: its bytes are there as `rawBody`, and nothing of them was looked at. */
  readonly isRaw?: true;
}

const publicLimit: BodyLimit = { maxBytes: 16 * 1024, withinMs: 15_000 };
const deviceLimit: BodyLimit = { maxBytes: 2 * 1024 * 1024, withinMs: 30_000 };
const lingerMs = 500;

/** Whoever need not be known gets little. */
export function bodyLimitFor(right: Right): BodyLimit {
  return right === "public" ? publicLimit : deviceLimit;
}

/** The whole body as text. Throws 413 for one that is too large, as soon as that is clear, and 408 for one that does not come. */
export async function readBody(context: Context<ServerEnvironment>, limit: BodyLimit): Promise<string> {
  if (isTooLarge(context, limit)) throw tooLarge(limit);
  return new TextDecoder().decode(await gather(sourceOf(context), limit, () => undefined));
}

/** The whole body as it came, with its digest. Throws as `readBody`. */
export async function readRawBody(context: Context<ServerEnvironment>, limit: BodyLimit): Promise<RawBody> {
  if (isTooLarge(context, limit)) throw tooLarge(limit);
  const digest = createHash("sha256");
  const bytes = await gather(sourceOf(context), limit, (chunk) => digest.update(chunk));
  return { bytes, digest: digest.digest("base64url") };
}

function isTooLarge(context: Context<ServerEnvironment>, { maxBytes }: BodyLimit): boolean {
  return Number(context.req.header("content-length") ?? 0) > maxBytes;
}

/** Node's own stream: the one of the Fetch standard would go on to fill memory after a refusal. */
function sourceOf(context: Context<ServerEnvironment>): Readable {
  return incomingOf(context) ?? Readable.from(context.req.raw.body ?? []);
}

function gather(source: Readable, limit: BodyLimit, onBytes: (chunk: Uint8Array) => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const timer = setTimeout(() => stop(() => reject(tooSlow())), limit.withinMs);
    // Without this listener the stream goes on, and what comes is dropped.
    const stop = (settle: () => void) => {
      clearTimeout(timer);
      source.removeListener("data", take);
      settle();
    };
    const take = (chunk: Uint8Array) => {
      size += chunk.byteLength;
      if (size > limit.maxBytes) stop(() => reject(tooLarge(limit)));
      else {
        // Piece by piece as they come: a large body at once would keep everybody else waiting.
        onBytes(chunk);
        chunks.push(Buffer.from(chunk));
      }
    };
    const breakOff = () => stop(() => reject(brokenOff()));
    source.on("data", take);
    source.on("end", () => stop(() => resolve(Buffer.concat(chunks))));
    source.on("error", breakOff);
    source.on("close", breakOff);
    if (source.destroyed) breakOff();
  });
}

/**
 * Ends the connection after an answer whose request has a large body still to come. A small one is left to arrive, so
 * that its connection can be used again.
 */
export const endUnreadBodies: MiddlewareHandler<ServerEnvironment> = async (context, next) => {
  await next();
  const incoming = incomingOf(context);
  if (incoming === undefined || incoming.complete || isSmall(incoming)) return;
  context.header("connection", "close");
  lingerAtTheEnd(incoming.socket);
};

function isSmall({ headers }: IncomingMessage): boolean {
  return (
    headers["transfer-encoding"] === undefined &&
    Number(headers["content-length"] ?? 0) <= publicLimit.maxBytes
  );
}

/** Closed at once, while the other side still sends, the answer could be lost on its way. */
function lingerAtTheEnd(socket: Socket): void {
  socket.destroySoon = () => {
    socket.end();
    setTimeout(() => socket.destroy(), lingerMs).unref();
  };
}

function tooLarge({ maxBytes, advice }: BodyLimit): ApiError {
  const limit = `This request holds at most ${maxBytes} bytes.`;
  const detail = advice === undefined ? limit : `${limit} ${advice}`;
  return new ApiError(413, "too_large", { detail });
}

function tooSlow(): ApiError {
  return new ApiError(408, "invalid_request", { detail: "The body did not come in time." });
}

function brokenOff(): ApiError {
  return new ApiError(400, "invalid_request", { detail: "The body broke off." });
}
