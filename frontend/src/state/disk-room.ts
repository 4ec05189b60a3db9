/** Room on the machine's disk: it is asked for anew while there is little, so that what is said of it stops being said. */
import { onNoRoom } from "../api/client.ts";
import type { ThisDevice } from "../api/types.ts";
import { computed, effect, type ReadonlySignal } from "../lib/signal.ts";
import { device, isDeviceKept, loadDevice } from "./access/device.ts";
import { sendNow } from "./outbox/outbox.ts";

export type DiskRoom = ThisDevice["server"]["disk"];

const askEveryMs = 60_000;

/** low: people are told. full: no turn begins. `enough` while the machine does not say. */
export const diskRoom: ReadonlySignal<DiskRoom> = computed(() =>
  isDeviceKept() ? "enough" : (device.value?.server.disk ?? "enough"),
);

/** Asks again after every refusal for want of room, and each minute until there is enough; then what waits is sent. Call it once. */
export function followDiskRoom(): void {
  onNoRoom(() => void loadDevice());
  let last: DiskRoom = "enough";
  effect(() => {
    const room = diskRoom.value;
    if (last === "full" && room !== "full") queueMicrotask(sendNow);
    last = room;
    if (room === "enough") return;
    const timer = setInterval(() => void loadDevice(), askEveryMs);
    return () => clearInterval(timer);
  });
}
