/** How the machine is reached, and what this browser can do at this address. */
import { api, ask } from "../../api/client.ts";
import type { Failure, MachineReach, Outcome } from "../../api/types.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";

/** What a device must check before it trusts the machine; `null`: the machine has no certificate of its own. */
export interface Trust {
  /** SHA-256 of the certificate authority, as `AA:BB:…`. */
  readonly fingerprint: string;
}

const reachSignal = signal<MachineReach | null>(null);

/** Null until it is loaded. */
export const reach: ReadonlySignal<MachineReach | null> = reachSignal;

/** Null: loaded; otherwise why not. */
export async function loadReach(): Promise<Failure | null> {
  const outcome = await ask(api.GET("/api/reach"));
  if (!outcome.ok) return outcome.failure;
  reachSignal.value = outcome.data;
  return null;
}

/** Asks for the fingerprint; anybody may. */
export async function readTrust(): Promise<Outcome<Trust | null>> {
  const outcome = await ask(api.GET("/api/trust"));
  if (outcome.ok || outcome.failure === "unreachable" || outcome.failure.status !== 404) return outcome;
  return { ok: true, data: null };
}

export type Ability = "install" | "notifications" | "microphone";
/** What stands between this browser and an ability: a word for the one next step. */
type Lack =
  | "ready"
  | "installed"
  | "needs_https"
  | "install_ios"
  | "install_menu"
  | "install_never"
  | "notify_ios"
  | "notify_denied"
  | "notify_never"
  | "microphone_never";

/** What a browser tells of itself. */
export interface BrowserFacts {
  readonly isSecure: boolean;
  readonly isStandalone: boolean;
  readonly isIos: boolean;
  /** Firefox on a desktop installs no pages. */
  readonly canInstall: boolean;
  readonly notifications: "absent" | "denied" | "open";
  readonly hasMicrophone: boolean;
}

/** What is missing for each ability. Pure. */
export function lacks(facts: BrowserFacts): Readonly<Record<Ability, Lack>> {
  return { install: installing(facts), notifications: notifying(facts), microphone: listening(facts) };
}

function installing({ isSecure, isStandalone, isIos, canInstall }: BrowserFacts): Lack {
  if (isStandalone) return "installed";
  if (!canInstall) return "install_never";
  // A home-screen icon needs no https on iOS; only what it can do then does.
  if (isIos) return "install_ios";
  return isSecure ? "install_menu" : "needs_https";
}

function notifying({ isSecure, isStandalone, isIos, notifications }: BrowserFacts): Lack {
  if (!isSecure) return "needs_https";
  if (isIos && !isStandalone) return "notify_ios";
  if (notifications === "absent") return "notify_never";
  return notifications === "denied" ? "notify_denied" : "ready";
}

function listening({ isSecure, hasMicrophone }: BrowserFacts): Lack {
  if (!isSecure) return "needs_https";
  return hasMicrophone ? "ready" : "microphone_never";
}

/** This browser, here and now. */
export function browserFacts(): BrowserFacts {
  const agent = navigator.userAgent;
  const isIos = /iPhone|iPad/.test(agent) || (/Macintosh/.test(agent) && navigator.maxTouchPoints > 1);
  return {
    isSecure: window.isSecureContext,
    isStandalone: matchMedia("(display-mode: standalone)").matches,
    isIos,
    canInstall: isIos || /Android/.test(agent) || !/Firefox\//.test(agent),
    notifications: !("Notification" in window)
      ? "absent"
      : Notification.permission === "denied"
        ? "denied"
        : "open",
    hasMicrophone: navigator.mediaDevices !== undefined,
  };
}
