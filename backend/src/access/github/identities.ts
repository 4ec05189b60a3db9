/** Whose a token is, as GitHub said a moment ago: remembered by the token's hash, so that not every call asks GitHub. */
import { hashSecret } from "../secret.ts";
import type { Clock } from "./clock.ts";
import type { GitHubAccount } from "./github-client.ts";
import { GitHubError } from "./github-error.ts";

const freshMs = 5 * 60_000;
/** While GitHub does not answer, an answer this old still holds (security requirement NET-25). */
const staleMs = 24 * 60 * 60_000;
/** After GitHub did not answer, it is asked again so late. */
const retryMs = 30_000;
const maxRemembered = 1_000;

interface Remembered {
  readonly account: GitHubAccount;
  readonly verifiedAt: number;
  readonly askAgainAt: number;
}

/** `unreachable`: GitHub cannot be asked, and nothing is remembered. */
export type Identity =
  | { readonly type: "user"; readonly user: GitHubAccount }
  | { readonly type: "unknown" }
  | { readonly type: "unreachable" };

export interface IdentitiesOptions {
  /** Null: GitHub does not accept the token. Rejects when GitHub cannot say. */
  readonly accountOf: (token: string) => Promise<GitHubAccount | null>;
  readonly clock: Clock;
}

export class Identities {
  readonly #options: IdentitiesOptions;
  readonly #remembered = new Map<string, Remembered>();
  readonly #asking = new Map<string, Promise<Identity>>();

  constructor(options: IdentitiesOptions) {
    this.#options = options;
  }

  /** Asks GitHub when what is remembered is older than five minutes; many callers at once ask it once. */
  identify(token: string): Promise<Identity> {
    const hash = hashSecret(token);
    const known = this.#known(hash);
    if (known !== null && this.#options.clock.now() < known.askAgainAt) {
      return Promise.resolve({ type: "user", user: known.account });
    }
    const asking = this.#asking.get(hash) ?? this.#ask(token, hash).finally(() => this.#asking.delete(hash));
    this.#asking.set(hash, asking);
    return asking;
  }

  /** Notes what GitHub has just said. */
  remember(token: string, account: GitHubAccount): void {
    const now = this.#options.clock.now();
    this.#keep(hashSecret(token), { account, verifiedAt: now, askAgainAt: now + freshMs });
  }

  /** The next use asks GitHub. */
  forget(token: string): void {
    this.#remembered.delete(hashSecret(token));
  }

  async #ask(token: string, hash: string): Promise<Identity> {
    try {
      const account = await this.#options.accountOf(token);
      if (account === null) this.#remembered.delete(hash);
      else this.remember(token, account);
      return account === null ? { type: "unknown" } : { type: "user", user: account };
    } catch (error) {
      if (!(error instanceof GitHubError)) throw error;
      const known = this.#known(hash);
      if (known === null) return { type: "unreachable" };
      this.#keep(hash, { ...known, askAgainAt: this.#options.clock.now() + retryMs });
      return { type: "user", user: known.account };
    }
  }

  /** A clock that was set back makes it old, never younger. */
  #known(hash: string): Remembered | null {
    const known = this.#remembered.get(hash);
    if (known === undefined) return null;
    const age = this.#options.clock.now() - known.verifiedAt;
    if (age >= 0 && age < staleMs) return known;
    this.#remembered.delete(hash);
    return null;
  }

  #keep(hash: string, entry: Remembered): void {
    this.#remembered.delete(hash);
    this.#remembered.set(hash, entry);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maxRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
