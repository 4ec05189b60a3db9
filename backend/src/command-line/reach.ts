/** Where the server may be reached from: refuses what would leave the machine open, and lists its own addresses. */
import { networkInterfaces } from "node:os";
import type { DeviceStore } from "../access/devices.ts";
import type { Config } from "../config.ts";

/** Listening there would be unsafe; the message is the reason and the fix. */
export class ReachRefused extends Error {
  override readonly name = "ReachRefused";
}

/** Whoever reaches the server could pair with a guessed code only when nobody owns it yet: then it stays on loopback. */
export function assertReachAllowed(config: Pick<Config, "host">, devices: DeviceStore): void {
  if (isLoopback(config.host) || devices.hasFullDevice()) return;
  throw new ReachRefused(
    `Refusing to listen on ${config.host}: no device with full rights is paired yet, so the machine would have no owner. ` +
      "Start without --host and pair a browser first, or run: npx voxpilot devices add --name laptop",
  );
}

/** Addresses of this machine, without those that hold on one link only. */
export function machineAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter((entry) => !entry.internal && !entry.address.startsWith("fe80:"))
    .map((entry) => entry.address);
}

/** Whether a host, as it stands in an address, is this machine seen from itself. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host);
}
