/** How far each device has read each session: `seen.json` in the state folder. */
import { join } from "node:path";
import * as z from "zod";
import type { DurableFiles } from "../../workspace/durable-files.ts";
import { readState, writeState } from "../../workspace/state-file.ts";

const SeenFile = z.object({
  version: z.literal(1),
  /** By session, then by device. */
  seen: z.record(z.string(), z.record(z.string(), z.int().nonnegative())),
});

/** Positions only move forward. Load it before anything else. */
export class SeenPositions {
  readonly #files: DurableFiles;
  readonly #path: string;
  readonly #seen = new Map<string, Map<string, number>>();
  #saving: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  /** How often something was changed, and how much of that is on the disk. */
  #changes = 0;
  #savedChanges = 0;

  /** `directory` is the state folder. */
  constructor(files: DurableFiles, directory: string) {
    this.#files = files;
    this.#path = join(directory, "seen.json");
  }

  /** Reads the file; call once, before anything else. */
  async load(): Promise<void> {
    const content = await readState(this.#files, this.#path, SeenFile);
    for (const [sessionId, devices] of Object.entries(content?.seen ?? {})) {
      this.#seen.set(sessionId, new Map(Object.entries(devices)));
    }
  }

  /** 0 when the device has read nothing of it. */
  get(sessionId: string, deviceId: string): number {
    return this.#seen.get(sessionId)?.get(deviceId) ?? 0;
  }

  /** Moves a position forward; durable when it resolves. A position that lies behind changes nothing. */
  async set(position: { sessionId: string; deviceId: string; seq: number }): Promise<void> {
    const { sessionId, deviceId, seq } = position;
    if (seq > this.get(sessionId, deviceId)) {
      const devices = this.#seen.get(sessionId) ?? new Map<string, number>();
      this.#seen.set(sessionId, devices.set(deviceId, seq));
      this.#changes += 1;
    }
    // Also where it has moved already: a write may have failed, or be under way.
    if (this.#savedChanges < this.#changes) await this.#save();
  }

  /** Forgets what was read of a session that is gone. */
  async forget(sessionId: string): Promise<void> {
    if (!this.#seen.delete(sessionId)) return;
    this.#changes += 1;
    await this.#save();
  }

  /** Forgets all sessions but these: the process that deleted them may have been killed before it came to that. */
  async retain(sessionIds: ReadonlySet<string>): Promise<void> {
    const gone = [...this.#seen.keys()].filter((id) => !sessionIds.has(id));
    for (const id of gone) this.#seen.delete(id);
    if (gone.length === 0) return;
    this.#changes += 1;
    await this.#save();
  }

  /** Whoever comes while the file is being written shares the write after it. */
  #save(): Promise<void> {
    if (this.#next !== null) return this.#next;
    const before = this.#saving ?? Promise.resolve();
    const next = before
      .catch(() => undefined)
      .then(() => {
        this.#next = null;
        this.#saving = this.#write();
        return this.#saving;
      });
    this.#next = next;
    return next;
  }

  async #write(): Promise<void> {
    const changes = this.#changes;
    const seen = Object.fromEntries(
      [...this.#seen].map(([id, devices]) => [id, Object.fromEntries(devices)]),
    );
    await writeState(this.#files, this.#path, { version: 1, seen });
    this.#savedChanges = changes;
  }
}
