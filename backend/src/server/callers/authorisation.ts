/** Who is asking, and whether they may: the device behind a request, and the check that every route goes through. */
import type { Context, MiddlewareHandler } from "hono";
import { bearerToken, cookieName, deviceToken, readCookie } from "../../access/cookies.ts";
import type { Authentication } from "../../access/devices.ts";
import { isEnough } from "../../access/rights.ts";
import type { Device, DeviceRights } from "../../protocol/device.ts";
import type { Actor } from "../../protocol/session-update.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { clientAddress, requestOrigin } from "./connection.ts";
import { countUnknown, noteTokenRefusal } from "./token-tries.ts";
import { tooManyTries } from "./too-many-tries.ts";

/** What a route needs: nothing, a device with at least these rights, or for `chat` also the GitHub cookie of an allowed login. */
export type Right = "public" | DeviceRights | "chat";

type Asking = { get(key: "authentication"): Authentication };

/** Finds the device of each request by its bearer token or its cookie; refuses nothing by itself, and notes what is refused. */
export function authenticate(parts: ServerParts): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    const token = bearerToken(context.req.header("authorization")) ?? cookieToken(context, parts);
    const known = token === null ? null : parts.devices.authenticate(token, clientAddress(context, parts));
    const hasToken = token !== null || isBearer(context.req.header("authorization"));
    const found = known ?? { type: "unknown" };
    const isGuess = hasToken && found.type === "unknown";
    context.set("authentication", isGuess ? countUnknown(context, parts) : found);
    await next();
    if (hasToken) await noteTokenRefusal(context, parts);
  };
}

/** Lets a request through when its device holds the right: 401 with the reason without a device, 403 with too weak a one. */
export function requireRight(right: Right, parts: ServerParts): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    if (right === "chat") await assertMayChat(context, parts);
    else if (right !== "public") assertRight(context.get("authentication"), right);
    await next();
  };
}

/** The asking device. Throws 401 when there is none, so that a handler behind a right of devices never sees it happen. */
export function deviceOf(context: Asking): Device {
  return assertRight(context.get("authentication"), "read");
}

/** The asking device, or null: nobody, or one that may no longer come in. */
export function pairedDevice(context: Asking): Device | null {
  const authentication = context.get("authentication");
  return authentication.type === "device" ? authentication.device : null;
}

/** A device as the cause of an event. */
export function actorOf(device: Device): Actor {
  return { kind: "device", id: device.id, name: device.name };
}

/** The device when it holds the right, for what a body asks beyond the route's own right. */
export function assertRight(authentication: Authentication, right: DeviceRights): Device {
  if (authentication.type !== "device") throw signedOut(authentication);
  const { device } = authentication;
  if (isEnough(device.rights, right)) return device;
  throw new ApiError(403, "forbidden", {
    detail: `This device may not do that: it needs the right “${right}”.`,
    data: { needed: right, rights: device.rights },
  });
}

/** The asking device when it has given fresh proof: 401 `proof_needed` when not. For what a stolen session must not do. */
export function requireFresh(context: Asking, parts: ServerParts): Device {
  const device = deviceOf(context);
  if (parts.freshProof.freshUntil(device) !== null) return device;
  throw new ApiError(401, "proof_needed", {
    detail:
      "Show that it is you: sign in with GitHub, or give a code from the terminal or another full device.",
  });
}

/** Also one of a shape that no token has. */
function isBearer(header: string | undefined): boolean {
  return /^Bearer\b/i.test(header ?? "");
}

function cookieToken(context: Context<ServerEnvironment>, parts: ServerParts): string | null {
  const name = cookieName(parts.cookieName, requestOrigin(context, parts));
  return deviceToken(context.req.header("cookie"), name);
}

async function assertMayChat(context: Context<ServerEnvironment>, parts: ServerParts): Promise<void> {
  const device = pairedDevice(context);
  if (device !== null && isEnough(device.rights, "approve")) return;
  if (await isAllowedLogin(context, parts)) return;
  assertRight(context.get("authentication"), "approve");
}

async function isAllowedLogin(context: Context<ServerEnvironment>, parts: ServerParts): Promise<boolean> {
  const name = cookieName("gh_token", requestOrigin(context, parts));
  const sealed = readCookie(context.req.header("cookie"), name);
  return ((await parts.gitHub?.allowedUser(sealed)) ?? null) !== null;
}

function signedOut(authentication: Exclude<Authentication, { type: "device" }>): ApiError {
  switch (authentication.type) {
    case "revoked":
      return new ApiError(401, "device_revoked", {
        detail: "This device was signed out. Pair it again.",
        data: { by: authentication.by, at: authentication.at },
      });
    case "expired":
      return new ApiError(401, "expired", {
        detail: "This device was away, or paired, for too long. Pair it again.",
      });
    case "unknown":
      if (authentication.waitMs !== undefined && authentication.waitMs > 0)
        return tooManyTries(authentication.waitMs);
      return new ApiError(401, "not_paired", {
        detail: "This needs a paired device. Run `npx voxpilot pair` on the machine.",
      });
  }
}
