/** The order of rights: each holds all of those below it. */
import type { DeviceRights } from "../protocol/device.ts";

const rank: Readonly<Record<DeviceRights, number>> = { read: 1, approve: 2, full: 3 };

/** Whether `held` rights are enough for what needs `needed`. */
export function isEnough(held: DeviceRights, needed: DeviceRights): boolean {
  return rank[held] >= rank[needed];
}
