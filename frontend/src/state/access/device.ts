/** This device, the machine that it talks to, and whether it may come in; pairing, and the other devices. */
import { api, ask, onSignedOut } from "../../api/client.ts";
import type { Device, DeviceRights, Failure, Outcome, Refusal, ThisDevice } from "../../api/types.ts";
import { readStored, storedNames, writeStored } from "../../lib/browser/storage.ts";
import { batch, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { keepFact, readFact, startKeeping, wipeKept } from "../kept-sessions.ts";
import { renewPageCache } from "../page-worker.ts";

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
const keptSignal = signal(false);
/** So long the machine may take to say who this device is; then it is taken for who it was. */
const patienceMs = 2500;

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

/** True while the machine has not answered this page: the device is taken for who it was. */
export function isDeviceKept(): boolean {
  return keptSignal.value;
}

/** Asks the machine who this device is. Without an answer it is who it was when this browser heard the machine last. */
export async function loadDevice(): Promise<void> {
  const isFirst = accessSignal.peek().state === "unknown";
  const patience = isFirst ? setTimeout(() => void beWhoItWas(), patienceMs) : undefined;
  const outcome = await ask(api.GET("/api/device"));
  clearTimeout(patience);
  if (outcome.ok) return welcome(outcome.data);
  if (outcome.failure === "unreachable" || outcome.failure.status !== 401) await beWhoItWas();
}

/** Nothing that is on the screen goes because the machine is away. */
async function beWhoItWas(): Promise<void> {
  const isUndecided = () => ["unknown", "unreachable"].includes(accessSignal.peek().state);
  const kept = isUndecided() ? await readFact("device") : null;
  if (!isUndecided()) return;
  if (readStored("signedOut") !== null) accessSignal.value = { state: "not_paired" };
  else if (isDevice(kept)) {
    batch(() => {
      deviceSignal.value = kept;
      keptSignal.value = true;
      accessSignal.value = { state: "paired" };
    });
  } else accessSignal.value = { state: "unreachable" };
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
  await forget();
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
  keptSignal.value = false;
  writeStored("signedOut", null);
  startKeeping();
  void keepFact("device", answer);
  if (accessSignal.peek().state !== "paired") accessSignal.value = { state: "paired" };
  writeStored("machine", answer.server.machine);
}

function signedOut(refusal: Refusal): void {
  deviceSignal.value = null;
  devicesSignal.value = null;
  keptSignal.value = false;
  // A stream and a call may both be told: the first has said it.
  if (accessSignal.peek().state === "revoked") return;
  if (refusal.code !== "device_revoked") {
    void forgetKept();
    if (accessSignal.peek().state !== "not_paired") accessSignal.value = { state: "not_paired" };
    return;
  }
  void forget();
  accessSignal.value = { state: "revoked", by: textOf(refusal.data.by), at: textOf(refusal.data.at) };
}

/** What the machine once said goes; what the person wrote and did not send stays. */
async function forget(): Promise<void> {
  deviceSignal.value = null;
  devicesSignal.value = null;
  keptSignal.value = false;
  for (const name of storedNames())
    if (!keptWhenRevoked.some((kept) => name.startsWith(kept))) writeStored(name, null);
  await forgetKept();
}

/** Without the machine this browser shows from now on how to come in again, and no session. */
async function forgetKept(): Promise<void> {
  writeStored("signedOut", "yes");
  await Promise.all([wipeKept(), renewPageCache()]);
}

function isDevice(value: unknown): value is ThisDevice {
  return typeof value === "object" && value !== null && "rights" in value && "server" in value;
}

const keptWhenRevoked = ["draft.", "outbox", "theme", "textSize", "machine"];

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
