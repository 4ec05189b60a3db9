/** Opens the event stream of a request, and ties it to the server and to the device that reads it. */
import type { Context } from "hono";
import { pairedDevice } from "../callers/authorisation.ts";
import { incomingOf } from "../callers/connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { EventStream } from "./event-stream.ts";

/** A device that stays connected comes again after so long: then it is seen, and asked whether it still may. */
const openForMs = 12 * 60 * 60_000;

/**
 * An open event stream that ends with the server, and at once when its device is signed out or gets lower rights.
 * Throws 405 for HEAD.
 */
export function openEventStream(context: Context<ServerEnvironment>, parts: ServerParts): EventStream {
  // With the right `chat` there may be none.
  const device = pairedDevice(context);
  // Nobody would ever read, or end, the body of an answer to HEAD.
  if (context.req.method === "HEAD")
    throw new ApiError(405, "method_not_allowed", { detail: "A stream has no HEAD." });
  const stream = new EventStream(() => incomingOf(context)?.socket.destroy());
  const close = () => stream.close();
  const forget = parts.devices.onReduced((reducedId) => {
    if (reducedId === device?.id) close();
  });
  const timer = setTimeout(close, openForMs).unref();
  parts.stopping.addEventListener("abort", close);
  stream.closed.addEventListener("abort", () => {
    forget();
    clearTimeout(timer);
    parts.stopping.removeEventListener("abort", close);
  });
  return stream;
}
