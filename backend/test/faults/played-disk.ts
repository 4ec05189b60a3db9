/**
 * What a disk would hold after the power is cut: only what was synced, of files and of folders. It hears of the system
 * calls (`played-calls.ts`) and keeps two pictures: what processes see, and what is safe. A failed sync drops what it
 * should have written and leaves it looking clean, as Linux does: a later sync does not bring it back.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Call } from "./played-calls.ts";

interface Inode {
  seen: Uint8Array;
  /** For each byte that is seen: 0 safe, 1 to be written by the next sync, 2 dropped. */
  marks: Uint8Array;
  safe: Uint8Array;
}

type Entry = Inode | "folder";

/** The disk below one folder. */
export class PlayedDisk {
  readonly #folder: string;
  #seen = new Map<string, Entry>();
  #safe = new Map<string, Entry>();
  readonly #open = new Map<number, Entry>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** A call that was done. */
  after(call: Call, handle: number | null): void {
    switch (call.type) {
      case "open":
        return this.#opened(call, handle ?? 0);
      case "write":
        return this.#change(call.handle, (inode) => append(inode, call.bytes));
      case "truncate":
        return this.#change(call.handle, (inode) => truncate(inode, call.size));
      case "sync":
        return this.#sync(call);
      case "close":
        this.#open.delete(call.handle);
        return;
      case "mkdir":
        return this.#makeFolder(call.path);
      case "rename":
        return this.#rename(call.path, call.to);
      case "remove":
        for (const path of [...this.#seen.keys()])
          if (path === call.path || path.startsWith(`${call.path}/`)) this.#seen.delete(path);
        return;
      case "read":
      case "look":
        return;
    }
  }

  /** A call that failed: what a sync should have written is lost although it looks clean. */
  failed(call: Call): void {
    if (call.type !== "sync") return;
    this.#change(call.handle, (inode) => {
      inode.marks = inode.marks.map((mark) => (mark === 1 ? 2 : mark));
    });
  }

  /** Lays what is safe into an empty folder: the machine after the power came back. */
  async layOut(target: string): Promise<void> {
    const paths = [...this.#safe.keys()].filter((path) => this.#isReachable(path)).sort();
    for (const path of paths) {
      const entry = this.#safe.get(path);
      const place = join(target, relative(this.#folder, path));
      if (entry === "folder") await mkdir(place, { recursive: true });
      else if (entry !== undefined) await writeFile(place, entry.safe);
    }
  }

  /** What of a file is safe; empty without it. */
  safeText(path: string): string {
    const entry = this.#safe.get(path);
    return entry === undefined || entry === "folder" ? "" : Buffer.from(entry.safe).toString("utf8");
  }

  /** A copy as it stands, for a later look. */
  copy(): PlayedDisk {
    const copies = new Map<Entry, Entry>();
    const copyOf = (entry: Entry): Entry => {
      if (entry === "folder") return entry;
      const known = copies.get(entry);
      if (known !== undefined) return known;
      const { seen, marks, safe } = entry;
      const made: Entry = { seen, marks, safe };
      copies.set(entry, made);
      return made;
    };
    const disk = new PlayedDisk(this.#folder);
    disk.#seen = new Map([...this.#seen].map(([path, entry]) => [path, copyOf(entry)]));
    disk.#safe = new Map([...this.#safe].map(([path, entry]) => [path, copyOf(entry)]));
    return disk;
  }

  #opened({ path, creates }: Call & { type: "open" }, handle: number): void {
    const known = this.#seen.get(path);
    const entry: Entry = known ?? (creates ? emptyInode() : "folder");
    if (known === undefined && creates) this.#seen.set(path, entry);
    this.#open.set(handle, entry);
  }

  #change(handle: number, change: (inode: Inode) => void): void {
    const entry = this.#open.get(handle);
    if (entry !== undefined && entry !== "folder") change(entry);
  }

  #sync({ path, handle }: Call & { type: "sync" | "close" }): void {
    const entry = this.#open.get(handle);
    if (entry === undefined || entry === "folder") return this.#syncFolder(path);
    const before = entry.safe;
    entry.safe = entry.seen.map((byte, index) => (entry.marks[index] === 2 ? (before[index] ?? 0) : byte));
    entry.marks = entry.marks.map((mark) => (mark === 1 ? 0 : mark));
  }

  #syncFolder(path: string): void {
    for (const known of [...this.#safe.keys()])
      if (dirname(known) === path && !this.#seen.has(known)) this.#safe.delete(known);
    for (const [known, entry] of this.#seen) if (dirname(known) === path) this.#safe.set(known, entry);
  }

  #makeFolder(path: string): void {
    if (path === this.#folder || !path.startsWith(this.#folder)) return;
    this.#makeFolder(dirname(path));
    if (!this.#seen.has(path)) this.#seen.set(path, "folder");
  }

  #rename(from: string, to: string): void {
    for (const [path, entry] of [...this.#seen]) {
      if (path !== from && !path.startsWith(`${from}/`)) continue;
      this.#seen.delete(path);
      this.#seen.set(to + path.slice(from.length), entry);
    }
  }

  #isReachable(path: string): boolean {
    const parent = dirname(path);
    return parent === this.#folder || (this.#safe.get(parent) === "folder" && this.#isReachable(parent));
  }
}

function emptyInode(): Inode {
  return { seen: new Uint8Array(), marks: new Uint8Array(), safe: new Uint8Array() };
}

function append(inode: Inode, bytes: Uint8Array): void {
  inode.seen = Buffer.concat([inode.seen, bytes]);
  inode.marks = Buffer.concat([inode.marks, new Uint8Array(bytes.byteLength).fill(1)]);
}

function truncate(inode: Inode, size: number): void {
  const grown = Math.max(0, size - inode.seen.byteLength);
  append(inode, new Uint8Array(grown));
  inode.seen = inode.seen.slice(0, size);
  inode.marks = inode.marks.slice(0, size);
}
