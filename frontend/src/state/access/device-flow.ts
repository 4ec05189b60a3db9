/** GitHub's device flow as this page follows it: one poller, which survives the phone's sleep and a page that was thrown away. */
import { api, ask } from "../../api/client.ts";
import type { DeviceFlowState, Outcome } from "../../api/types.ts";
import { readStoredJson, writeStored } from "../../lib/browser/storage.ts";
import { suggestName } from "../../lib/browser/this-device.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { problemOf, type SignInProblem, signedIn } from "./sign-in.ts";

/** `isHeard` false: the machine does not answer now; it is asked again. `expiresAt` in milliseconds since the epoch. */
export type DeviceFlow =
  | { readonly phase: "none" | "starting" | "done" }
  | {
      readonly phase: "waiting";
      readonly userCode: string;
      readonly verificationUri: string;
      readonly expiresAt: number;
      readonly isHeard: boolean;
    }
  | { readonly phase: "failed"; readonly problem: SignInProblem };

type Waiting = Extract<DeviceFlow, { phase: "waiting" }>;

const pollMs = 2_000;
const storedName = "signIn";
const flow = signal<DeviceFlow>({ phase: "none" });
/** The flow that is asked about; null: none, and answers on their way to an older one are not heard. */
let followed: string | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let isAsking = false;

/** Where this browser's flow stands. */
export const deviceFlow: ReadonlySignal<DeviceFlow> = flow;

/** Begins a flow; while one is pending the machine answers with the same code. */
export async function startDeviceFlow(): Promise<void> {
  followed = null;
  flow.value = { phase: "starting" };
  const outcome = await ask(api.POST("/api/auth/device", { body: { name: await suggestName() } }));
  if (flow.peek().phase !== "starting") return;
  if (!outcome.ok) return end({ phase: "failed", problem: problemOf(outcome.failure) });
  const {
    flow: id,
    user_code: userCode,
    verification_uri: verificationUri,
    expires_at: expires,
  } = outcome.data;
  const expiresAt = Date.parse(expires);
  // The flow's id opens nothing without this browser's cookie.
  writeStored(storedName, JSON.stringify({ id, expiresAt }));
  flow.value = { phase: "waiting", userCode, verificationUri, expiresAt, isHeard: true };
  followed = id;
  // A phone that slept, or showed GitHub's page, asks at once.
  document.addEventListener("visibilitychange", wake);
  askLater();
}

/** Goes on with a flow that was begun before the phone threw the page away. */
export function resumeDeviceFlow(): void {
  const stored = readStoredJson(storedName);
  flow.value = { phase: "none" };
  if (!isStored(stored)) return;
  if (stored.expiresAt > Date.now()) void startDeviceFlow();
  else writeStored(storedName, null);
}

/** Nobody looks any more: it is not asked about until it is resumed. */
export function pauseDeviceFlow(): void {
  followed = null;
  clearTimeout(timer);
  document.removeEventListener("visibilitychange", wake);
  flow.value = { phase: "none" };
}

/** Ends it. The code dies by itself. */
export function cancelDeviceFlow(): void {
  end({ phase: "none" });
}

function askLater(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void poll(), pollMs);
}

function wake(): void {
  if (document.visibilityState === "visible") void poll();
}

async function poll(): Promise<void> {
  const id = followed;
  if (id === null || isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  const outcome = await ask(api.GET("/api/auth/device/{flow}", { params: { path: { flow: id } } }));
  isAsking = false;
  const waiting = flow.peek();
  if (followed === id && waiting.phase === "waiting") await take(outcome, waiting);
}

async function take(outcome: Outcome<DeviceFlowState>, waiting: Waiting): Promise<void> {
  if (!outcome.ok) {
    // The machine may be away for a moment, as the phone was: only its own word ends the flow.
    if (outcome.failure === "unreachable") return goOn({ ...waiting, isHeard: false });
    return end({ phase: "failed", problem: problemOf(outcome.failure) });
  }
  const state = outcome.data;
  switch (state.status) {
    case "pending":
      return goOn({ ...waiting, isHeard: true });
    case "failed":
      return fail(state.reason, state.detail ?? null);
    case "done":
      followed = null;
      await signedIn();
      return end({ phase: "done" });
  }
}

function goOn(waiting: Waiting): void {
  if (waiting.expiresAt <= Date.now()) return fail("expired", null);
  flow.value = waiting;
  askLater();
}

function fail(code: string, detail: string | null): void {
  end({ phase: "failed", problem: { code, detail, retryAfterSeconds: null } });
}

function end(last: DeviceFlow): void {
  pauseDeviceFlow();
  writeStored(storedName, null);
  flow.value = last;
}

function isStored(value: unknown): value is { expiresAt: number } {
  return (
    typeof value === "object" && value !== null && "expiresAt" in value && typeof value.expiresAt === "number"
  );
}
