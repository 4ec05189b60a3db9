/** The cookies of a sign-in that is under way: short-lived, and sent to the calls of signing in alone. */
import type { Context } from "hono";
import { type CookiePlace, readCookie } from "../../access/cookies.ts";
import { requestOrigin } from "../callers/connection.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";

type RequestContext = Context<ServerEnvironment>;

/** `state`: the web flow that is under way; `flow`: the device flow. */
export type SignInCookie = "state" | "flow";

/** Only the calls of signing in get it. `__Host-` would ask for every path. */
export function setSignInCookie(
  context: RequestContext,
  parts: ServerParts,
  cookie: { readonly name: SignInCookie; readonly value: string; readonly maxAgeSeconds: number },
): void {
  const place = requestOrigin(context, parts);
  const secure = place.protocol === "https:" ? "; Secure" : "";
  const line = `${nameOf(cookie.name, place)}=${cookie.value}; Path=/api/auth; Max-Age=${cookie.maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
  context.header("set-cookie", line, { append: true });
}

export function readSignInCookie(
  context: RequestContext,
  parts: ServerParts,
  name: SignInCookie,
): string | null {
  return readCookie(context.req.header("cookie"), nameOf(name, requestOrigin(context, parts)));
}

function nameOf(name: SignInCookie, { protocol }: CookiePlace): string {
  return `${protocol === "https:" ? "__Secure-" : ""}voxpilot_github_${name}`;
}
