/** This device, and all devices: list, rename or limit, sign out. */
import * as z from "zod";
import { Device, DeviceRights, ThisDevice } from "../../protocol/catalogue.ts";
import { deviceOf } from "../authorisation.ts";
import { ApiError } from "../errors.ts";
import type { ServerParts } from "../parts.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";

export const DeviceList = z.object({ devices: z.array(Device) }).meta({ id: "DeviceList" });
const PatchDevice = z
  .object({ name: z.string().trim().min(1).max(80).optional(), rights: DeviceRights.optional() })
  .meta({ id: "PatchDevice" });
const byId = z.object({ id: z.string() });

/** A device as it sees itself, with the machine it talks to. */
export function describeDevice(device: Device, parts: ServerParts): z.infer<typeof ThisDevice> {
  const { version, machine, address, isDemo } = parts.server;
  return {
    id: device.id,
    name: device.name,
    rights: device.rights,
    server: { version, machine, address, https: address.startsWith("https:"), demo: isDemo },
  };
}

export const deviceRoutes = [
  route(
    {
      method: "get",
      path: "/api/device",
      right: "read",
      summary: "This device and the machine it talks to",
      responses: { 200: { description: "This device.", content: jsonContent(ThisDevice) } },
    },
    (context, parts) => context.json(describeDevice(deviceOf(context), parts), 200),
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
      summary: "Rename a device or limit its rights",
      request: { params: byId, body: jsonBody(PatchDevice) },
      responses: { 200: { description: "As it is now.", content: jsonContent(Device) } },
    },
    async (context, parts) => {
      const changed = await parts.devices.change(context.req.valid("param").id, context.req.valid("json"));
      if (changed === null) throw unknownDevice();
      return context.json(changed, 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/devices/{id}",
      right: "full",
      summary: "Sign a device out at once",
      request: { params: byId },
      responses: { 204: { description: "Signed out." } },
    },
    async (context, parts) => {
      const isRevoked = await parts.devices.revoke(context.req.valid("param").id, deviceOf(context).name);
      if (!isRevoked) throw unknownDevice();
      return context.body(null, 204);
    },
  ),
];

function unknownDevice(): ApiError {
  return new ApiError(404, "not_found", { detail: "There is no device of that id." });
}
