/** Asks GitHub for a device flow's token until the person has decided, as RFC 8628 and GitHub's own answers say how often. */
import type { Clock } from "./clock.ts";
import type { DeviceGrant, DevicePoll, GitHubClient } from "./github-client.ts";
import { GitHubError } from "./github-error.ts";

export type PollingEnd =
  | { readonly type: "token"; readonly token: string }
  | { readonly type: "failed"; readonly error: GitHubError }
  | { readonly type: "stopped" };

export interface Polling {
  readonly grant: DeviceGrant;
  readonly client: GitHubClient;
  readonly clock: Clock;
  /** Milliseconds since 1970; nothing is asked after it. */
  readonly expiresAt: number;
  readonly signal: AbortSignal;
  /** Called when GitHub wants to be asked less often. */
  readonly onInterval: (intervalSeconds: number) => void;
}

const shortestSeconds = 1;
const slowerBySeconds = 5;
/** So many times in a row GitHub may not answer. */
const patience = 3;

/** Waits one interval before each try, the first too. Never rejects. */
export async function pollForToken(polling: Polling): Promise<PollingEnd> {
  const { clock, expiresAt, signal } = polling;
  let intervalSeconds = Math.max(polling.grant.interval, shortestSeconds);
  let unanswered = 0;
  const slowDown = (to: number) => {
    intervalSeconds = Math.max(to, intervalSeconds);
    polling.onInterval(intervalSeconds);
  };
  try {
    for (;;) {
      const leftMs = expiresAt - clock.now();
      await clock.wait(Math.max(0, Math.min(intervalSeconds * 1_000, leftMs)), signal);
      if (clock.now() >= expiresAt) throw new GitHubError("expired");
      const answer = await poll(polling);
      if (answer === "unanswered") {
        unanswered += 1;
        if (unanswered >= patience) throw new GitHubError("unreachable");
        slowDown(intervalSeconds + slowerBySeconds);
        continue;
      }
      unanswered = 0;
      if (answer.type === "token") return answer;
      // It counts for the rest of the flow, not for one wait.
      if (answer.type === "slow_down") slowDown(answer.intervalSeconds ?? intervalSeconds + slowerBySeconds);
    }
  } catch (error) {
    if (error instanceof GitHubError) return { type: "failed", error };
    if (signal.aborted) return { type: "stopped" };
    throw error;
  }
}

async function poll({ grant, client, signal }: Polling): Promise<DevicePoll | "unanswered"> {
  try {
    return await client.pollDeviceFlow(grant.device_code, signal);
  } catch (error) {
    if (error instanceof GitHubError && error.reason === "unreachable") return "unanswered";
    throw error;
  }
}
