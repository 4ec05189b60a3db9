/** This device, the machine that it talks to, and whether it may come in; pairing, and the other devices. */
import { api, ask, onSignedOut } from "../../api/client.ts";
import type { Device, DeviceRights, Failure, Outcome, Refusal, ThisDevice } from "../../api/types.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { readStored, storedNames, writeStored } from "../../lib/storage.ts";

/** `unknown`: not asked yet. `unreachable`: the machine did not answer the first question. */
export type Access =
  | { readonly state: "unknown" | "unreachable" | "paired" | "not_paired" }
  /** Who signed this device out and when, where the server says. */
  | { readonly state: "revoked"; readonly by: string | null; readonly at: string | null };

export interface PairingCode {
  readonly code: string;
  readonly url: string;
  readonly expiresAt: string;
}

const accessSignal = signal<Access>({ state: "unknown" });
const deviceSignal = signal<ThisDevice | null>(null);
const devicesSignal = signal<readonly Device[] | null>(null);

export const access: ReadonlySignal<Access> = accessSignal;
/** Null until the machine has answered. */
export const device: ReadonlySignal<ThisDevice | null> = deviceSignal;
/** All paired devices; null until they are loaded. */
export const devices: ReadonlySignal<readonly Device[] | null> = devicesSignal;

/** The machine's name, or the host in the address while it is not known. */
export function machineName(): string {
  return deviceSignal.value?.server.machine ?? readStored("machine") ?? location.hostname;
}

/** True when the model is the demo's script. */
export function isDemo(): boolean {
  return deviceSignal.value?.server.demo === true;
}

/** True when this device may prompt and decide. */
export function canDecide(): boolean {
  return deviceSignal.value?.rights !== "read";
}

/** Asks the machine who this device is. */
export async function loadDevice(): Promise<void> {
  const outcome = await ask(api.GET("/api/device"));
  if (outcome.ok) return welcome(outcome.data);
  if (outcome.failure === "unreachable" || outcome.failure.status !== 401)
    accessSignal.value = { state: "unreachable" };
}

/** Pairs this browser. Null: it is paired; otherwise why not. */
export async function pair(code: string, name: string): Promise<Failure | null> {
  const outcome = await ask(api.POST("/api/pair", { body: { code, name } }));
  if (!outcome.ok) return outcome.failure;
  welcome(outcome.data);
  return null;
}

export async function loadDevices(): Promise<void> {
  const outcome = await ask(api.GET("/api/devices"));
  if (outcome.ok) devicesSignal.value = outcome.data.devices;
}

/** A one-time code for another device, which will have these rights. */
export async function makePairingCode(rights: DeviceRights): Promise<Outcome<PairingCode>> {
  return ask(api.POST("/api/pair/codes", { body: { rights } }));
}

/** Signs a device out at once. Null: done; otherwise why not. */
export async function revokeDevice(id: string): Promise<Failure | null> {
  const outcome = await ask(api.DELETE("/api/devices/{id}", { params: { path: { id } } }));
  await loadDevices();
  return outcome.ok ? null : outcome.failure;
}

/** Signs out every device but this one. Null: done; otherwise why not. */
export async function revokeOthers(): Promise<Failure | null> {
  const outcome = await ask(api.DELETE("/api/devices"));
  await loadDevices();
  return outcome.ok ? null : outcome.failure;
}

/** Signs this device out: what it has stored goes, but for unsent text. Null: done; otherwise why not. */
export async function leave(): Promise<Failure | null> {
  const id = deviceSignal.peek()?.id;
  if (id === undefined) return null;
  const outcome = await ask(api.DELETE("/api/devices/{id}", { params: { path: { id } } }));
  if (!outcome.ok) return outcome.failure;
  forget();
  accessSignal.value = { state: "not_paired" };
  return null;
}

/** Renames a device or limits its rights. Null: done; otherwise why not. */
export async function changeDevice(
  id: string,
  change: { name?: string; rights?: DeviceRights },
): Promise<Failure | null> {
  const outcome = await ask(api.PATCH("/api/devices/{id}", { params: { path: { id } }, body: change }));
  await loadDevices();
  if (outcome.ok && id === deviceSignal.peek()?.id) await loadDevice();
  return outcome.ok ? null : outcome.failure;
}

/** Follows every 401 of any call. Call it once. */
export function followSignOut(): void {
  onSignedOut(signedOut);
}

function welcome(answer: ThisDevice): void {
  // Asked again and again: what did not change must not draw the page anew.
  if (JSON.stringify(deviceSignal.peek()) !== JSON.stringify(answer)) deviceSignal.value = answer;
  if (accessSignal.peek().state !== "paired") accessSignal.value = { state: "paired" };
  writeStored("machine", answer.server.machine);
}

function signedOut(refusal: Refusal): void {
  deviceSignal.value = null;
  devicesSignal.value = null;
  // A stream and a call may both be told: the first has said it.
  if (accessSignal.peek().state === "revoked") return;
  if (refusal.code !== "device_revoked") {
    if (accessSignal.peek().state !== "not_paired") accessSignal.value = { state: "not_paired" };
    return;
  }
  forget();
  accessSignal.value = { state: "revoked", by: textOf(refusal.data.by), at: textOf(refusal.data.at) };
}

/** What the machine once said goes; what the person wrote and did not send stays. */
function forget(): void {
  deviceSignal.value = null;
  devicesSignal.value = null;
  for (const name of storedNames())
    if (!keptWhenRevoked.some((kept) => name.startsWith(kept))) writeStored(name, null);
}

const keptWhenRevoked = ["draft.", "outbox", "theme", "textSize", "machine"];

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
