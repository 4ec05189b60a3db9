/** How much room is left where the state folder lies: enough, little, or too little to begin anything (RES-07). */
import { statfs } from "node:fs/promises";

/** low: people are told. full: no new turn begins. */
export type DiskRoom = "enough" | "low" | "full";

const lowBelowBytes = 500_000_000;
const fullBelowBytes = 50_000_000;
const lookEveryMs = 30_000;

export interface FreeSpaceOptions {
  /** Absolute; the folder that must not run out of room. */
  readonly directory: string;
  /** Free bytes for this user; default: asks the system. */
  readonly freeBytes?: (directory: string) => Promise<number>;
  /** Each time that the room becomes another one. */
  readonly onChange?: (room: DiskRoom, freeBytes: number) => void;
}

/** Looks at the room now and then, and whenever it is asked to. */
export class FreeSpace {
  readonly #options: FreeSpaceOptions;
  #room: DiskRoom = "enough";
  #timer: NodeJS.Timeout | null = null;

  constructor(options: FreeSpaceOptions) {
    this.#options = options;
  }

  /** What was found last; `enough` before the first look. */
  get room(): DiskRoom {
    return this.#room;
  }

  /** Looks now; never rejects: what cannot be measured stays what it was. */
  async look(): Promise<DiskRoom> {
    const { directory, freeBytes = freeBytesOf, onChange } = this.#options;
    try {
      const free = await freeBytes(directory);
      const before = this.#room;
      this.#room = roomOf(free);
      if (this.#room !== before) onChange?.(this.#room, free);
    } catch {
      // Not every file system tells; a write that fails is noticed all the same.
    }
    return this.#room;
  }

  /** Looks now and every half minute, until `close`. */
  start(): void {
    void this.look();
    this.#timer ??= setInterval(() => void this.look(), lookEveryMs).unref();
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}

async function freeBytesOf(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function roomOf(freeBytes: number): DiskRoom {
  if (freeBytes < fullBelowBytes) return "full";
  return freeBytes < lowBelowBytes ? "low" : "enough";
}
