/** Signing in with GitHub, whole: the ways in, whom a token belongs to, and who is let in. */
import * as z from "zod";
import type { GitHubUser } from "../../protocol/github.ts";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { Throttle } from "../throttle.ts";
import { AllowedLogins } from "./allowed-logins.ts";
import { type Clock, systemClock } from "./clock.ts";
import { CookieSeal } from "./cookie-seal.ts";
import { DeviceFlows } from "./device-flows.ts";
import {
  createGitHubClient,
  type GitHubAccount,
  type GitHubApp,
  type GitHubClient,
  GitHubToken,
} from "./github-client.ts";
import { GitHubError } from "./github-error.ts";
import { Identities } from "./identities.ts";
import { TokenHashes } from "./token-hashes.ts";
import { WebFlow, type WebFlowReturn, type WebFlowStart, type WebState } from "./web-flow.ts";

/** Ten failed tries a minute for one client, sixty for all together. */
const throttleLimits = { perClient: 10, total: 60, windowMs: 60_000, maxClients: 1_000 };
/** Ten tries in five minutes for one paired device, good ones too; no device holds up another. */
const deviceLimits = { perClient: 10, total: 1_000_000, windowMs: 5 * 60_000, maxClients: 1_000 };
const maxDiscarded = 1_000;

export interface GitHubSignInOptions {
  readonly settings: GitHubApp & { readonly allowedLogins: readonly string[] };
  /** The state folder; it is touched when somebody signs in first. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** Whether a device may still come in: the cookie of one that was signed out is nobody's. */
  readonly isPaired: (deviceId: string) => boolean;
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal;
  /** Told what nobody waits for any more: a device flow that failed in a way that GitHub has no name for. */
  readonly onUnexpected: (error: unknown) => void;
  /** Hears of each token that comes into use and is GitHub's, so that it can be kept out of what is shown and logged … */
  readonly onToken?: (token: string) => void;
  /** … and of its end. */
  readonly onTokenEnded?: (token: string) => void;
  readonly clock?: Clock;
}

/** Who a `gh_token` cookie stands for, with the device that it was given to. */
export type Identified =
  | {
      readonly type: "user";
      readonly user: GitHubAccount;
      readonly device: string;
    }
  | { readonly type: "unknown" }
  | { readonly type: "unreachable" };

/** What a browser gets by signing in: the token sealed for `gh_token`, and its own token when it was paired by that. */
export interface SignedIn {
  readonly user: GitHubUser;
  readonly sealed: string;
  readonly deviceToken: string | null;
}

const TokenCookie = z.object({ token: GitHubToken, login: z.string(), device: z.string() });
type TokenCookie = z.infer<typeof TokenCookie>;

/** One for a server. What it hands out for cookies is sealed; a token leaves it only towards GitHub. */
export class GitHubSignIn {
  readonly #options: GitHubSignInOptions;
  readonly #client: GitHubClient;
  readonly #identities: Identities;
  readonly #webFlow: WebFlow;
  /** Slows down guessing of tokens and states. */
  readonly throttle: Throttle;
  /** The same for paired devices, by their ids: and how often one signs in. */
  readonly deviceThrottle: Throttle;
  readonly deviceFlows: DeviceFlows<SignedIn>;
  #seal: Promise<CookieSeal> | null = null;
  #allowed: Promise<AllowedLogins> | null = null;
  /** Tokens that were ended here: their cookies are nobody's, whatever GitHub still says. */
  readonly #discarded = new TokenHashes(maxDiscarded);

