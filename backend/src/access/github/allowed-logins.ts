/** Who is let in by name: each login is pinned to the account that first came with it, in `<state>/github-owners.json`. */

import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { OneByOne } from "../../workspace/one-by-one.ts";
import { readState, writeState } from "../../workspace/state-file.ts";
import type { GitHubAccount } from "./github-client.ts";

const OwnersFile = z.object({
  version: z.literal(1),
  /** `at` is the GitHub that gave the id: another one gives the same number to somebody else. */
  owners: z.array(z.object({ login: z.string(), id: z.int().positive(), at: z.string() })),
});
type Owner = z.infer<typeof OwnersFile>["owners"][number];

export interface AllowedLoginsOptions {
  /** The state folder. */
  readonly directory: string;
  readonly files: DurableFiles;
  readonly logins: readonly string[];
  /** The GitHub that they are logins of. */
  readonly url: string;
}

/** GitHub gives a name that was given up to the next who asks; the numeric id it never gives again. */
export class AllowedLogins {
  readonly #options: AllowedLoginsOptions;
  readonly #path: string;
  readonly #listed: ReadonlySet<string>;
  #owners: readonly Owner[];
  readonly #judging = new OneByOne();

  private constructor(options: AllowedLoginsOptions, owners: readonly Owner[]) {
    this.#options = options;
    this.#path = join(options.directory, "github-owners.json");
    this.#listed = new Set(options.logins.map((login) => login.toLowerCase()));
    this.#owners = owners;
  }

  static async open(options: AllowedLoginsOptions): Promise<AllowedLogins> {
    const file = await readState(options.files, join(options.directory, "github-owners.json"), OwnersFile);
    return new AllowedLogins(options, file?.owners ?? []);
  }

  /** Whether the account is on the list, by its pinned id or, the first time, by its login; then the pin is on disk. */
  admits(account: Pick<GitHubAccount, "id" | "login">): Promise<boolean> {
    // One at a time, so that two accounts cannot both be the first under one name.
    return this.#judging.run(() => this.#judge(account));
  }

  async #judge({ id, login }: Pick<GitHubAccount, "id" | "login">): Promise<boolean> {
    const at = this.#options.url;
    const known = this.#owners.filter((owner) => owner.at === at);
    const name = login.toLowerCase();
    // Also under a new name.
    const isOwner = known.some((owner) => owner.id === id && this.#listed.has(owner.login));
    // An owner's new name too: once it is given up, it must let nobody else in.
    const isFree = this.#listed.has(name) && !known.some((owner) => owner.login === name);
    if (isFree) await this.#pin({ login: name, id, at });
    return isOwner || isFree;
  }

  async #pin(owner: Owner): Promise<void> {
    const owners = [...this.#owners, owner];
    await writeState(this.#options.files, this.#path, { version: 1, owners });
    this.#owners = owners;
  }
}
