/** Who is at the other end of a request, as far as the connection tells. */
import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import type { ServerEnvironment } from "./parts.ts";

/** The Node request behind a context; undefined when the app is called without a port. */
export function incomingOf(context: Context<ServerEnvironment>): IncomingMessage | undefined {
  // `env` is undefined at run time in that case, whatever its type says.
  return (context.env as ServerEnvironment["Bindings"] | undefined)?.incoming;
}

/** The socket's peer: forwarded headers count for nothing. */
export function clientAddress(context: Context<ServerEnvironment>): string {
  return incomingOf(context)?.socket.remoteAddress ?? "in-process";
}
