/** What a start says in the terminal: where it listens, and how to get in. */
import type { PairingCode } from "../access/pairing.ts";

export interface Banner {
  /** The origin, such as `http://127.0.0.1:8000`. */
  readonly address: string;
  readonly code: PairingCode;
  readonly isDemo: boolean;
  readonly isTerminal: boolean;
}

/** The link that pairs whoever opens it first. The code stands in the fragment, which no server and no log gets to see. */
export function pairingLink(address: string, code: string): string {
  return `${address}/pair#${code}`;
}

/** One block of text, with a QR code on a terminal. */
export async function bannerText({ address, code, isDemo, isTerminal }: Banner): Promise<string> {
  const link = pairingLink(address, code.code);
  return [
    "",
    isDemo ? "  VoxPilot demo: a script, not a model. No account, no network." : "  VoxPilot",
    `  Listening on ${address}`,
    "",
    `  Pair a browser: ${link}`,
    `  or type the code ${code.code} there. Good for 10 minutes, once.`,
    ...(isTerminal ? ["", await qrCode(link)] : []),
    "",
    "",
  ].join("\n");
}

async function qrCode(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(text, { border: 1 })
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
