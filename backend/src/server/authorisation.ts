/** Who is asking, and whether they may: the device behind a request, and the check that every route goes through. */
import type { MiddlewareHandler } from "hono";
import { bearerToken, readDeviceCookie } from "../access/device-cookie.ts";
import type { Authentication } from "../access/devices.ts";
import type { Device, DeviceRights } from "../protocol/catalogue.ts";
import type { Actor } from "../protocol/session-update.ts";
import { ApiError } from "./errors.ts";
import type { ServerEnvironment, ServerParts } from "./parts.ts";

/** What a route needs: nothing, or a device with at least these rights. */
export type Right = "public" | DeviceRights;

const rank: Readonly<Record<DeviceRights, number>> = { read: 1, approve: 2, full: 3 };

/** Finds the device of each request by its bearer token or its cookie; refuses nothing by itself. */
export function authenticate(parts: ServerParts): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    const token =
      bearerToken(context.req.header("authorization")) ??
      readDeviceCookie(context.req.header("cookie"), parts.cookieName);
    context.set("authentication", token === null ? { type: "unknown" } : parts.devices.authenticate(token));
    await next();
  };
}

/** Lets a request through when its device holds the right: 401 with the reason without a device, 403 with too weak a one. */
export function requireRight(right: Right): MiddlewareHandler<ServerEnvironment> {
  return async (context, next) => {
    if (right !== "public") assertRight(context.get("authentication"), right);
    await next();
  };
}

/** The asking device. Throws 401 when there is none, so that a handler behind a right never sees it happen. */
export function deviceOf(context: { get(key: "authentication"): Authentication }): Device {
  return assertRight(context.get("authentication"), "read");
}

/** A device as the cause of an event. */
export function actorOf(device: Device): Actor {
  return { kind: "device", id: device.id, name: device.name };
}

/** The device when it holds the right, for what a body asks beyond the route's own right. */
export function assertRight(authentication: Authentication, right: DeviceRights): Device {
  if (authentication.type === "revoked") {
    throw new ApiError(401, "device_revoked", {
      detail: "This device was signed out. Pair it again.",
      data: { by: authentication.by, at: authentication.at },
    });
  }
  if (authentication.type === "unknown") {
    throw new ApiError(401, "not_paired", {
      detail: "This needs a paired device. Run `npx voxpilot pair` on the machine.",
    });
  }
  if (rank[authentication.device.rights] < rank[right]) {
    throw new ApiError(403, "forbidden", {
      detail: `This device may not do that: it needs the right “${right}”.`,
      data: { needed: right, rights: authentication.device.rights },
    });
  }
  return authentication.device;
}
