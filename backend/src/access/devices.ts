/** The devices that may come in: kept in `<state>/devices.json`, tokens only as hashes. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import * as z from "zod";
import { Device, type DeviceRights } from "../protocol/catalogue.ts";
import type { DurableFiles } from "../workspace/durable-files.ts";
import { readState, writeState } from "../workspace/state-file.ts";
import { createToken, equalHashes, hashSecret } from "./secret.ts";

const KnownDevice = z.object({ ...Device.shape, tokenHash: z.string() });
type KnownDevice = z.infer<typeof KnownDevice>;

/** Who signed a device out and when, so that its owner can be told. */
export interface Revocation {
  /** The name of the device that did it; null: the command line, or not known. */
  readonly by: string | null;
  /** ISO 8601; null: not known. */
  readonly at: string | null;
}

/** Earlier files hold the hash alone. */
const Revoked = z.union([
  z.object({ tokenHash: z.string(), by: z.string().nullable(), at: z.string().nullable() }),
  z.string().transform((tokenHash) => ({ tokenHash, by: null, at: null })),
]);
type Revoked = z.output<typeof Revoked>;

const DevicesFile = z.object({
  version: z.literal(1),
  devices: z.array(KnownDevice),
  /** Tokens that were revoked, newest last. */
  revoked: z.array(Revoked),
});
type DevicesFile = z.output<typeof DevicesFile>;

const rememberedRevocations = 1_000;
const lastSeenEveryMs = 60_000;

/** What a token turned out to be. */
export type Authentication =
  | { readonly type: "device"; readonly device: Device }
  | ({ readonly type: "revoked" } & Revocation)
  | { readonly type: "unknown" };

export interface DeviceStoreOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly now?: () => Date;
}

/** Who is paired. A change is on disk when its promise resolves; only `lastSeenAt` lags, by a minute at most. */
export class DeviceStore {
  readonly #options: DeviceStoreOptions;
  readonly #path: string;
  readonly #revocationListeners = new Set<(deviceId: string) => void>();
  #devices: readonly KnownDevice[];
  #revoked: readonly Revoked[];
  #saving: Promise<void> = Promise.resolve();
  #lastSeenTimer: NodeJS.Timeout | null = null;

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

  list(): readonly Device[] {
    return this.#devices.map(publicDevice);
  }

  hasFullDevice(): boolean {
    return this.#devices.some((device) => device.rights === "full");
  }

  /** Whose token this is. Looks at every device, so that its time says nothing about which one. */
  authenticate(token: string): Authentication {
    const hash = hashSecret(token);
    let found: KnownDevice | null = null;
    for (const device of this.#devices) {
      if (equalHashes(device.tokenHash, hash)) found = device;
    }
    if (found !== null) return { type: "device", device: publicDevice(this.#noteSeen(found)) };
    const revoked = this.#revoked.find(({ tokenHash }) => tokenHash === hash);
    if (revoked === undefined) return { type: "unknown" };
    return { type: "revoked", by: revoked.by, at: revoked.at };
  }

  /** Adds a device; its token is told here and never again. */
  async add(entry: { name: string; rights: DeviceRights }): Promise<{ device: Device; token: string }> {
    const token = createToken();
    const device: KnownDevice = {
      id: randomBytes(9).toString("base64url"),
      ...entry,
      createdAt: this.#now().toISOString(),
      lastSeenAt: null,
      tokenHash: hashSecret(token),
    };
    await this.#save((devices) => [...devices, device]);
    return { device: publicDevice(device), token };
  }

  /** Renames or limits a device, once that is saved; null when there is none of that id. */
  async change(
    id: string,
    change: { name?: string | undefined; rights?: DeviceRights | undefined },
  ): Promise<Device | null> {
    if (!this.#devices.some((device) => device.id === id)) return null;
    const changed = (device: KnownDevice): KnownDevice => {
      if (device.id !== id) return device;
      return { ...device, name: change.name ?? device.name, rights: change.rights ?? device.rights };
    };
    await this.#save((devices) => devices.map(changed));
    return this.list().find((device) => device.id === id) ?? null;
  }

  /**
   * Signs a device out at once and for good; false when there is none of that id. It is out also when saving that rejects.
   * `by` is the name of the device that asked; null: the command line.
   */
  async revoke(id: string, by: string | null): Promise<boolean> {
    const device = this.#devices.find((candidate) => candidate.id === id);
    if (device === undefined) return false;
    this.#devices = this.#devices.filter((candidate) => candidate !== device);
    const revoked = { tokenHash: device.tokenHash, by, at: this.#now().toISOString() };
    this.#revoked = [...this.#revoked, revoked].slice(-rememberedRevocations);
    for (const listener of this.#revocationListeners) listener(id);
    await this.#save();
    return true;
  }

  /** Calls back with the id of each device that is revoked, until the returned function is called. */
  onRevoked(listener: (deviceId: string) => void): () => void {
    this.#revocationListeners.add(listener);
    return () => this.#revocationListeners.delete(listener);
  }

  /** Writes what is still unwritten. */
  async close(): Promise<void> {
    if (this.#lastSeenTimer !== null) {
      clearTimeout(this.#lastSeenTimer);
      this.#lastSeenTimer = null;
      await this.#save();
    }
    await this.#saving;
  }

  #now(): Date {
    return this.#options.now?.() ?? new Date();
  }

  #replace(device: KnownDevice): void {
    this.#devices = this.#devices.map((candidate) => (candidate.id === device.id ? device : candidate));
  }

  #noteSeen(device: KnownDevice): KnownDevice {
    const now = this.#now();
    if (device.lastSeenAt !== null && now.getTime() - Date.parse(device.lastSeenAt) < lastSeenEveryMs)
      return device;
    const seen = { ...device, lastSeenAt: now.toISOString() };
    this.#replace(seen);
    this.#lastSeenTimer ??= setTimeout(() => this.#saveLastSeen(), lastSeenEveryMs).unref();
    return seen;
  }

  #saveLastSeen(): void {
    this.#lastSeenTimer = null;
    // When a device was last seen is worth no failure: the next change or the next minute writes it again.
    this.#save().catch(() => undefined);
  }

  /** Writes the devices with a change, which holds in memory once it is on disk. */
  #save(change: (devices: readonly KnownDevice[]) => readonly KnownDevice[] = unchanged): Promise<void> {
    const write = async () => {
      const file: DevicesFile = {
        version: 1,
        devices: [...change(this.#devices)],
        revoked: [...this.#revoked],
      };
      await writeState(this.#options.files, this.#path, file);
      // Made anew: a device may have been seen, or revoked, while the file was written.
      this.#devices = change(this.#devices);
    };
    const saved = this.#saving.then(write);
    // The caller hears of its own failure; the next write must not inherit it.
    this.#saving = saved.catch(() => undefined);
    return saved;
  }
}

function unchanged(devices: readonly KnownDevice[]): readonly KnownDevice[] {
  return devices;
}

function publicDevice({ tokenHash: _, ...device }: KnownDevice): Device {
  return device;
}
