/** Who signs in, and what with. */
import type { Context } from "hono";
import { cookieName, readCookie } from "../../access/cookies.ts";
import type { GitHubSignIn } from "../../access/github/github-sign-in.ts";
import { clientKey } from "../../access/throttle.ts";
import type { AuditActor } from "../../protocol/audit.ts";
import type { Device } from "../../protocol/device.ts";
import { auditActor } from "../callers/audit-actor.ts";
import { pairedDevice } from "../callers/authorisation.ts";
import { clientAddress, requestOrigin } from "../callers/connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { browserName } from "./browser-name.ts";

type RequestContext = Context<ServerEnvironment>;

/** Who signs in, as the request showed that began it. */
export interface Visitor {
  /** The device that asks; null: a browser that is not paired. */
  readonly device: Device | null;
  /** Of the device that it may become. */
  readonly name: string;
  readonly actor: AuditActor;
  readonly address: string;
  /** Under which name its tries are counted. */
  readonly client: string;
  /** Its `gh_token` cookie, which the new one replaces. */
  readonly sealed: string | null;
}

/** Reads it from the request; `name` null: the browser's own. */
export function visitorOf(context: RequestContext, parts: ServerParts, name: string | null): Visitor {
  const address = clientAddress(context, parts);
  return {
    device: pairedDevice(context),
    name: name ?? browserName(context.req.header("user-agent")),
    actor: auditActor(context, parts),
    address,
    client: clientKey(address),
    sealed: sealedToken(context, parts),
  };
}

/** GitHub sign-in, or 409 `github_not_configured` where a server has none. */
export function gitHubOf(parts: ServerParts): GitHubSignIn {
  if (parts.gitHub !== null) return parts.gitHub;
  throw notConfigured("Signing in with GitHub is switched off here.");
}

/** 409: this way of signing in is not set up. */
export function notConfigured(detail: string): ApiError {
  return new ApiError(409, "github_not_configured", { detail: `${detail} See docs/github.md.` });
}

/** The value of the request's `gh_token` cookie, or null. */
export function sealedToken(context: RequestContext, parts: ServerParts): string | null {
  return readCookie(context.req.header("cookie"), cookieName("gh_token", requestOrigin(context, parts)));
}
