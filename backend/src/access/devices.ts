/** The devices that may come in: kept in `<state>/devices.json`. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Device, DeviceRights } from "../protocol/device.ts";
import type { DurableFiles } from "../workspace/durable-files.ts";
import { OneByOne } from "../workspace/one-by-one.ts";
import { readState, writeState } from "../workspace/state-file.ts";
import {
  DevicesFile,
  isExpired,
  type KnownDevice,
  type PairedBy,
  publicDevice,
  type Revocation,
  type Revoked,
} from "./device-file.ts";
import { isEnough } from "./rights.ts";
import { createToken, equalHashes, hashSecret } from "./secret.ts";

const rememberedRevocations = 1_000;
const lastSeenEveryMs = 60_000;

/** What a token turned out to be. */
export type Authentication =
  | { readonly type: "device"; readonly device: Device }
  | ({ readonly type: "revoked" } & Revocation)
  | { readonly type: "expired" }
  /** `waitMs`: its client has tried so many that it must wait. */
  | { readonly type: "unknown"; readonly waitMs?: number };

/** Without it nobody could change settings or let another device in. */
export class LastFullDevice extends Error {
  override readonly name = "LastFullDevice";

  constructor() {
    super("This is the only device with full rights.");
  }
}

export interface DeviceStoreOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly now?: () => Date;
}

export interface NewDeviceEntry {
  readonly name: string;
  readonly rights: DeviceRights;
  /** Default: `command_line`. */
  readonly pairedBy?: PairedBy;
  readonly login?: string | null;
  readonly address?: string | null;
}

/** What is to be another; what is absent stays. */
export interface DeviceChange {
  readonly name?: string | undefined;
  readonly rights?: DeviceRights | undefined;
}

type Devices = readonly KnownDevice[];

/** Who is paired. A change is on disk when its promise resolves; only when and where a device was seen lags, by a minute at most. */
export class DeviceStore {
  readonly #options: DeviceStoreOptions;
  readonly #path: string;
  readonly #reducedListeners = new Set<(deviceId: string) => void>();
  #devices: Devices;
  #revoked: readonly Revoked[];
  readonly #saving = new OneByOne();
  #saveTimer: NodeJS.Timeout | null = null;

  private constructor(options: DeviceStoreOptions, file: DevicesFile) {
    this.#options = options;
    this.#path = join(options.directory, "devices.json");
    this.#devices = file.devices;
    this.#revoked = file.revoked;
  }

  /** Reads the file; a damaged one is set aside beside it and the list starts empty. */
  static async open(options: DeviceStoreOptions): Promise<DeviceStore> {
    const path = join(options.directory, "devices.json");
    const file = await readState(options.files, path, DevicesFile);
    return new DeviceStore(options, file ?? { version: 1, devices: [], revoked: [] });
  }

  /** Those that may come in, oldest first. */
  list(): readonly Device[] {
    return this.#devices.filter((device) => !isExpired(device, this.#now())).map(publicDevice);
  }

  /** The device of this id, or null when it may not come in. */
  find(id: string): Device | null {
    return this.list().find((device) => device.id === id) ?? null;
  }

  /** By which way a device came in; null when there is none of that id. */
  pairedBy(id: string): PairedBy | null {
    return this.#devices.find((device) => device.id === id)?.pairedBy ?? null;
  }

  /** Whether what a device settled at that time still counts: it is paired, and has lost no rights since. */
  stillCounts(id: string, at: string): boolean {
    const device = this.#devices.find((candidate) => candidate.id === id);
    if (device === undefined) return false;
    return device.reducedAt === null || Date.parse(at) > Date.parse(device.reducedAt);
  }

  hasFullDevice(): boolean {
    return this.list().some((device) => device.rights === "full");
  }

