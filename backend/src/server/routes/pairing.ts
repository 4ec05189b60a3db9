/** Pairing a browser with a one-time code, and making such codes. */

import * as z from "zod";
import { deviceCookie } from "../../access/device-cookie.ts";
import { ThisDevice } from "../../protocol/catalogue.ts";
import { Timestamp } from "../../protocol/identifiers.ts";
import { clientAddress } from "../connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerParts } from "../parts.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";
import { describeDevice } from "./devices.ts";

const Pair = z
  .object({ code: z.string().max(64), name: z.string().trim().min(1).max(80) })
  .meta({ id: "Pair" });

export const PairingCodeView = z
  .object({ code: z.string(), expiresAt: Timestamp, url: z.string() })
  .meta({ id: "PairingCode" });

export const pairingRoutes = [
  route(
    {
      method: "post",
      path: "/api/pair",
      right: "public",
      summary: "Pair this browser with a one-time code; sets the device cookie",
      request: { body: jsonBody(Pair) },
      responses: { 200: { description: "Paired.", content: jsonContent(ThisDevice) } },
    },
    async (context, parts) => {
      const { code, name } = context.req.valid("json");
      await redeem(parts, code, clientAddress(context));
      const { device, token } = await parts.devices.add({ name, rights: "full" });
      context.header("set-cookie", deviceCookie(parts.cookieName, token));
      return context.json(describeDevice(device, parts), 200);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/pair/codes",
      right: "full",
      summary: "Make a one-time code for another device",
      request: { body: jsonBody(z.object({})) },
      responses: {
        201: { description: "Good for ten minutes, once.", content: jsonContent(PairingCodeView) },
      },
    },
    async (context, parts) => {
      const made = await parts.pairing.create();
      return context.json({ ...made, url: `${parts.server.address}/pair#${made.code}` }, 201);
    },
  ),
];

async function redeem(parts: ServerParts, code: string, client: string): Promise<void> {
  const waitMs = parts.throttle.waitMs(client);
  if (waitMs > 0) {
    const retryAfterSeconds = Math.ceil(waitMs / 1000);
    throw new ApiError(429, "too_many_tries", {
      detail: `Too many tries. Wait ${retryAfterSeconds} s.`,
      data: { retryAfterSeconds },
      headers: { "retry-after": String(retryAfterSeconds) },
    });
  }
  const outcome = await parts.pairing.redeem(code);
  if (outcome === "accepted") return;
  parts.throttle.fail(client);
  if (outcome === "expired") {
    throw new ApiError(410, "code_expired", {
      detail: "That code was used or has expired. Run `npx voxpilot pair`.",
    });
  }
  throw new ApiError(404, "code_unknown", {
    detail: "That code is not known. Run `npx voxpilot pair` for a new one.",
  });
}
