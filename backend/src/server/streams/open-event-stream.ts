/** Opens the event stream of a request, and ties it to the server and to the device that reads it. */
import type { Context } from "hono";
import { deviceOf } from "../authorisation.ts";
import { incomingOf } from "../connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { EventStream } from "./event-stream.ts";

/** An open event stream that ends with the server, and at once when its device is signed out. Throws 405 for HEAD. */
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
