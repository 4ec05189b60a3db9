/** Where the server may be reached from: refuses what would leave the machine open. */
import { isLoopback } from "../../access/request-guard.ts";
import type { Config } from "../../config.ts";

/** Listening there would be unsafe; the message is the reason and the fix. */
export class ReachRefused extends Error {
  override readonly name = "ReachRefused";
}

type ReachSettings = Pick<Config, "host" | "lan" | "gitHub">;

export interface ReachQuestion {
  readonly config: ReachSettings;
  /** `--lan` was typed by a person, who gets the owner's code in this very terminal. */
  readonly isLanTyped: boolean;
  /** A device with full rights is paired. */
  readonly hasOwner: boolean;
}

/** Beyond loopback a machine without an owner would wait for whoever comes first: then it does not start. Throws `ReachRefused`. */
export function assertReachAllowed({ config, isLanTyped, hasOwner }: ReachQuestion): void {
  if (!isBeyondLoopback(config) || isLanTyped || hasOwner || hasAllowedLogin(config)) return;
  const where = config.lan ? "every address (lan in config.json)" : config.host;
  throw new ReachRefused(
    `Refusing to listen on ${where}: no device with full rights is paired yet and no GitHub login is allowed, so the machine would have no owner. ` +
      "Start with --lan typed here, which prints a code for the owner, or pair a browser first, or run: npx voxpilot devices add --name laptop",
  );
}

/** Whether anything but this machine itself gets to the port. */
export function isBeyondLoopback({ host, lan }: Pick<Config, "host" | "lan">): boolean {
  return lan || !isLoopback(host);
}

/** Somebody who may come in without a device: through an app, or with a token of their own. */
function hasAllowedLogin({ gitHub }: ReachSettings): boolean {
  return gitHub.allowedLogins.length > 0;
}
