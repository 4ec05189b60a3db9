/** Signing in with GitHub: the web flow, the device flow, a pasted token; who is signed in, and signing out. */
import type { Context } from "hono";
import * as z from "zod";
import { DeviceName } from "../../../protocol/device.ts";
import { DeviceFlowStart, DeviceFlowState, GitHubUser } from "../../../protocol/github.ts";
import { pairedDevice } from "../../callers/authorisation.ts";
import { requestOrigin } from "../../callers/connection.ts";
import { ApiError } from "../../errors.ts";
import type { ServerEnvironment, ServerParts } from "../../parts.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";
import { completeSignIn, setSignInCookies } from "../../sign-in/complete-sign-in.ts";
import { beginDeviceFlow, deviceFlowState } from "../../sign-in/device-sign-in.ts";
import { answerNavigation } from "../../sign-in/refusal-page.ts";
import { countTry } from "../../sign-in/sign-in-tries.ts";
import { signOut } from "../../sign-in/sign-out.ts";
import { sealedToken, visitorOf } from "../../sign-in/visitor.ts";
import { beginWebFlow, finishWebFlow, redirectUri } from "../../sign-in/web-sign-in.ts";

/** What can be offered to the browser that asks, where it asks. */
export const SignInWays = z
  .object({
    /** False as well where GitHub would send the browser back to another address than it is at. */
    web: z.boolean(),
    device: z.boolean(),
    token: z.boolean(),
  })
  .meta({ id: "SignInWays" });

const StartDeviceFlow = z.object({ name: DeviceName.optional() }).meta({ id: "StartDeviceFlow" });
const TokenSignIn = z
  .object({ token: z.string().trim().max(255), name: DeviceName.optional() })
  .meta({ id: "TokenSignIn" });

/** What stands in an address is anybody's to write: what does not fit is as good as absent. */
const inAddress = (schema: z.ZodType<string>) => schema.optional().catch(undefined).meta({ type: "string" });
const loginQuery = z.object({ next: inAddress(z.string()), name: inAddress(DeviceName) });
const callbackQuery = z.object({
  code: inAddress(z.string().min(1).max(255)),
  state: inAddress(z.string().max(255)),
  error: inAddress(z.string()),
});

export const authRoutes = [
  route(
    {
      method: "get",
      path: "/api/auth",
      right: "public",
      summary: "The ways to sign in with GitHub that work here",
      responses: { 200: { description: "The ways.", content: jsonContent(SignInWays) } },
    },
    (context, parts) => context.json(waysOf(context, parts), 200),
  ),
  route(
    {
      method: "get",
      path: "/api/auth/login",
      right: "public",
      summary: "Begin GitHub's web flow: sends the browser to GitHub",
      request: { query: loginQuery },
      responses: { 302: { description: "On to GitHub." } },
    },
    (context, parts) =>
      answerNavigation(context, () => beginWebFlow(context, parts, context.req.valid("query"))),
  ),
  route(
    {
      method: "get",
      path: "/api/auth/callback",
      right: "public",
      summary: "Where GitHub sends the browser back to: signs it in",
      request: { query: callbackQuery },
      responses: { 302: { description: "Signed in; on to the page." } },
    },
    (context, parts) =>
      answerNavigation(context, () => finishWebFlow(context, parts, context.req.valid("query"))),
  ),
  route(
    {
      method: "post",
      path: "/api/auth/device",
      right: "public",
      summary: "Begin GitHub's device flow, or take up the one that this browser has pending",
      request: { body: jsonBody(StartDeviceFlow) },
      responses: { 201: { description: "The code to type.", content: jsonContent(DeviceFlowStart) } },
    },
    async (context, parts) =>
      context.json(await beginDeviceFlow(context, parts, context.req.valid("json").name ?? null), 201),
  ),
  route(
    {
      method: "get",
      path: "/api/auth/device/{flow}",
      right: "public",
      summary: "Where this browser's device flow stands; with `done` the answer sets the cookies",
      request: { params: z.object({ flow: z.string() }) },
      responses: { 200: { description: "Where it stands.", content: jsonContent(DeviceFlowState) } },
    },
    (context, parts) => context.json(deviceFlowState(context, parts, context.req.valid("param").flow), 200),
  ),
  route(
    {
      method: "post",
      path: "/api/auth/token",
      right: "public",
      summary: "Sign in with a GitHub token",
      request: { body: jsonBody(TokenSignIn) },
      responses: { 200: { description: "Signed in.", content: jsonContent(GitHubUser) } },
    },
    async (context, parts) =>
      context.json(await signInWithToken(context, parts, context.req.valid("json")), 200),
  ),
  route(
    {
      method: "get",
      path: "/api/auth/me",
      right: "public",
      summary: "Who is signed in with GitHub in this browser",
      responses: { 200: { description: "The user.", content: jsonContent(GitHubUser) } },
    },
    async (context, parts) => context.json(await currentUser(context, parts), 200),
  ),
  route(
    {
      method: "post",
      path: "/api/auth/logout",
      right: "public",
      summary: "Sign out of GitHub; a device that GitHub let in is signed out with it",
      request: { body: jsonBody(z.object({})) },
      responses: { 204: { description: "Signed out." } },
    },
    async (context, parts) => {
      await signOut(context, parts);
      return context.body(null, 204);
    },
  ),
];

type RequestContext = Context<ServerEnvironment>;

function waysOf(context: RequestContext, parts: ServerParts): z.infer<typeof SignInWays> {
  const { gitHub } = parts;
  const mayEnter = pairedDevice(context) !== null || gitHub?.hasAllowedLogins === true;
  if (gitHub === null || !mayEnter) return { web: false, device: false, token: false };
  const comesBack = requestOrigin(context, parts).origin === new URL(redirectUri(parts)).origin;
  return { web: gitHub.app?.web === true && comesBack, device: gitHub.app?.device === true, token: true };
}

async function signInWithToken(
  context: RequestContext,
  parts: ServerParts,
  { token, name }: z.infer<typeof TokenSignIn>,
): Promise<GitHubUser> {
  const visitor = visitorOf(context, parts, name ?? null);
  const signedIn = await countTry(parts, { visitor, what: "token" }, () =>
    completeSignIn(parts, visitor, { token, how: "token" }),
  );
  setSignInCookies(context, parts, signedIn);
  return signedIn.user;
}

async function currentUser(context: RequestContext, parts: ServerParts): Promise<GitHubUser> {
  const identified = (await parts.gitHub?.identify(sealedToken(context, parts))) ?? { type: "unknown" };
  switch (identified.type) {
    case "user": {
      const { login, name, avatar_url } = identified.user;
      return { login, name, avatar_url };
    }
    case "unknown":
      throw new ApiError(401, "github_not_signed_in", { detail: "Nobody is signed in with GitHub here." });
    case "unreachable":
      throw new ApiError(503, "github_unreachable", { detail: "GitHub does not answer. Try again." });
  }
}
