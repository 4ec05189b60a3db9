/** The one end of every way to sign in with GitHub: who is let in, what the browser gets for it, and what is written down. */
import type { Context } from "hono";
import { deviceCookieSeconds, setCookie, setDeviceCookie } from "../../access/cookies.ts";
import type { GitHubAccount } from "../../access/github/github-client.ts";
import type { SignedIn } from "../../access/github/github-sign-in.ts";
import type { AuditActor, AuditRecord } from "../../protocol/audit.ts";
import type { Device } from "../../protocol/device.ts";
import { requestOrigin } from "../callers/connection.ts";
import { ApiError } from "../errors.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { gitHubOf, type Visitor } from "./visitor.ts";

type RequestContext = Context<ServerEnvironment>;

/** What shows who somebody is, and by which way it was had. */
export interface Proof {
  readonly token: string;
  readonly how: Extract<AuditRecord, { kind: "signed_in" }>["how"];
}

/**
 * Lets a browser in whose token GitHub accepts. A paired device keeps its rights and gets the login; any other browser
 * becomes a new device with full rights when the login is on the list, else 403 `login_not_allowed`. On disk when it
 * resolves. Rejects with `GitHubError` when GitHub cannot be asked.
 */
export async function completeSignIn(parts: ServerParts, visitor: Visitor, proof: Proof): Promise<SignedIn> {
  const gitHub = gitHubOf(parts);
  // Nobody could come in by it, so GitHub is not bothered with a stranger's token.
  if (proof.how === "token") assertMayBegin(parts, visitor.device);
  const user = await gitHub.verify(proof.token);
  if (user === null) throw badCredentials();
  return letIn(parts, visitor, { ...proof, user });
}

/** A token that GitHub does not accept. */
function badCredentials(): ApiError {
  return new ApiError(400, "github_failed", {
    detail: "GitHub does not accept that token.",
    data: { reason: "failed", detail: "bad_credentials" },
  });
}

/** 403 `login_not_allowed` for a stranger where no login is let in: whatever GitHub says, nothing could come of it. */
export function assertMayBegin(parts: ServerParts, device: Device | null): void {
  if (device !== null || gitHubOf(parts).hasAllowedLogins) return;
  throw new ApiError(403, "login_not_allowed", {
    detail: "No GitHub login is let in here. Set VOXPILOT_GITHUB_ALLOWED_LOGINS, or pair this browser.",
  });
}

interface ProvenAccount extends Proof {
  readonly user: GitHubAccount;
}

async function letIn(parts: ServerParts, visitor: Visitor, account: ProvenAccount): Promise<SignedIn> {
  const gitHub = gitHubOf(parts);
  const { token, user, how } = account;
  const isAllowed = await gitHub.isAllowed(user);
  const attached =
    visitor.device === null ? null : await parts.devices.setLogin(visitor.device.id, user.login);
  if (attached === null && !isAllowed) throw await turnAway(parts, account);
  const { device, token: deviceToken } =
    attached === null ? await pairVisitor(parts, visitor, user) : { device: attached, token: null };
  const actor = actorOf(device, visitor);
  await parts.audit.record(actor, { kind: "signed_in", login: user.login, githubId: user.id, how });
  // A device of few rights must not fill the audit log by signing in again and again.
  if (attached !== null) gitHub.deviceThrottle.fail(attached.id);
  // Anybody's account signs in on a paired device, so only the owner's own is proof that the owner is there.
  if (attached !== null && isAllowed) {
    parts.freshProof.note(attached.id);
    await parts.audit.record(actor, { kind: "proof_given", how: "github" });
  }
  await gitHub.replace(visitor.sealed, token);
  const { login, name, avatar_url } = user;
  return {
    user: { login, name, avatar_url },
    sealed: await gitHub.sealToken(token, user, device.id),
    deviceToken,
  };
}

/** A token that was made for somebody who may not come in serves nobody. A pasted one is not ours to end. */
async function turnAway(parts: ServerParts, { token, user, how }: ProvenAccount): Promise<ApiError> {
  const gitHub = gitHubOf(parts);
  if (how === "token") gitHub.dismiss(token);
  else await gitHub.discard(token);
  return new ApiError(403, "login_not_allowed", {
    detail: `GitHub says that you are ${user.login}, who is not let in here.`,
    data: { login: user.login },
  });
}

async function pairVisitor(parts: ServerParts, visitor: Visitor, user: GitHubAccount) {
  const { name, address } = visitor;
  const made = await parts.devices.add({
    name,
    rights: "full",
    pairedBy: "github",
    login: user.login,
    address,
  });
  await parts.audit.record(actorOf(made.device, visitor), {
    kind: "device_paired",
    device: made.device.id,
    name,
    rights: "full",
    how: "github",
  });
  return made;
}

function actorOf(device: Device, { address }: Visitor): AuditActor {
  return { kind: "device", id: device.id, name: device.name, address };
}

/** Gives a browser what it signed in for. */
export function setSignInCookies(context: RequestContext, parts: ServerParts, signedIn: SignedIn): void {
  const place = requestOrigin(context, parts);
  const { sealed: value, deviceToken } = signedIn;
  const cookies = [setCookie("gh_token", place, { value, maxAgeSeconds: deviceCookieSeconds })];
  if (deviceToken !== null) cookies.push(setDeviceCookie(parts.cookieName, place, deviceToken));
  for (const cookie of cookies) context.header("set-cookie", cookie, { append: true });
}
