/** Signing in with GitHub, as the page and other programs see it. The names are those of GitHub's own API. */
import * as z from "zod";
import { Timestamp } from "./identifiers.ts";

/** Who is signed in: the answer of `GET /api/auth/me`. */
export const GitHubUser = z
  .object({ login: z.string(), name: z.string().nullable(), avatar_url: z.string() })
  .meta({ id: "GitHubUser" });
export type GitHubUser = z.infer<typeof GitHubUser>;

/** A device flow that was begun: the person types `user_code` at `verification_uri`. */
export const DeviceFlowStart = z
  .object({
    flow: z.string(),
    user_code: z.string(),
    verification_uri: z.string(),
    expires_at: Timestamp,
  })
  .meta({ id: "DeviceFlowStart" });
export type DeviceFlowStart = z.infer<typeof DeviceFlowStart>;

/** Why signing in did not work; the page has words for each. */
export const SignInFailure = z
  .enum([
    "expired",
    "denied",
    "not_allowed",
    "device_flow_disabled",
    "misconfigured",
    "rate_limited",
    "unreachable",
    "failed",
  ])
  .meta({ id: "SignInFailure" });
export type SignInFailure = z.infer<typeof SignInFailure>;

/** Where a device flow stands. With `done` the answer sets the cookies. */
export const DeviceFlowState = z
  .discriminatedUnion("status", [
    z.object({ status: z.literal("pending"), interval: z.number() }),
    z.object({ status: z.literal("done"), user: GitHubUser }),
    z.object({ status: z.literal("failed"), reason: SignInFailure, detail: z.string().optional() }),
  ])
  .meta({ id: "DeviceFlowState" });
export type DeviceFlowState = z.infer<typeof DeviceFlowState>;
