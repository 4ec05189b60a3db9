/** Signing out of GitHub. */
import type { Context } from "hono";
import { clearCookie } from "../../access/cookies.ts";
import type { Device } from "../../protocol/device.ts";
import { auditActor } from "../callers/audit-actor.ts";
import { pairedDevice } from "../callers/authorisation.ts";
import { requestOrigin } from "../callers/connection.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { sealedToken } from "./visitor.ts";

type RequestContext = Context<ServerEnvironment>;

/** Devices that are being signed out: of many calls at once the first does it. */
const signingOut = new Set<string>();

/**
 * Signs a browser out of GitHub, and out of here when that is how it came in; what GitHub cannot be told is logged. What
 * is over already is neither told nor written down again.
 */
export async function signOut(context: RequestContext, parts: ServerParts): Promise<void> {
  const place = requestOrigin(context, parts);
  const device = pairedDevice(context);
  context.header("set-cookie", clearCookie("gh_token", place), { append: true });
  if (device === null) return endSignIn(context, parts, null);
  if (parts.devices.pairedBy(device.id) === "github") {
    context.header("set-cookie", clearCookie(parts.cookieName, place), { append: true });
  }
  if (signingOut.has(device.id)) return;
  signingOut.add(device.id);
  try {
    // As it is now: a call before this one may have done it.
    await endSignIn(context, parts, parts.devices.find(device.id));
  } finally {
    signingOut.delete(device.id);
  }
}

async function endSignIn(context: RequestContext, parts: ServerParts, device: Device | null): Promise<void> {
  const ended = (await parts.gitHub?.signOut(sealedToken(context, parts))) ?? null;
  if (ended !== null && ended.failure !== null) {
    parts.logger.warn("GitHub did not end a token", { reason: ended.failure.reason });
  }
  if (device !== null && parts.devices.pairedBy(device.id) === "github") {
    await revokeOwn(context, parts, device);
  } else if (device !== null && device.login !== null) {
    await parts.devices.setLogin(device.id, null);
  }
  const login = ended?.login ?? device?.login ?? null;
  if (login !== null) await parts.audit.record(auditActor(context, parts), { kind: "signed_out", login });
}

async function revokeOwn(context: RequestContext, parts: ServerParts, device: Device): Promise<void> {
  await parts.devices.revoke(device.id, device.name);
  const { id, name } = device;
  await parts.audit.record(auditActor(context, parts), { kind: "device_revoked", device: id, name });
}
