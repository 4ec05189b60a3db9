/** Starts the installed Chrome or Chromium, quiet and headless. */
import { type Browser, chromium } from "playwright-core";
import { ensureBrowser } from "../../scripts/find-browser.mjs";

/** A name for this machine that is not loopback: what a phone sees, without https. */
export const machineName = "studio.test";

/** Nothing but the page itself may cause traffic. */
export const browserArguments = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-default-apps",
  `--host-resolver-rules=MAP ${machineName} 127.0.0.1`,
  "--no-default-browser-check",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: ensureBrowser(), args: browserArguments });
}
