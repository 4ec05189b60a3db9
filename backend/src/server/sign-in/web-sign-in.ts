/** GitHub's web flow, from the browser's side. */
import type { Context } from "hono";
import { namedError } from "../../access/github/github-error.ts";
import type { GitHubSignIn } from "../../access/github/github-sign-in.ts";
import { nextPath } from "../../access/github/next-path.ts";
import { stateSeconds } from "../../access/github/web-flow.ts";
import { pairedDevice } from "../callers/authorisation.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { assertMayBegin, completeSignIn, setSignInCookies } from "./complete-sign-in.ts";
import { readSignInCookie, setSignInCookie } from "./sign-in-cookies.ts";
import { countTry, gitHubProblem } from "./sign-in-tries.ts";
import { gitHubOf, notConfigured, visitorOf } from "./visitor.ts";

type RequestContext = Context<ServerEnvironment>;

export interface WebFlowQuery {
  readonly next?: string | undefined;
  readonly name?: string | undefined;
}

export interface CallbackQuery {
  readonly code?: string | undefined;
  readonly state?: string | undefined;
  readonly error?: string | undefined;
}

/** Where GitHub sends browsers back to: of the server's own address, whatever a request calls it (security requirement NET-18). */
export function redirectUri(parts: ServerParts): string {
  return new URL("/api/auth/callback", parts.server.address).href;
}

function webFlowOf(parts: ServerParts): GitHubSignIn {
  const gitHub = gitHubOf(parts);
  if (gitHub.app?.web === true) return gitHub;
  throw notConfigured("Set VOXPILOT_GITHUB_CLIENT_ID and VOXPILOT_GITHUB_CLIENT_SECRET.");
}

/** Sends the browser to GitHub. */
export async function beginWebFlow(
  context: RequestContext,
  parts: ServerParts,
  query: WebFlowQuery,
): Promise<Response> {
  const gitHub = webFlowOf(parts);
  const device = pairedDevice(context);
  assertMayBegin(parts, device);
  const begun = await gitHub.beginWeb({
    redirectUri: redirectUri(parts),
    next: nextPath(query.next),
    name: query.name ?? null,
    device: device?.id ?? null,
  });
  setSignInCookie(context, parts, { name: "state", value: begun.cookie, maxAgeSeconds: stateSeconds });
  return context.redirect(begun.location, 302);
}

/** Takes up what GitHub sent the browser back with, and signs it in. */
export async function finishWebFlow(
  context: RequestContext,
  parts: ServerParts,
  query: CallbackQuery,
): Promise<Response> {
  const gitHub = webFlowOf(parts);
  // A look at the address must not use it up.
  if (context.req.method !== "GET") throw stateRefused();
  const visitor = visitorOf(context, parts, null);
  const device = visitor.device?.id ?? null;
  const back = { cookie: readSignInCookie(context, parts, "state"), state: query.state, device };
  const next = await countTry(parts, { visitor, what: "sign_in" }, async () => {
    const begun = await gitHub.finishWeb(back);
    if (begun === null) throw stateRefused();
    if (query.error !== undefined) throw gitHubProblem(namedError(query.error));
    if (query.code === undefined) throw stateRefused();
    const { verifier, redirectUri: sentBackTo } = begun;
    const exchange = { code: query.code, verifier, redirectUri: sentBackTo };
    const token = await gitHub.exchangeCode(exchange);
    const named = { ...visitor, name: begun.name ?? visitor.name };
    setSignInCookies(context, parts, await completeSignIn(parts, named, { token, how: "web" }));
    return begun.next;
  });
  setSignInCookie(context, parts, { name: "state", value: "", maxAgeSeconds: 0 });
  return context.redirect(next, 302);
}

function stateRefused(): ApiError {
  return new ApiError(400, "github_state", {
    detail: "This sign-in was not begun in this browser, or it took too long. Begin again.",
  });
}
