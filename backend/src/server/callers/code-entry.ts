/** A one-time code that somebody typed: slowed down, told apart, and written down when it was refused. */
import type { Context } from "hono";
import type { CodeOrigin } from "../../access/pairing.ts";
import { clientKey } from "../../access/throttle.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { auditActor } from "./audit-actor.ts";
import { clientAddress } from "./connection.ts";
import { tooManyTries } from "./too-many-tries.ts";

export interface EnteredCode {
  readonly code: string;
  /** The device that wants to prove itself; null: the code pairs a new one. */
  readonly proves: string | null;
}

/**
 * Takes the code in. Throws 429 `too_many_tries`, 404 `code_unknown`, 410 `code_expired`, and 403 for a code that would
 * prove the device that made it.
 */
export async function redeemCode(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
  { code, proves }: EnteredCode,
): Promise<CodeOrigin> {
  // Strangers must not be able to keep the owner's device from proving itself.
  const throttle = proves === null ? parts.throttle : parts.proofThrottle;
  const client = proves ?? clientKey(clientAddress(context, parts));
  const waitMs = throttle.take(client);
  if (waitMs > 0) throw await refused(context, parts, tooManyTries(waitMs));
  const redemption = await parts.pairing.redeem(code, (origin) => isVouchedFor(origin, proves, parts));
  switch (redemption.outcome) {
    case "accepted":
      throttle.giveBack(client);
      return redemption;
    case "unfit":
      throw await refused(context, parts, proves === null ? codeExpired() : provesNothing());
    case "expired":
      throw await refused(context, parts, codeExpired());
    case "unknown":
      throw await refused(context, parts, codeUnknown());
  }
}

/** The terminal's word always counts; a device's while it has full rights, and never for itself. */
function isVouchedFor({ madeBy }: CodeOrigin, proves: string | null, parts: ServerParts): boolean {
  return madeBy === null || (madeBy !== proves && parts.devices.find(madeBy)?.rights === "full");
}

async function refused(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
  error: ApiError,
): Promise<ApiError> {
  await parts.audit.record(auditActor(context, parts), {
    kind: "refused",
    what: "code",
    reason: error.code,
    count: 1,
  });
  return error;
}

function codeExpired(): ApiError {
  return new ApiError(410, "code_expired", {
    detail: "That code was used or has expired. Run `npx voxpilot pair`.",
  });
}

function codeUnknown(): ApiError {
  return new ApiError(404, "code_unknown", {
    detail: "That code is not known. Run `npx voxpilot pair` for a new one.",
  });
}

function provesNothing(): ApiError {
  return new ApiError(403, "forbidden", {
    detail: "A code proves something only when the terminal or another full device made it.",
    data: { reason: "own_code" },
  });
}
