/** GitHub's device flow, from the browser's side. */
import type { Context } from "hono";
import type { DeviceFlowStart, DeviceFlowState } from "../../protocol/github.ts";
import { tooManyTries } from "../callers/too-many-tries.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { assertMayBegin, completeSignIn, setSignInCookies } from "./complete-sign-in.ts";
import { readSignInCookie, setSignInCookie } from "./sign-in-cookies.ts";
import { countTry, endTry } from "./sign-in-tries.ts";
import { gitHubOf, notConfigured, visitorOf } from "./visitor.ts";

type RequestContext = Context<ServerEnvironment>;

/** Longer than any flow: one that has ended is told apart by the server. */
const flowCookieSeconds = 60 * 60;

/** Begins a flow, or takes up the one that this browser has pending. */
export async function beginDeviceFlow(
  context: RequestContext,
  parts: ServerParts,
  name: string | null,
): Promise<DeviceFlowStart> {
  const gitHub = gitHubOf(parts);
  if (gitHub.app === null) throw notConfigured("Set VOXPILOT_GITHUB_CLIENT_ID.");
  const attempt = { visitor: visitorOf(context, parts, name), what: "sign_in" } as const;
  const { visitor } = attempt;
  const beginning = await countTry(parts, attempt, async () => {
    assertMayBegin(parts, visitor.device);
    const begun = await gitHub.deviceFlows.begin({
      browser: readSignInCookie(context, parts, "flow"),
      client: visitor.client,
      owner: visitor.device?.id ?? null,
      complete: (token) =>
        endTry(parts, attempt, () => completeSignIn(parts, visitor, { token, how: "device" })),
    });
    if (begun.type === "full") throw tooManyTries(begun.waitMs);
    return begun;
  });
  const { start, browser } = beginning;
  setSignInCookie(context, parts, { name: "flow", value: browser, maxAgeSeconds: flowCookieSeconds });
  return start;
}

/** Where a flow of this browser stands; the end brings the cookies with it, each time. */
export function deviceFlowState(context: RequestContext, parts: ServerParts, id: string): DeviceFlowState {
  const state = parts.gitHub?.deviceFlows.stateOf(id, readSignInCookie(context, parts, "flow")) ?? null;
  if (state === null) {
    throw new ApiError(404, "flow_not_found", {
      detail: "This browser has no such sign-in under way. Begin again.",
    });
  }
  switch (state.status) {
    case "pending":
      return { status: "pending", interval: state.intervalSeconds };
    case "done":
      setSignInCookies(context, parts, state.result);
      return { status: "done", user: state.result.user };
    case "failed":
      return state;
  }
}
