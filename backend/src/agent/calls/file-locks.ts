/** One change of a file at a time, whoever makes it. */

/** Shared by all turns and their subagents. */
export class FileLocks {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs `work` once nobody else works on one of `paths` (absolute). Locks are taken all at once, so nobody waits in a circle. */
  async hold<Result>(paths: readonly string[], work: () => Promise<Result>): Promise<Result> {
    if (paths.length === 0) return work();
    const before = paths.map((path) => this.#last.get(path));
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    for (const path of paths) this.#last.set(path, held);
    try {
      await Promise.all(before);
      return await work();
    } finally {
      release();
      for (const path of paths) if (this.#last.get(path) === held) this.#last.delete(path);
    }
  }
}
