/** What goes wrong with GitHub, in the words of `SignInFailure`, with GitHub's own name for it where it gave one. */
import type { SignInFailure } from "../../protocol/github.ts";

/** `not_allowed` is ours to say, never GitHub's. */
export type GitHubFailure = Exclude<SignInFailure, "not_allowed">;

export interface GitHubErrorFacts {
  /** GitHub's name for it, such as `bad_verification_code`; it holds letters and underscores alone. */
  readonly detail?: string | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** GitHub refused, or could not be asked. It carries nothing that was sent: no token, no code. */
export class GitHubError extends Error {
  override readonly name = "GitHubError";
  readonly reason: GitHubFailure;
  readonly detail: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(reason: GitHubFailure, facts: GitHubErrorFacts = {}) {
    super(facts.detail === undefined ? reason : `${reason}: ${facts.detail}`);
    this.reason = reason;
    this.detail = facts.detail;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}

const reasons: ReadonlyMap<string, GitHubFailure> = new Map<string, GitHubFailure>([
  ["expired_token", "expired"],
  ["token_expired", "expired"],
  ["bad_verification_code", "expired"],
  ["access_denied", "denied"],
  ["device_flow_disabled", "device_flow_disabled"],
  ["incorrect_client_credentials", "misconfigured"],
  ["incorrect_device_code", "misconfigured"],
  ["unsupported_grant_type", "misconfigured"],
  ["redirect_uri_mismatch", "misconfigured"],
  ["application_suspended", "misconfigured"],
  ["slow_down", "rate_limited"],
]);

/** The error that GitHub named in an answer or in the address that it sent the browser back to. */
export function namedError(name: string): GitHubError {
  const detail = /^[A-Za-z_]{1,64}$/.test(name) ? name : undefined;
  return new GitHubError(reasons.get(name) ?? "failed", { detail });
}
