/**
 * One line for each request: peer, device, route, status. Of the path only the route's template and never the query, so
 * that no secret can stand in it. Told at `debug`; refusals that somebody should see also at `info`, few of them a minute.
 */
import type { Context, MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { clientAddress } from "./connection.ts";

/** Not 401: a browser that is not paired yet is no news. */
const toldStatuses = new Set([403, 421, 429]);
const toldPerMinute = 20;
const minuteMs = 60_000;

/** Logs each request once its status is known; a stream when it opens. */
export function logRequests(
  parts: ServerParts,
  now: () => number = () => performance.now(),
): MiddlewareHandler<ServerEnvironment> {
  const refusals = new FewAMinute(now);
  return async (context, next) => {
    await next();
    const facts = describeRequest(context, parts);
    const isTold = toldStatuses.has(facts.status) && refusals.take();
    parts.logger[isTold ? "info" : "debug"]("request", facts);
  };
}

function describeRequest(context: Context<ServerEnvironment>, parts: ServerParts) {
  // Undefined when the guard refused before anybody was looked for.
  const authentication: unknown = context.get("authentication");
  return {
    peer: clientAddress(context, parts),
    device: deviceId(authentication),
    method: knownMethod(context.req.method),
    route: routePath(context).replaceAll(/:(\w+)/g, "{$1}"),
    status: context.res.status,
  };
}

function deviceId(authentication: unknown): string | null {
  const isKnown = typeof authentication === "object" && authentication !== null && "device" in authentication;
  const device: unknown = isKnown ? authentication.device : null;
  return typeof device === "object" && device !== null && "id" in device ? String(device.id) : null;
}

/** A method is whatever the client writes: what is none of HTTP's is not repeated. */
function knownMethod(method: string): string {
  return /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/.test(method) ? method : "other";
}

/** So many, and then none until the minute is over: nobody can fill a journal from outside. */
class FewAMinute {
  readonly #now: () => number;
  #since: number;
  #taken = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  take(): boolean {
    if (this.#now() - this.#since >= minuteMs) {
      this.#since = this.#now();
      this.#taken = 0;
    }
    this.#taken += 1;
    return this.#taken <= toldPerMinute;
  }
}
