/** A device as it sees itself, with the machine that it talks to. */
import { homedir } from "node:os";
import type { Context } from "hono";
import type { Device, ThisDevice } from "../../protocol/device.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { describeConnection } from "./connection.ts";

/** What `GET /api/device` says, of the request that asks. */
export function describeDevice(
  device: Device,
  context: Context<ServerEnvironment>,
  parts: ServerParts,
): ThisDevice {
  const { version, machine, address, isDemo } = parts.server;
  return {
    id: device.id,
    name: device.name,
    rights: device.rights,
    login: device.login,
    freshUntil: parts.freshProof.freshUntil(device)?.toISOString() ?? null,
    server: {
      version,
      machine,
      address,
      home: homedir(),
      ...describeConnection(context, parts),
      github: parts.gitHub?.app ?? null,
      disk: parts.freeSpace.room,
      demo: isDemo,
    },
  };
}
