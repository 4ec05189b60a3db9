/** Opens the event stream of a request, and ties it to the server and to the device that reads it. */
import type { Context } from "hono";
import { deviceOf } from "../callers/authorisation.ts";
import { incomingOf } from "../callers/connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { accepts } from "./content-encoding.ts";
import { tieToDevice } from "./device-tie.ts";
import { EventStream } from "./event-stream.ts";

/** A device that stays connected comes again after so long: then it is seen, and asked whether it still may. */
const openForMs = 12 * 60 * 60_000;

/**
 * An open event stream that ends with the server, and at once when its device is signed out or gets lower rights.
 * Compressed where the client takes it. Throws 405 for HEAD.
 */
export function openEventStream(context: Context<ServerEnvironment>, parts: ServerParts): EventStream {
  // Nobody would ever read, or end, the body of an answer to HEAD.
  if (context.req.method === "HEAD")
    throw new ApiError(405, "method_not_allowed", { detail: "A stream has no HEAD." });
  const encoding = accepts(context.req.header("accept-encoding"), "gzip") ? "gzip" : "identity";
  const stream = new EventStream(() => incomingOf(context)?.socket.destroy(), encoding);
  const close = () => stream.close();
  const untie = tieToDevice(context, parts, close);
  const timer = setTimeout(close, openForMs).unref();
  stream.closed.addEventListener("abort", () => {
    untie();
    clearTimeout(timer);
  });
  return stream;
}

/** The same for a device that follows sessions: it has so many of them at most, and its oldest ends for one too many. */
export function followingStream(context: Context<ServerEnvironment>, parts: ServerParts): EventStream {
  const stream = openEventStream(context, parts);
  parts.openStreams.add(deviceOf(context).id, stream);
  return stream;
}
