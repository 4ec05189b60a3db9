/** What a start, and a new code, say in the terminal: where it listens, and how to get in. */
import type { PairingCode } from "../access/pairing.ts";
import { isLoopback } from "./reach.ts";

export interface Banner {
  /** The origin that people are told, such as `http://127.0.0.1:8000`. */
  readonly address: string;
  /** Where the server listens; null: none runs. */
  readonly bound: { readonly host: string; readonly port: number } | null;
  readonly code: Pick<PairingCode, "code">;
  /** The copy of the sample project, when this is the demo. */
  readonly demoProject: string | null;
  readonly isTerminal: boolean;
}

/** The link that pairs whoever opens it first. The code stands in the fragment, which no server and no log gets to see. */
export function pairingLink(address: string, code: string): string {
  return `${address}/pair#${code}`;
}

/** One block of text, with a QR code on a terminal. */
export async function bannerText({ address, bound, code, demoProject, isTerminal }: Banner): Promise<string> {
  const link = pairingLink(address, code.code);
  const isElsewhere = !isLoopback(new URL(address).hostname);
  return [
    "",
    demoProject === null ? "  VoxPilot" : "  VoxPilot demo: a script, not a model. No account, no network.",
    ...(demoProject === null ? [] : [`  Its project is a copy of its own: ${demoProject}`]),
    `  ${whereText(address, bound)}`,
    "",
    `  Pair a browser: ${link}`,
    `  or type the code ${code.code} there. Good for 10 minutes, once.`,
    ...(isTerminal ? ["", await qrCode(link)] : []),
    ...(isElsewhere ? [] : ["  Another device cannot open this address by itself: docs/phone.md says how."]),
    "",
    "",
  ].join("\n");
}

function whereText(address: string, bound: Banner["bound"]): string {
  if (bound === null) return "It is not running. Start it (npm start) before the code is used.";
  const host = bound.host.includes(":") ? `[${bound.host}]` : bound.host;
  const local = `http://${host}:${bound.port}`;
  if (bound.host === "0.0.0.0" || bound.host === "::")
    return `Listening on every address of this machine, port ${bound.port}, without encryption`;
  return local === address ? `Listening on ${address}` : `Listening on ${local}, reached as ${address}`;
}

async function qrCode(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import("uqr");
  return renderUnicodeCompact(text, { border: 1 })
    .split("\n")
    .map((line) => `  ${line}`)
    .join("\n");
}
