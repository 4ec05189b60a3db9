/** Small things that several routes share: request and response shapes, and who is at the other end. */
import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import type * as z from "zod";
import type { Device } from "../protocol/catalogue.ts";
import type { Actor } from "../protocol/session-update.ts";
import { deviceOf } from "./authorisation.ts";
import { ApiError } from "./errors.ts";
import type { ServerEnvironment, ServerParts } from "./parts.ts";
import { EventStream } from "./streams/event-stream.ts";

/** A JSON body that must be there. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { required: true as const, content: { "application/json": { schema } } };
}

/** A JSON answer. */
export function jsonContent<Schema extends z.ZodType>(schema: Schema) {
  return { "application/json": { schema } };
}

/** The Node request behind a context; undefined when the app is called without a port. */
export function incomingOf(context: Context<ServerEnvironment>): IncomingMessage | undefined {
  // `env` is undefined at run time in that case, whatever its type says.
  return (context.env as ServerEnvironment["Bindings"] | undefined)?.incoming;
}

/** The socket's peer: forwarded headers count for nothing. */
export function clientAddress(context: Context<ServerEnvironment>): string {
  return incomingOf(context)?.socket.remoteAddress ?? "in-process";
}

/** A device as the cause of an event. */
export function actorOf(device: Device): Actor {
  return { kind: "device", id: device.id, name: device.name };
}

/** An open event stream that ends with the server, and at once when its device is signed out. */
export function openEventStream(context: Context<ServerEnvironment>, parts: ServerParts): EventStream {
  const { id } = deviceOf(context);
  // Nobody would ever read, or end, the body of an answer to HEAD.
  if (context.req.method === "HEAD")
    throw new ApiError(405, "method_not_allowed", { detail: "A stream has no HEAD." });
  const stream = new EventStream(() => incomingOf(context)?.socket.destroy());
  const close = () => stream.close();
  const forget = parts.devices.onRevoked((revokedId) => {
    if (revokedId === id) close();
  });
  parts.stopping.addEventListener("abort", close);
  stream.closed.addEventListener("abort", () => {
    forget();
    parts.stopping.removeEventListener("abort", close);
  });
  return stream;
}
