/** What a start, and a new code, say in the terminal: where it listens, who can reach what, and how to get in. */
import type { PairingCode } from "../access/pairing.ts";
import { isLoopback } from "../access/request-guard.ts";
import type { Reach } from "../protocol/device.ts";
import { plainText } from "./plain-text.ts";

export interface Banner {
  /** The origin that people are told, such as `http://127.0.0.1:8000`. */
  readonly address: string;
  /** Where the server listens; null: none runs. */
  readonly bound: { readonly host: string; readonly port: number } | null;
  readonly code: Pick<PairingCode, "code">;
  /** The copy of the sample project, when this is the demo. */
  readonly demoProject?: string;
  /** The folders that a server which starts offers as projects, absolute. */
  readonly folders?: readonly string[];
  readonly isTerminal: boolean;
  /** Of a server that starts. */
  readonly exposure?: Exposure;
}

/** Who can reach what. */
export interface Exposure {
  readonly reach: Reach;
  /** Of the authority behind `--https`. */
  readonly fingerprint: string | null;
  /** GitHub logins that may sign in without a device. */
  readonly allowedLogins: readonly string[];
}

/** The link that pairs whoever opens it first. The code stands in the fragment, which no server and no log gets to see. */
export function pairingLink(address: string, code: string): string {
  return `${address}/pair#${code}`;
}

/** One block of text, with a QR code on a terminal. */
export async function bannerText(banner: Banner): Promise<string> {
  const { address, code, demoProject, folders, isTerminal, exposure } = banner;
  const link = pairingLink(address, code.code);
  return [
    "",
    demoProject === undefined
      ? "  VoxPilot"
      : "  VoxPilot demo: a script, not a model. No account, no network.",
    ...(demoProject === undefined ? [] : [`  Its project is a copy of its own: ${demoProject}`]),
    ...whereLines(banner),
    ...(folders === undefined ? [] : [projectLine(folders)]),
    ...(exposure === undefined ? [] : trustLines(exposure)),
    "",
    `  Pair a browser: ${link}`,
    `  or type the code ${code.code} there. Good for 10 minutes, once.`,
    ...(isTerminal ? ["", await qrCode(link)] : []),
    ...(isLoopback(new URL(address).hostname)
      ? ["  Another device cannot open this address by itself: docs/phone.md says how."]
      : []),
    "",
    "",
  ].join("\n");
}

function whereLines({ address, bound, exposure }: Banner): readonly string[] {
  if (bound === null) return ["  It is not running. Start it (npm start) before the code is used."];
  if (exposure === undefined) return [`  Running at ${address}`];
  const { reach } = exposure;
  return [
    ...reach.addresses.map((origin, index) => `  ${index === 0 ? "Reached as  " : "            "}${origin}`),
    `  ${whoText(exposure)}`,
    ...(exposure.allowedLogins.length > 0
      ? [`  May sign in with GitHub: ${exposure.allowedLogins.join(", ")}`]
      : []),
    ...proxyLines(reach),
  ];
}

function projectLine(folders: readonly string[]): string {
  return folders.length > 0
    ? `  Projects: ${folders.map(plainText).join(", ")}`
    : "  No project in this folder. Name one: npm start -- ~/code/shop";
}

/** Who gets to the door, and what can be read on the way. What gets through it is the same everywhere. */
function whoText({ reach, allowedLogins }: Exposure): string {
  const inside = allowedLogins.length > 0 ? "a paired device or one of those logins" : "a paired device";
  const needed = `All but the sign-in page needs ${inside}.`;
  if (!reach.lan && reach.publicUrl === null) return `Only this machine reaches it. ${needed}`;
  if (!reach.lan) return `This machine reaches it, and whoever gets to ${reach.publicUrl}. ${needed}`;
  const encrypted = reach.https
    ? "Encrypted."
    : "NOT ENCRYPTED: others on the way can read along and take over; add --https.";
  return `Everybody on its networks reaches it. ${needed} ${encrypted}`;
}

function proxyLines({ publicUrl, trustedProxies }: Reach): readonly string[] {
  if (publicUrl === null) return [];
  const plain = publicUrl.startsWith("http:") && !isLoopback(new URL(publicUrl).hostname);
  return [
    ...(plain ? [`  NOT ENCRYPTED: ${publicUrl} is plain http.`] : []),
    trustedProxies.length === 0
      ? "  No proxy is trusted to say who asks: set VOXPILOT_TRUSTED_PROXIES to its address (docs/phone.md)."
      : `  Trusted to say who asks: ${trustedProxies.join(", ")}`,
  ];
}

function trustLines({ reach, fingerprint }: Exposure): readonly string[] {
  if (fingerprint === null) return [];
  const [first = ""] = reach.addresses;
  const plain = (reach.addresses.find((origin) => origin !== reach.publicUrl) ?? first).replace(
    /^https:/,
    "http:",
  );
  return [
    "",
    `  Once on each device: open ${plain}/trust and compare`,
    `  SHA-256 ${fingerprint.slice(0, 47)}`,
    `          ${fingerprint.slice(48)}`,
  ];
}

async function qrCode(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(text, { border: 1 })
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
