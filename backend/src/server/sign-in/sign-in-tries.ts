/** Tries to sign in: slowed down, and written down when they are refused. */
import type { FlowEnd } from "../../access/github/device-flows.ts";
import { GitHubError } from "../../access/github/github-error.ts";
import type { Throttle } from "../../access/throttle.ts";
import { SignInFailure } from "../../protocol/github.ts";
import { tooManyTries } from "../callers/too-many-tries.ts";
import { ApiError } from "../errors.ts";
import type { ServerParts } from "../parts.ts";
import { gitHubOf, type Visitor } from "./visitor.ts";

export interface SignInTry {
  readonly visitor: Visitor;
  readonly what: "sign_in" | "token";
}

/** Does the work, in GitHub's case with its errors in HTTP's words. The try counts unless it went well or GitHub was away. */
export async function countTry<Result>(
  parts: ServerParts,
  attempt: SignInTry,
  work: () => Promise<Result>,
): Promise<Result> {
  const { throttle, key } = supplyOf(parts, attempt.visitor);
  const waitMs = throttle.take(key);
  try {
    if (waitMs > 0) throw tooManyTries(waitMs);
    const result = await work();
    throttle.giveBack(key);
    return result;
  } catch (error) {
    const refusal = await noteRefusal(parts, attempt, error);
    // One that was held up took nothing.
    if (waitMs === 0 && refusal.code === "github_unreachable") throttle.giveBack(key);
    throw refusal;
  }
}

/** Strangers must not be able to lock out who is in already: a device has a supply of its own. */
function supplyOf(parts: ServerParts, { device, client }: Visitor): { throttle: Throttle; key: string } {
  const { throttle, deviceThrottle } = gitHubOf(parts);
  return device === null ? { throttle, key: client } : { throttle: deviceThrottle, key: device.id };
}

/** The same for what no request waits for: a refusal becomes the end of a device flow. */
export async function endTry<Result>(
  parts: ServerParts,
  attempt: SignInTry,
  work: () => Promise<Result>,
): Promise<FlowEnd<Result>> {
  try {
    return { status: "done", result: await work() };
  } catch (error) {
    const refusal = await noteRefusal(parts, attempt, error);
    if (refusal.code === "login_not_allowed") {
      if (attempt.visitor.device === null) gitHubOf(parts).throttle.fail(attempt.visitor.client);
      return { status: "failed", reason: "not_allowed" };
    }
    const { reason, detail } = refusal.extras.data ?? {};
    return {
      status: "failed",
      reason: SignInFailure.catch("failed").parse(reason),
      detail: typeof detail === "string" ? detail : undefined,
    };
  }
}

/** Throws what is no refusal. */
async function noteRefusal(
  parts: ServerParts,
  { visitor, what }: SignInTry,
  error: unknown,
): Promise<ApiError> {
  const refusal = error instanceof GitHubError ? gitHubProblem(error) : error;
  if (!(refusal instanceof ApiError)) throw error;
  const { login, detail } = refusal.extras.data ?? {};
  await parts.audit.record(visitor.actor, {
    kind: "refused",
    what,
    reason: typeof detail === "string" ? detail : refusal.code,
    ...(typeof login === "string" ? { login } : {}),
    count: 1,
  });
  return refusal;
}

/** What GitHub said or did not say, in HTTP's words; `data` has the reason and GitHub's own name for it. */
export function gitHubProblem(error: GitHubError): ApiError {
  const { reason, detail, retryAfterSeconds } = error;
  const data = {
    reason,
    ...(detail === undefined ? {} : { detail }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const headers = retryAfterSeconds === undefined ? {} : { "retry-after": String(retryAfterSeconds) };
  switch (reason) {
    case "unreachable":
      return new ApiError(503, "github_unreachable", { detail: "GitHub does not answer. Try again.", data });
    case "rate_limited":
      return new ApiError(503, "github_failed", { detail: "GitHub was asked too often.", data, headers });
    case "denied":
      return new ApiError(403, "github_failed", { detail: "Signing in was cancelled at GitHub.", data });
    case "expired":
      return new ApiError(400, "github_failed", { detail: "GitHub's code has expired. Try again.", data });
    default:
      return new ApiError(502, "github_failed", {
        detail: `GitHub refused: ${detail ?? "it gave no reason"}. See docs/github.md.`,
        data,
      });
  }
}