  /** Whose token this is, and that it was seen at `address`. Looks at every device, so that its time says nothing about which one. */
  authenticate(token: string, address: string | null = null): Authentication {
    const hash = hashSecret(token);
    let found: KnownDevice | null = null;
    for (const device of this.#devices) {
      if (equalHashes(device.tokenHash, hash)) found = device;
    }
    if (found !== null && isExpired(found, this.#now())) return { type: "expired" };
    if (found !== null) return { type: "device", device: publicDevice(this.#noteSeen(found, address)) };
    const revoked = this.#revoked.find(({ tokenHash }) => tokenHash === hash);
    if (revoked === undefined) return { type: "unknown" };
    return { type: "revoked", by: revoked.by, at: revoked.at };
  }

  /** Adds a device; its token is told here and never again. */
  async add(entry: NewDeviceEntry): Promise<{ device: Device; token: string }> {
    const { name, rights, pairedBy = "command_line", login = null, address = null } = entry;
    const token = createToken();
    const device: KnownDevice = {
      // Letters and digits alone: it is typed behind commands, where a dash begins an option.
      id: randomBytes(9).toString("hex"),
      name,
      rights,
      createdAt: this.#now().toISOString(),
      lastSeenAt: null,
      lastAddress: address,
      login,
      pairedBy,
      reducedAt: null,
      tokenHash: hashSecret(token),
    };
    await this.#save((devices) => [...devices, device]);
    return { device: publicDevice(device), token };
  }

  /**
   * Renames or limits a device, once that is saved; null when there is none of that id. Throws `LastFullDevice` when
   * nobody with full rights would be left. Lower rights end what the device has open.
   */
  async change(id: string, change: DeviceChange): Promise<Device | null> {
    const before = this.find(id);
    if (before === null) return null;
    const rights = change.rights ?? before.rights;
    const assertOwnerLeft = (devices: Devices): void => {
      if (before.rights === "full" && rights !== "full" && !this.#hasOtherFull(devices, id))
        throw new LastFullDevice();
    };
    const isReduced = !isEnough(rights, before.rights);
    const reduced = isReduced ? { reducedAt: this.#now().toISOString() } : {};
    await this.#save((devices) => patched(devices, id, { ...change, ...reduced }), assertOwnerLeft);
    if (isReduced) this.#tellReduced(id);
    return this.find(id);
  }

  /** Notes which GitHub login is signed in on a device, once that is saved; null when there is none of that id. */
  async setLogin(id: string, login: string | null): Promise<Device | null> {
    if (this.find(id) === null) return null;
    await this.#save((devices) => patched(devices, id, { login }));
    return this.find(id);
  }

  /**
   * Signs a device out at once and for good; false when there is none of that id. It is out also when saving that rejects.
   * `by` is the name of the device that asked; null: the command line.
   */
  async revoke(id: string, by: string | null): Promise<boolean> {
    const revoked = this.#devices.filter((device) => device.id === id);
    await this.#revokeThese(revoked, by);
    return revoked.length > 0;
  }

  /** Signs out all devices but one, or all; resolves to those that were. They are out also when saving that rejects. */
  async revokeAll(exceptId: string | null, by: string | null): Promise<readonly Device[]> {
    const listed = this.list().filter((device) => device.id !== exceptId);
    await this.#revokeThese(
      this.#devices.filter((device) => device.id !== exceptId),
      by,
    );
    return listed;
  }

  /** Calls back with the id of each device that is revoked or gets lower rights, until the returned function is called. */
  onReduced(listener: (deviceId: string) => void): () => void {
    this.#reducedListeners.add(listener);
    return () => this.#reducedListeners.delete(listener);
  }

  /** Writes what is still unwritten. */
  async close(): Promise<void> {
    if (this.#saveTimer !== null) {
      clearTimeout(this.#saveTimer);
      this.#saveTimer = null;
      await this.#save();
    }
    await this.#saving.settled();
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  async #revokeThese(devices: Devices, by: string | null): Promise<void> {
    if (devices.length === 0) return;
    const at = this.#now().toISOString();
    this.#devices = this.#devices.filter((device) => !devices.includes(device));
    const revoked = devices.map(({ tokenHash }) => ({ tokenHash, by, at }));
    this.#revoked = [...this.#revoked, ...revoked].slice(-rememberedRevocations);
    for (const { id } of devices) this.#tellReduced(id);
    try {
      await this.#save();
    } catch (error) {
      // A restart must not let them in again: it is tried until it is on disk.
      this.#saveLater();
      throw error;
    }
  }

  #hasOtherFull(devices: Devices, id: string): boolean {
    return devices.some(
      (device) => device.id !== id && device.rights === "full" && !isExpired(device, this.#now()),
    );
  }

  #tellReduced(id: string): void {
    for (const listener of this.#reducedListeners) listener(id);
  }

  #noteSeen(device: KnownDevice, address: string | null): KnownDevice {
    const now = this.#now();
    const lastAddress = address ?? device.lastAddress;
    const sinceMs = device.lastSeenAt === null ? Infinity : now.getTime() - Date.parse(device.lastSeenAt);
    // Also after a clock was set back: what is seen now was not seen in the future.
    if (Math.abs(sinceMs) < lastSeenEveryMs && lastAddress === device.lastAddress) return device;
    const seen = { ...device, lastSeenAt: now.toISOString(), lastAddress };
    this.#devices = this.#devices.map((candidate) => (candidate.id === device.id ? seen : candidate));
    this.#saveLater();
    return seen;
  }

  #saveLater(): void {
    this.#saveTimer ??= setTimeout(() => {
      this.#saveTimer = null;
      // What cannot be saved now is saved with the next change or the next minute.
      this.#save().catch(() => this.#saveLater());
    }, lastSeenEveryMs).unref();
  }

  /** Writes the devices with a change, which holds in memory once it is on disk. `check` throws to leave it. */
  #save(change: (devices: Devices) => Devices = unchanged, check = acceptAll): Promise<void> {
    const write = async () => {
      check(this.#devices);
      const file: DevicesFile = {
        version: 1,
        devices: [...change(this.#devices)],
        revoked: [...this.#revoked],
      };
      await writeState(this.#options.files, this.#path, file);
      // Made anew: a device may have been seen, or revoked, while the file was written.
      this.#devices = change(this.#devices);
    };
    return this.#saving.run(write);
  }
}

function unchanged(devices: Devices): Devices {
  return devices;
}

function acceptAll(_devices: Devices): void {
  // Nothing speaks against it.
}

function patched(
  devices: Devices,
  id: string,
  change: DeviceChange & { readonly login?: string | null; readonly reducedAt?: string },
): Devices {
  return devices.map((device) => {
    if (device.id !== id) return device;
    const login = change.login === undefined ? device.login : change.login;
    const { name = device.name, rights = device.rights, reducedAt = device.reducedAt } = change;
    return { ...device, name, rights, reducedAt, login };
  });
}
