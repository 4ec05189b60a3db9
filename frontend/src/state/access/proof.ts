/** Fresh proof that this device is in its owner's hands: for five minutes after a code or a sign-in. */
import { api, ask } from "../../api/client.ts";
import type { Failure } from "../../api/types.ts";
import { device, loadDevice } from "./device.ts";

/** Gives a code as proof. Null: taken; otherwise why not. */
export async function giveProof(code: string): Promise<Failure | null> {
  const outcome = await ask(api.POST("/api/device/proof", { body: { code } }));
  if (!outcome.ok) return outcome.failure;
  await loadDevice();
  return null;
}

/** Asks the machine whether it has proof by now, as after a sign-in in another tab. */
export async function hasProof(): Promise<boolean> {
  await loadDevice();
  const until = device.peek()?.freshUntil ?? null;
  return until !== null && Date.parse(until) > Date.now();
}
