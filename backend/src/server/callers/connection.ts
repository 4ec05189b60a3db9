/** Who is at the other end of a request and how it came, as far as the connection and the owner's proxies tell. */
import type { IncomingMessage } from "node:http";
import type { Context } from "hono";
import { isLoopback } from "../../access/request-guard.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";

/** The Node request behind a context; undefined when the app is called without a port. */
export function incomingOf(context: Context<ServerEnvironment>): IncomingMessage | undefined {
  // `env` is undefined at run time in that case, whatever its type says.
  return (context.env as ServerEnvironment["Bindings"] | undefined)?.incoming;
}

/** The client's address: the socket's peer, or whom a trusted proxy names. No other header says who asks. */
export function clientAddress(
  context: Context<ServerEnvironment>,
  { proxies }: Pick<ServerParts, "proxies">,
): string {
  const peer = incomingOf(context)?.socket.remoteAddress;
  if (peer === undefined) return "in-process";
  return proxies.clientOf(peer, context.req.header("x-forwarded-for"));
}

/** The origin that the request's `Host` stands for. It decides whether cookies are those of https. */
export function requestOrigin(
  context: Context<ServerEnvironment>,
  { allowed }: Pick<ServerParts, "allowed">,
): URL {
  const origin = allowed.origins.get(context.req.header("host") ?? "");
  // The guard has let only such hosts through; an address may have gone since.
  if (origin === undefined)
    throw new ApiError(421, "foreign_host", { detail: "This server does not answer to that Host." });
  return new URL(origin);
}

/** Whether this very request is https, and whether others on its way can read along. */
export function describeConnection(
  context: Context<ServerEnvironment>,
  parts: Pick<ServerParts, "allowed">,
): { readonly https: boolean; readonly notEncrypted: boolean } {
  const { protocol, hostname } = requestOrigin(context, parts);
  const https = protocol === "https:";
  return { https, notEncrypted: !https && !isLoopback(hostname) };
}
