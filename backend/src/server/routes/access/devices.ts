/** This device, and all devices: list, rename or limit, sign out, and proving that it is still the owner who holds one. */
import type { Context } from "hono";
import * as z from "zod";
import { clearCookie } from "../../../access/cookies.ts";
import { LastFullDevice } from "../../../access/devices.ts";
import { Device, DeviceName, DeviceRights, ThisDevice } from "../../../protocol/device.ts";
import { auditActor } from "../../callers/audit-actor.ts";
import { assertRight, deviceOf, requireFresh } from "../../callers/authorisation.ts";
import { redeemCode } from "../../callers/code-entry.ts";
import { requestOrigin } from "../../callers/connection.ts";
import { describeDevice } from "../../callers/describe-device.ts";
import { ApiError } from "../../errors.ts";
import type { ServerEnvironment, ServerParts } from "../../parts.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";

/** Devices, oldest first. */
export const DeviceList = z.object({ devices: z.array(Device) }).meta({ id: "DeviceList" });
const PatchDevice = z
  .object({ name: DeviceName.optional(), rights: DeviceRights.optional() })
  .meta({ id: "PatchDevice" });
type PatchDevice = z.infer<typeof PatchDevice>;
const GiveProof = z.object({ code: z.string().max(64) }).meta({ id: "GiveProof" });
const byId = z.object({ id: z.string() });

export const deviceRoutes = [
  route(
    {
      method: "get",
      path: "/api/device",
      right: "read",
      summary: "This device and the machine it talks to",
      responses: { 200: { description: "This device.", content: jsonContent(ThisDevice) } },
    },
    (context, parts) => context.json(describeDevice(deviceOf(context), context, parts), 200),
  ),
  route(
    {
      method: "post",
      path: "/api/device/proof",
      right: "full",
      summary:
        "Show with a code of the terminal or of another full device that it is you; good for five minutes",
      request: { body: jsonBody(GiveProof) },
      responses: { 200: { description: "Proof is fresh now.", content: jsonContent(ThisDevice) } },
    },
    async (context, parts) => {
      const device = deviceOf(context);
      await redeemCode(context, parts, { code: context.req.valid("json").code, proves: device.id });
      parts.freshProof.note(device.id);
      await parts.audit.record(auditActor(context, parts), { kind: "proof_given", how: "code" });
      return context.json(describeDevice(device, context, parts), 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/devices",
      right: "full",
      summary: "All paired devices",
      responses: { 200: { description: "Oldest first.", content: jsonContent(DeviceList) } },
    },
    (context, parts) => context.json({ devices: [...parts.devices.list()] }, 200),
  ),
  route(
    {
      method: "patch",
      path: "/api/devices/{id}",
      right: "full",
      summary: "Rename a device or change its rights; giving full rights needs fresh proof",
      request: { params: byId, body: jsonBody(PatchDevice) },
      responses: { 200: { description: "As it is now.", content: jsonContent(Device) } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const change = context.req.valid("json");
      if (change.rights === "full" && parts.devices.find(id)?.rights !== "full") requireFresh(context, parts);
      const { name, rights, ...rest } = await changeDevice(id, change, parts);
      const record = { kind: "device_changed", device: id, name, rights } as const;
      await parts.audit.record(auditActor(context, parts), record);
      return context.json({ name, rights, ...rest }, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/devices",
      right: "full",
      summary: "Sign all other devices out at once; needs fresh proof",
      responses: { 200: { description: "Those that were signed out.", content: jsonContent(DeviceList) } },
    },
    async (context, parts) => {
      // Whoever stole a session must not shut everybody else out with one call.
      const own = requireFresh(context, parts);
      const devices = await parts.devices.revokeAll(own.id, own.name);
      for (const { id, name } of devices) await recordRevoked(context, parts, { id, name });
      return context.json({ devices: [...devices] }, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/devices/{id}",
      // Every device may sign itself out; any other needs full rights, which the handler asks for.
      right: "read",
      summary: "Sign a device out at once; its own cookies are taken away",
      request: { params: byId },
      responses: { 204: { description: "Signed out." } },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const own = deviceOf(context);
      if (id !== own.id) assertRight(context.get("authentication"), "full");
      const device = parts.devices.find(id);
      if (device === null) throw unknownDevice();
      if (!(await parts.devices.revoke(id, own.name))) throw unknownDevice();
      await recordRevoked(context, parts, device);
      if (id === own.id) clearCookies(context, parts);
      return context.body(null, 204);
    },
  ),
];

async function changeDevice(id: string, change: PatchDevice, parts: ServerParts): Promise<Device> {
  try {
    const changed = await parts.devices.change(id, change);
    if (changed === null) throw unknownDevice();
    return changed;
  } catch (error) {
    if (!(error instanceof LastFullDevice)) throw error;
    throw new ApiError(409, "last_full_device", {
      detail: "This is the only device with full rights. Give them to another one first.",
    });
  }
}

async function recordRevoked(
  context: Context<ServerEnvironment>,
  parts: ServerParts,
  device: Pick<Device, "id" | "name">,
): Promise<void> {
  const record = { kind: "device_revoked", device: device.id, name: device.name } as const;
  await parts.audit.record(auditActor(context, parts), record);
}

/** What the browser holds is worth nothing any more, but the sealed GitHub token would be. */
function clearCookies(context: Context<ServerEnvironment>, parts: ServerParts): void {
  const origin = requestOrigin(context, parts);
  for (const name of [parts.cookieName, "gh_token"])
    context.header("set-cookie", clearCookie(name, origin), { append: true });
}

function unknownDevice(): ApiError {
  return new ApiError(404, "not_found", { detail: "There is no device of that id." });
}
