/** A bounded set of tokens, kept as their hashes. */
import { hashSecret } from "../secret.ts";

/** The newest so many. */
export class TokenHashes {
  readonly #most: number;
  readonly #hashes = new Set<string>();

  constructor(most: number) {
    this.#most = most;
  }

  add(token: string): void {
    this.#hashes.add(hashSecret(token));
    const [oldest] = this.#hashes;
    if (this.#hashes.size > this.#most && oldest !== undefined) this.#hashes.delete(oldest);
  }

  has(token: string): boolean {
    return this.#hashes.has(hashSecret(token));
  }

  delete(token: string): void {
    this.#hashes.delete(hashSecret(token));
  }
}
