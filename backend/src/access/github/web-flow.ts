/** GitHub's web flow: `state` and PKCE's verifier travel sealed in the browser's own cookie, and count once. */
import { createHash } from "node:crypto";
import * as z from "zod";
import { createToken, equalHashes, hashSecret } from "../secret.ts";
import type { Clock } from "./clock.ts";
import type { CookieSeal } from "./cookie-seal.ts";
import { type GitHubApp, gitHubScope } from "./github-client.ts";

/** How long a person has at GitHub. */
export const stateSeconds = 10 * 60;
/** States that were used are remembered until they expire; each stands for a cookie that we sealed. */
const maxUsed = 10_000;

const WebState = z.object({
  state: z.string(),
  verifier: z.string(),
  /** GitHub wants to hear it again, word for word. */
  redirectUri: z.string(),
  next: z.string(),
  /** Of the device that may be made; null: what its browser says of itself. */
  name: z.string().nullable(),
  /** The device that began it; null: a browser that was not paired. */
  device: z.string().nullable(),
  expiresAt: z.number(),
});
/** A web flow that has come back to the browser that began it. */
export type WebState = z.infer<typeof WebState>;

export interface WebFlowStart {
  readonly redirectUri: string;
  readonly next: string;
  readonly name: string | null;
  readonly device: string | null;
}

/** What a browser comes back with, and as which device. */
export interface WebFlowReturn {
  readonly cookie: string | null;
  readonly state: string | undefined;
  readonly device: string | null;
}

/** Begins and ends web flows. Nothing is kept on disk: one that is under way outlives a restart in its cookie. */
export class WebFlow {
  readonly #app: GitHubApp;
  readonly #clock: Clock;
  readonly #used = new Map<string, number>();

  constructor(app: GitHubApp, clock: Clock) {
    this.#app = app;
    this.#clock = clock;
  }

  /** GitHub's address to go to, and what the browser must bring back in its cookie. */
  begin(start: WebFlowStart, seal: CookieSeal): { location: string; cookie: string } {
    const [state, verifier] = [createToken(), createToken()];
    const content: WebState = {
      state,
      verifier,
      ...start,
      expiresAt: this.#clock.now() + stateSeconds * 1_000,
    };
    const location = new URL(`${this.#app.url}/login/oauth/authorize`);
    location.search = new URLSearchParams({
      client_id: this.#app.clientId ?? "",
      redirect_uri: start.redirectUri,
      scope: gitHubScope,
      state,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      // Whoever was refused with one account can choose another.
      prompt: "select_account",
    }).toString();
    return { location: location.href, cookie: seal.seal("github_state", JSON.stringify(content)) };
  }

  /** What was begun, when this state belongs to this cookie and this device, is young enough and comes for the first time; else null. */
  finish(back: WebFlowReturn, seal: CookieSeal): WebState | null {
    const text = back.cookie === null ? null : seal.unseal("github_state", back.cookie);
    if (text === null || back.state === undefined) return null;
    // We alone can have sealed it.
    const content = WebState.parse(JSON.parse(text));
    if (!equalHashes(hashSecret(content.state), hashSecret(back.state))) return null;
    // A cookie can be put into another's browser: then that device would sign in with whoever began it.
    if (content.device !== back.device) return null;
    const now = this.#clock.now();
    const isTimely = content.expiresAt > now && content.expiresAt <= now + stateSeconds * 1_000;
    if (!isTimely || this.#used.has(content.state)) return null;
    this.#remember(content, now);
    return content;
  }

  #remember({ state, expiresAt }: WebState, now: number): void {
    for (const [known, until] of this.#used) {
      if (until <= now || this.#used.size >= maxUsed) this.#used.delete(known);
    }
    this.#used.set(state, expiresAt);
  }
}
