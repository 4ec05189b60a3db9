/** What the command line does to the list of those who may come in: on the files, or through a running server. */
import * as z from "zod";
import { commandLineActor } from "../../access/audit/audit-actors.ts";
import type { AuditLog } from "../../access/audit/audit-log.ts";
import { type DeviceStore, LastFullDevice } from "../../access/devices.ts";
import type { PairingCodes } from "../../access/pairing.ts";
import type { AuditRecord } from "../../protocol/audit.ts";
import { Device, DeviceRights } from "../../protocol/device.ts";

export const NewCode = z.object({
  code: z.string(),
  expiresAt: z.string(),
  rights: DeviceRights,
  address: z.string(),
  /** Where the server listens; null: none runs. */
  bound: z.object({ host: z.string(), port: z.int() }).nullable(),
});
export type NewCode = z.infer<typeof NewCode>;

export const NewDevice = z.object({ device: Device, token: z.string() });
export type NewDevice = z.infer<typeof NewDevice>;

export const LimitOutcome = z.discriminatedUnion("type", [
  z.object({ type: z.literal("changed"), device: Device }),
  z.object({ type: z.literal("unknown") }),
  /** Nobody with full rights would be left. */
  z.object({ type: z.literal("last_full_device") }),
]);
export type LimitOutcome = z.infer<typeof LimitOutcome>;

/** The same things, wherever they are done. Each is written down as done by the command line. */
export interface AccessControl {
  createCode(rights: DeviceRights): Promise<NewCode>;
  listDevices(): Promise<readonly Device[]>;
  /** Adds a device for a script. */
  addDevice(entry: { readonly name: string; readonly rights: DeviceRights }): Promise<NewDevice>;
  limitDevice(id: string, rights: DeviceRights): Promise<LimitOutcome>;
  /** False when there is none of that id. */
  revokeDevice(id: string): Promise<boolean>;
  /** Those that were signed out. */
  revokeAllDevices(): Promise<readonly Device[]>;
}

export interface AccessStores {
  readonly devices: DeviceStore;
  readonly pairing: PairingCodes;
  readonly audit: Pick<AuditLog, "record">;
  /** Where the server is, or will be, reached. */
  readonly address: () => string;
  readonly bound: NewCode["bound"];
}

/** Works on the stores of this process. */
export function localAccess({ devices, pairing, audit, address, bound }: AccessStores): AccessControl {
  const note = (record: AuditRecord) => audit.record(commandLineActor, record);
  const noteRevoked = (device: Device) =>
    note({ kind: "device_revoked", device: device.id, name: device.name });
  return {
    async createCode(rights) {
      const made = await pairing.create({ rights, madeBy: null });
      await note({ kind: "code_made", rights });
      return { ...made, address: address(), bound };
    },
    listDevices: async () => devices.list(),
    async addDevice({ name, rights }) {
      const added = await devices.add({ name, rights, pairedBy: "command_line" });
      await note({ kind: "device_paired", device: added.device.id, name, rights, how: "command_line" });
      return added;
    },
    async limitDevice(id, rights) {
      const outcome = await limit(devices, id, rights);
      if (outcome.type === "changed")
        await note({ kind: "device_changed", device: id, name: outcome.device.name, rights });
      return outcome;
    },
    async revokeDevice(id) {
      const device = devices.find(id);
      const isRevoked = await devices.revoke(id, null);
      if (isRevoked && device !== null) await noteRevoked(device);
      return isRevoked;
    },
    async revokeAllDevices() {
      const revoked = await devices.revokeAll(null, null);
      for (const device of revoked) await noteRevoked(device);
      return revoked;
    },
  };
}

async function limit(devices: DeviceStore, id: string, rights: DeviceRights): Promise<LimitOutcome> {
  try {
    const device = await devices.change(id, { rights });
    return device === null ? { type: "unknown" } : { type: "changed", device };
  } catch (error) {
    if (error instanceof LastFullDevice) return { type: "last_full_device" };
    throw error;
  }
}
