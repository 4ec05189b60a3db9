/** Signing in with GitHub: which ways there are here, who is signed in, a pasted token, and why a sign-in came back refused. */
import { api, ask } from "../../api/client.ts";
import type { Failure, GitHubUser, Outcome, SignInWays } from "../../api/types.ts";
import { suggestName } from "../../lib/browser/this-device.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { loadDevice } from "./device.ts";

/** Why nobody was signed in: a `SignInFailure` or a problem's code, and what GitHub or the server said about it. */
export interface SignInProblem {
  readonly code: string;
  /** GitHub's own name of the error, or the login that is not let in. */
  readonly detail: string | null;
  /** How long no other try is taken. */
  readonly retryAfterSeconds: number | null;
}

const waysSignal = signal<SignInWays | null>(null);
const userSignal = signal<GitHubUser | "nobody" | "unknown" | null>(null);

/** Null until the machine has said; then what works for this browser at this address. */
export const signInWays: ReadonlySignal<SignInWays | null> = waysSignal;
/** Who is signed in on this device; `unknown`: GitHub cannot be asked now, null: not asked yet. */
export const gitHubUser: ReadonlySignal<GitHubUser | "nobody" | "unknown" | null> = userSignal;

const retryAfterMs = [1_000, 2_000, 4_000, 8_000, 15_000];

/** Asks which ways there are, again and again while nobody answers. The answer of this ends it. */
export function loadSignInWays(): () => void {
  const stopped = new AbortController();
  const { signal: isOver } = stopped;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isAsking = false;
  let tries = 0;
  isOver.addEventListener("abort", () => clearTimeout(timer));
  const load = async () => {
    if (isAsking) return;
    isAsking = true;
    clearTimeout(timer);
    const outcome = await ask(api.GET("/api/auth"));
    isAsking = false;
    if (isOver.aborted) return;
    if (!outcome.ok && isLost(outcome.failure)) {
      timer = setTimeout(() => void load(), retryAfterMs[tries] ?? retryAfterMs.at(-1));
      tries += 1;
      return;
    }
    waysSignal.value = outcome.ok ? outcome.data : { web: false, device: false, token: false };
    stopped.abort();
  };
  const wake = () => {
    if (document.visibilityState === "visible") void load();
  };
  window.addEventListener("online", wake, { signal: isOver });
  document.addEventListener("visibilitychange", wake, { signal: isOver });
  void load();
  return () => stopped.abort();
}

/** Nobody answered, or only what stands before the machine did. */
function isLost(failure: Failure): boolean {
  return failure === "unreachable" || failure.status >= 500;
}

/** Asks who is signed in here. */
export async function loadGitHubUser(): Promise<void> {
  const outcome = await ask(api.GET("/api/auth/me"));
  if (outcome.ok) userSignal.value = outcome.data;
  else userSignal.value = codeOf(outcome.failure) === "github_not_signed_in" ? "nobody" : "unknown";
}

/** Signs in with a token that was pasted. Null: signed in; otherwise why not. */
export async function signInWithToken(token: string): Promise<SignInProblem | null> {
  const outcome = await ask(api.POST("/api/auth/token", { body: { token, name: await suggestName() } }));
  if (!outcome.ok) return problemOf(outcome.failure);
  await signedIn();
  return null;
}

/** After any way of signing in: who this device is now. */
export async function signedIn(): Promise<void> {
  await Promise.all([loadDevice(), loadGitHubUser()]);
}

/** Signs out of GitHub; a device that came in by it is signed out altogether. Null: done; otherwise why not. */
export async function signOutOfGitHub(): Promise<Failure | null> {
  const outcome: Outcome<unknown> = await ask(api.POST("/api/auth/logout", { body: {} }));
  if (!outcome.ok) return outcome.failure;
  userSignal.value = "nobody";
  await loadDevice();
  return null;
}

/** The address that begins the web flow, and comes back to `next`. */
export function webSignInAddress(next: string, name: string): string {
  return `/api/auth/login?${new URLSearchParams({ next, name })}`;
}

/** Why the web flow came back with nobody, from this page's address; null: it did not. */
export function refusedSignIn(search = location.search): SignInProblem | null {
  const query = new URLSearchParams(search);
  const code = query.get("reason") ?? query.get("refused");
  if (code === null) return null;
  const seconds = Number(query.get("retryAfterSeconds"));
  return {
    code,
    detail: query.get("login") ?? query.get("detail"),
    retryAfterSeconds: seconds > 0 ? seconds : null,
  };
}

/** What a refused call says about signing in. */
export function problemOf(failure: Failure): SignInProblem {
  if (failure === "unreachable")
    return { code: "machine_unreachable", detail: null, retryAfterSeconds: null };
  const { reason, detail, login, retryAfterSeconds } = failure.data;
  return {
    code: textOf(reason) ?? failure.code,
    detail: textOf(login) ?? textOf(detail),
    retryAfterSeconds: typeof retryAfterSeconds === "number" ? retryAfterSeconds : null,
  };
}

function codeOf(failure: Failure): string {
  return failure === "unreachable" ? failure : failure.code;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
