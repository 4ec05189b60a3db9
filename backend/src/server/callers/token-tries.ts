/** Device tokens that open nothing: slowed down when nobody knows them, and written down. */
import type { Context } from "hono";
import type { Authentication } from "../../access/devices.ts";
import { clientKey } from "../../access/throttle.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { auditActor } from "./audit-actor.ts";
import { clientAddress } from "./connection.ts";

/** Counts a token that is not known. Only who comes without a good one ever waits, and never for what is public. */
export function countUnknown(context: Context<ServerEnvironment>, parts: ServerParts): Authentication {
  const waitMs = parts.tokenThrottle.take(clientKey(clientAddress(context, parts)));
  return { type: "unknown", waitMs };
}

/** Writes it down when the request was refused for what its token is not good for. */
export async function noteTokenRefusal(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
): Promise<void> {
  const reason = reasonOf(context.error, context.get("authentication"));
  if (reason === null) return;
  await parts.audit.record(auditActor(context, parts), { kind: "refused", what: "token", reason, count: 1 });
}

function reasonOf(error: unknown, authentication: Authentication): string | null {
  if (!(error instanceof ApiError)) return null;
  const { type } = authentication;
  const { needed } = error.extras.data ?? {};
  switch (type) {
    case "device":
      return error.code === "forbidden" && needed !== undefined ? "right" : null;
    case "revoked":
      return error.code === "device_revoked" ? type : null;
    case "expired":
      return error.code === "expired" ? type : null;
    case "unknown":
      return error.code === "not_paired" || isHeldUp(error, authentication.waitMs) ? type : null;
  }
}

function isHeldUp({ code }: ApiError, waitMs = 0): boolean {
  return waitMs > 0 && code === "too_many_tries";
}
