/** What the command line does to the list of those who may come in: on the files, or through a running server. */
import * as z from "zod";
import type { DeviceStore } from "../access/devices.ts";
import type { PairingCodes } from "../access/pairing.ts";
import { Device } from "../protocol/catalogue.ts";

export const NewCode = z.object({
  code: z.string(),
  expiresAt: z.string(),
  address: z.string(),
  /** Where the server listens; null: none runs. */
  bound: z.object({ host: z.string(), port: z.int() }).nullable(),
});
export type NewCode = z.infer<typeof NewCode>;

export const NewDevice = z.object({ device: Device, token: z.string() });
export type NewDevice = z.infer<typeof NewDevice>;

/** The same four things, wherever they are done. */
export interface AccessControl {
  createCode(): Promise<NewCode>;
  listDevices(): Promise<readonly Device[]>;
  /** Adds a device with full rights, for a script. */
  addDevice(name: string): Promise<NewDevice>;
  /** False when there is none of that id. */
  revokeDevice(id: string): Promise<boolean>;
}

/** Works on the stores of this process. `address` is where the server is, or will be, reached. */
export function localAccess(stores: {
  readonly devices: DeviceStore;
  readonly pairing: PairingCodes;
  readonly address: () => string;
  readonly bound: NewCode["bound"];
}): AccessControl {
  const { devices, pairing, address, bound } = stores;
  return {
    createCode: async () => ({ ...(await pairing.create()), address: address(), bound }),
    listDevices: async () => devices.list(),
    addDevice: (name) => devices.add({ name, rights: "full" }),
    revokeDevice: (id) => devices.revoke(id, null),
  };
}