  constructor(options: GitHubSignInOptions) {
    const { settings, stopping, onUnexpected, clock = systemClock } = options;
    this.#options = options;
    this.#client = createGitHubClient(settings);
    this.#identities = new Identities({
      accountOf: (token) => this.#client.accountOf(token, stopping),
      clock,
    });
    this.#webFlow = new WebFlow(settings, clock);
    // By itself it goes by a clock that nobody sets.
    const time = options.clock === undefined ? {} : { now: () => clock.now() };
    this.throttle = new Throttle({ ...throttleLimits, ...time });
    this.deviceThrottle = new Throttle({ ...deviceLimits, ...time });
    this.deviceFlows = new DeviceFlows({ client: this.#client, clock, stopping, onUnexpected });
  }

  /** What the configured app can do; null when none is configured. */
  get app(): { readonly web: boolean; readonly device: boolean } | null {
    const { clientId, clientSecret } = this.#options.settings;
    return clientId === null ? null : { web: clientSecret !== null, device: true };
  }

  /** Whether there are logins that let a browser in that is not paired yet. */
  get hasAllowedLogins(): boolean {
    return this.#options.settings.allowedLogins.length > 0;
  }

  /** Begins the web flow: where the browser goes, and what it keeps in a cookie. */
  async beginWeb(start: WebFlowStart): Promise<{ location: string; cookie: string }> {
    return this.#webFlow.begin(start, await this.#openSeal());
  }

  /** Takes up the web flow that this browser began, once; null for any other. */
  async finishWeb(back: WebFlowReturn): Promise<WebState | null> {
    return this.#webFlow.finish(back, await this.#openSeal());
  }

  /** The token for the code that the browser brought. Rejects with `GitHubError`. */
  exchangeCode(exchange: Parameters<GitHubClient["exchangeCode"]>[0]): Promise<string> {
    return this.#client.exchangeCode(exchange, this.#options.stopping);
  }

  /** Whom a new token belongs to, asked of GitHub itself. Null: GitHub does not accept it. Rejects with `GitHubError`. */
  async verify(token: string): Promise<GitHubAccount | null> {
    if (!GitHubToken.safeParse(token).success) return null;
    const account = await this.#client.accountOf(token, this.#options.stopping);
    if (account === null) return null;
    this.#discarded.delete(token);
    this.#identities.remember(token, account);
    this.#options.onToken?.(token);
    return account;
  }

  /** Whether the account is on the list of those who are let in. The first time its numeric id is pinned, on disk. */
  async isAllowed(account: GitHubAccount): Promise<boolean> {
    const { directory, files, settings } = this.#options;
    this.#allowed ??= AllowedLogins.open({
      directory,
      files,
      logins: settings.allowedLogins,
      url: settings.url,
    });
    // What could not be read is read again the next time.
    this.#allowed.catch(() => {
      this.#allowed = null;
    });
    return (await this.#allowed).admits(account);
  }

  /** What the cookie `gh_token` of a device holds. */
  async sealToken(token: string, account: GitHubAccount, deviceId: string): Promise<string> {
    const content: TokenCookie = { token, login: account.login, device: deviceId };
    return (await this.#openSeal()).seal("gh_token", JSON.stringify(content));
  }

  /** Who a `gh_token` cookie stands for, as GitHub says; a cookie of any other making is nobody's, and GitHub is not asked. */
  async identify(sealed: string | null): Promise<Identified> {
    const content = await this.#openLive(sealed);
    if (content === null) return { type: "unknown" };
    const { token, device } = content;
    const identity = await this.#identities.identify(token);
    if (identity.type === "unknown") this.#options.onTokenEnded?.(token);
    return identity.type === "user" ? { ...identity, device } : identity;
  }

  /** The token of a cookie and the device that it was given to, for what is asked of GitHub in that person's name; null: it is over, or nobody's. */
  async tokenOf(sealed: string | null): Promise<Pick<TokenCookie, "token" | "device"> | null> {
    return this.#openLive(sealed);
  }

  /** The account of a `gh_token` cookie when it is let in, else null. */
  async allowedUser(sealed: string | null): Promise<GitHubAccount | null> {
    const identified = await this.identify(sealed);
    if (identified.type !== "user") return null;
    return (await this.isAllowed(identified.user)) ? identified.user : null;
  }

  /** Ends a token that lets nobody in. What GitHub answers is told; it matters to nobody else. */
  async discard(token: string): Promise<GitHubError | null> {
    this.dismiss(token);
    this.#discarded.add(token);
    try {
      await this.#client.revoke(token, this.#options.stopping);
      return null;
    } catch (error) {
      if (error instanceof GitHubError) return error;
      throw error;
    }
  }

  /** Forgets a token that let nobody in, and that is not ours to end. */
  dismiss(token: string): void {
    this.#identities.forget(token);
    this.#options.onTokenEnded?.(token);
  }

  /** Ends the token of a cookie that a new one replaces: GitHub keeps ten for each app, and ends the oldest, perhaps another browser's. */
  async replace(sealed: string | null, token: string): Promise<void> {
    const content = await this.#unseal(sealed);
    if (content === null || this.#discarded.has(content.token)) return;
    if (content.token !== token) await this.discard(content.token);
  }

  /** Ends the token of a cookie: here at once, at GitHub as far as it answers in time. The login it was for; null: of a token that is over, or of nobody. */
  async signOut(sealed: string | null): Promise<{ login: string; failure: GitHubError | null } | null> {
    const content = await this.#openLive(sealed);
    // Many at once all came this far.
    if (content === null || this.#discarded.has(content.token)) return null;
    return { login: content.login, failure: await this.discard(content.token) };
  }

  /** What a cookie holds while its device is paired and its token was not ended here: any other may be played again and again. */
  async #openLive(sealed: string | null): Promise<TokenCookie | null> {
    const content = await this.#unseal(sealed);
    if (content === null || !this.#options.isPaired(content.device)) return null;
    if (this.#discarded.has(content.token)) return null;
    this.#options.onToken?.(content.token);
    return content;
  }

  async #unseal(sealed: string | null): Promise<TokenCookie | null> {
    const text = sealed === null ? null : (await this.#openSeal()).unseal("gh_token", sealed);
    return text === null ? null : TokenCookie.parse(JSON.parse(text));
  }

  #openSeal(): Promise<CookieSeal> {
    const { directory, files } = this.#options;
    this.#seal ??= CookieSeal.open({ directory, files });
    // What could not be read is read again the next time.
    this.#seal.catch(() => {
      this.#seal = null;
    });
    return this.#seal;
  }
}
