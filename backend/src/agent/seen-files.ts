/** Files as the model last saw them: the hash of each, and the bytes of as many as there is room for. */

const mostBytes = 2_000_000;

interface SeenFile {
  readonly hash: string;
  /** Null: it is too long, or had to give way to newer ones. */
  readonly bytes: Buffer | null;
}

/** One for each session, by absolute path. */
export class SeenFiles {
  readonly #files = new Map<string, SeenFile>();
  #keptBytes = 0;

  /** SHA-256 (hex); undefined: the model has not seen it. */
  hashOf(path: string): string | undefined {
    return this.#files.get(path)?.hash;
  }

  /** Null: not kept, or never seen. */
  bytesOf(path: string): Buffer | null {
    return this.#files.get(path)?.bytes ?? null;
  }

  /** Takes in what a file is, as the model knows it from now on; `bytes` null: too much to keep. */
  see(path: string, hash: string, bytes: Buffer | null): void {
    this.forget(path);
    const kept = bytes !== null && bytes.length <= mostBytes ? bytes : null;
    this.#files.set(path, { hash, bytes: kept });
    this.#keptBytes += kept?.length ?? 0;
    for (const [oldest, file] of this.#files) {
      if (this.#keptBytes <= mostBytes) return;
      this.#keptBytes -= file.bytes?.length ?? 0;
      this.#files.set(oldest, { hash: file.hash, bytes: null });
    }
  }

  forget(path: string): void {
    this.#keptBytes -= this.bytesOf(path)?.length ?? 0;
    this.#files.delete(path);
  }
}
