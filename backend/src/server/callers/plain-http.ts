/**
 * A server with a certificate of its own hears plain http on the same port. It answers there only what a device needs
 * to come to trust that certificate; all else is sent on to https.
 */

import type { Context, MiddlewareHandler } from "hono";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { isServed } from "../static-files.ts";
import { incomingOf, requestOrigin } from "./connection.ts";

const openPaths = new Set(["/trust", "/trust/ca.crt", "/trust/ca.mobileconfig", "/api/trust", "/api/health"]);

/** Lets https through, and plain http where it is harmless; 308 to the same address on https, 403 for what changes something. */
export function refusePlainHttp(parts: ServerParts): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    if (!isPlainHttp(context, parts)) return next();
    const { method, path } = context.req;
    const isReading = method === "GET" || method === "HEAD";
    if (isReading && (openPaths.has(path) || isPageFile(path))) return next();
    if (!isReading)
      throw new ApiError(403, "forbidden", { detail: "This server takes that over https only." });
    const { pathname, search } = new URL(context.req.url);
    return context.redirect(`${requestOrigin(context, parts).origin}${pathname}${search}`, 308);
  };
}

/** A call of the API may look like a file: `/api/sessions/main.js`. */
function isPageFile(path: string): boolean {
  return isServed(path) && path.split("/")[1]?.toLowerCase() !== "api";
}

/** Whether a request came in the clear to a server that has https: its page, if any, has an origin of http. */
export function isPlainHttp(context: Context<ServerEnvironment>, parts: ServerParts): boolean {
  return parts.trust !== null && !isEncrypted(context) && !isFromProxy(context, parts);
}

function isEncrypted(context: Context<ServerEnvironment>): boolean {
  const incoming = incomingOf(context);
  return incoming === undefined || "encrypted" in incoming.socket;
}

/** The owner's proxy did the encrypting, under the public address. */
function isFromProxy(context: Context<ServerEnvironment>, { proxies, reach }: ServerParts): boolean {
  const peer = incomingOf(context)?.socket.remoteAddress ?? "";
  const publicHost = reach.publicUrl === null ? null : new URL(reach.publicUrl).host;
  return context.req.header("host") === publicHost && proxies.isTrusted(peer);
}
