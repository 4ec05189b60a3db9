/** What is kept of devices in `<state>/devices.json`: tokens only as hashes. And how long a device may come in. */
import * as z from "zod";
import { Device } from "../protocol/device.ts";

/** How a device came to be paired. */
export type PairedBy = z.infer<typeof PairedBy>;
const PairedBy = z.enum(["code", "github", "command_line"]);

const KnownDevice = z.object({
  ...Device.shape,
  // Earlier files know nothing of these.
  lastAddress: z.string().nullable().default(null),
  login: z.string().nullable().default(null),
  pairedBy: PairedBy.default("code"),
  /** When it was given lower rights last; what it settled before counts no longer. */
  reducedAt: z.string().nullable().default(null),
  tokenHash: z.string(),
});
/** A device with what stays on this machine. */
export type KnownDevice = z.output<typeof KnownDevice>;

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
export type Revoked = z.output<typeof Revoked>;

export const DevicesFile = z.object({
  version: z.literal(1),
  devices: z.array(KnownDevice),
  /** Tokens that were revoked, newest last. */
  revoked: z.array(Revoked),
});
export type DevicesFile = z.output<typeof DevicesFile>;

const dayMs = 24 * 60 * 60_000;
/** Without being seen for so long, a device is out. */
const idleForMs = 30 * dayMs;
/** After so long it is paired anew, however often it came. */
const pairedForMs = 400 * dayMs;

/** Whether a device has been away, or paired, for too long. It is not forgotten: a clock that was wrong may be set right. */
export function isExpired(device: Pick<Device, "createdAt" | "lastSeenAt">, now: Date): boolean {
  const createdAt = Date.parse(device.createdAt);
  const usedAt = device.lastSeenAt === null ? createdAt : Date.parse(device.lastSeenAt);
  return now.getTime() - usedAt >= idleForMs || now.getTime() - createdAt >= pairedForMs;
}

/** A device as it is told. */
export function publicDevice({ tokenHash: _, pairedBy: __, reducedAt: ___, ...device }: KnownDevice): Device {
  return device;
}
