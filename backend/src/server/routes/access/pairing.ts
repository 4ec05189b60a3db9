/** Pairing a browser with a one-time code, and making such codes. */
import * as z from "zod";
import { setDeviceCookie } from "../../../access/cookies.ts";
import { DeviceName, DeviceRights, ThisDevice } from "../../../protocol/device.ts";
import { Timestamp } from "../../../protocol/identifiers.ts";
import { auditActor, deviceAuditActor } from "../../callers/audit-actor.ts";
import { deviceOf, requireFresh } from "../../callers/authorisation.ts";
import { redeemCode } from "../../callers/code-entry.ts";
import { clientAddress, requestOrigin } from "../../callers/connection.ts";
import { describeDevice } from "../../callers/describe-device.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";

const Pair = z.object({ code: z.string().max(64), name: DeviceName }).meta({ id: "Pair" });

const MakeCode = z.object({ rights: DeviceRights.default("full") }).meta({ id: "MakeCode" });

/** A new code and the link that holds it. */
export const PairingCodeView = z
  .object({ code: z.string(), expiresAt: Timestamp, rights: DeviceRights, url: z.string() })
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
      const { rights } = await redeemCode(context, parts, { code, proves: null });
      const address = clientAddress(context, parts);
      const { device, token } = await parts.devices.add({ name, rights, pairedBy: "code", address });
      const record = { kind: "device_paired", device: device.id, name, rights, how: "code" } as const;
      await parts.audit.record(deviceAuditActor(device, context, parts), record);
      const cookie = setDeviceCookie(parts.cookieName, requestOrigin(context, parts), token);
      context.header("set-cookie", cookie, { append: true });
      return context.json(describeDevice(device, context, parts), 200);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/pair/codes",
      right: "full",
      summary: "Make a one-time code for another device; one for full rights needs fresh proof",
      request: { body: jsonBody(MakeCode) },
      responses: {
        201: { description: "Good for ten minutes, once.", content: jsonContent(PairingCodeView) },
      },
    },
    async (context, parts) => {
      const { rights } = context.req.valid("json");
      const device = rights === "full" ? requireFresh(context, parts) : deviceOf(context);
      const made = await parts.pairing.create({ rights, madeBy: device.id });
      await parts.audit.record(auditActor(context, parts), { kind: "code_made", rights });
      return context.json({ ...made, url: `${parts.server.address}/pair#${made.code}` }, 201);
    },
  ),
];
