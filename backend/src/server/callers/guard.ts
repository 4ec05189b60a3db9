/** Puts every request before the rules of `access/request-guard.ts`, before anything else looks at it. */

import type { Context, MiddlewareHandler } from "hono";
import {
  type GuardRefusal,
  inPlainHttp,
  judgeRequest,
  type RequestFacts,
} from "../../access/request-guard.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { auditActor } from "./audit-actor.ts";
import { incomingOf } from "./connection.ts";
import { isPlainHttp } from "./plain-http.ts";

/** Refuses what is not meant for this server, and writes it down: a foreign host with 421, a foreign page or an upgrade with 403. */
export function guardRequests(parts: ServerParts): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    const allowed = isPlainHttp(context, parts) ? inPlainHttp(parts.allowed) : parts.allowed;
    const refusal = judgeRequest(factsOf(context), allowed);
    if (refusal === null) return next();
    const what = refusal === "foreign_host" ? "host" : "origin";
    await parts.audit.record(auditActor(context, parts), {
      kind: "refused",
      what,
      reason: refusal,
      count: 1,
    });
    throw refusalError(refusal);
  };
}

function factsOf(context: Context<ServerEnvironment>): RequestFacts {
  const header = (name: string) => context.req.header(name);
  return {
    method: context.req.method,
    path: context.req.path,
    ...authorities(context),
    origin: header("origin"),
    fetchSite: header("sec-fetch-site"),
    fetchMode: header("sec-fetch-mode"),
    accept: header("accept"),
    upgrade: header("upgrade"),
  };
}

/** Node keeps only the first of several `Host` headers, so the raw list is what counts. */
function authorities(context: Context<ServerEnvironment>): Pick<RequestFacts, "hosts" | "target"> {
  const incoming = incomingOf(context);
  if (incoming === undefined) {
    const host = context.req.header("host");
    return { hosts: host === undefined ? [] : [host], target: undefined };
  }
  const raw = incoming.rawHeaders;
  const hosts = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === "host");
  const isAbsolute = !incoming.url?.startsWith("/");
  return { hosts, target: isAbsolute ? authorityOf(context.req.url) : undefined };
}

/** With its user name, which no `Host` has. */
function authorityOf(address: string): string {
  const { username, password, host } = new URL(address);
  return username === "" && password === "" ? host : `${username}:${password}@${host}`;
}

function refusalError(refusal: GuardRefusal): ApiError {
  switch (refusal) {
    case "foreign_host":
      return new ApiError(421, refusal, {
        detail:
          "This server does not answer to that Host. Set VOXPILOT_PUBLIC_URL to the address that is used.",
      });
    case "foreign_origin":
      return new ApiError(403, refusal, { detail: "The request comes from another site." });
    case "upgrade_refused":
      return new ApiError(403, refusal, { detail: "This server does not switch protocols." });
  }
}
