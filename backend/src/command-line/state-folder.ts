/** The state folder: made for this user alone, and held by one process at a time. */
import { randomBytes } from "node:crypto";
import { chmod, link, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import * as z from "zod";
import { ConfigError } from "../config.ts";
import { durableFiles, removeUnfinished } from "../workspace/durable-files.ts";
import { systemErrorCode } from "../workspace/workspace-error.ts";
import { isListening } from "./control/control-socket.ts";

const Holder = z.object({ pid: z.int().positive(), id: z.string() });
type Holder = z.infer<typeof Holder>;

/** A lock as it was found. `pid` null: it says nothing, as after a power loss; a process never leaves such a one. */
interface FoundLock {
  readonly text: string;
  readonly pid: number | null;
}

/** A starting server has its socket open long before this; a process that has none by then only reuses the number. */
const socketGraceMs = 2_000;
const takeoverStaleMs = 10_000;
const retryMs = 25;
const asideName = /^server\.lock\.[\w-]{12}$/;

/** Where the demo keeps what it has, apart from the real thing. */
export function demoDirectory(stateDirectory: string): string {
  return `${stateDirectory}-demo`;
}

/** Another process holds the state folder. */
export class StateFolderHeld extends Error {
  override readonly name = "StateFolderHeld";
  /** null: its lock does not say. */
  readonly pid: number | null;

  constructor(directory: string, pid: number | null) {
    super(
      `Another VoxPilot (pid ${pid ?? "unknown"}) uses ${directory}. Stop it, or set VOXPILOT_STATE_DIR to another folder.`,
    );
    this.pid = pid;
  }
}

/** Makes the folder, 0700 whatever it was, so that its name is durable. One that others can read and that holds other things is refused. */
export async function prepareStateFolder(directory: string): Promise<void> {
  await makeFolder(directory).catch((error: unknown) => {
    const code = systemErrorCode(error);
    if (code === null) throw error;
    throw new ConfigError([
      `VOXPILOT_STATE_DIR: ${directory} cannot be made a folder (${code}). Name another.`,
    ]);
  });
  const { mode } = await stat(directory);
  if ((mode & 0o077) === 0) return;
  const names = await readdir(directory);
  if (names.length > 0 && !names.includes("pairing.json")) {
    throw new ConfigError([
      `VOXPILOT_STATE_DIR: ${directory} holds other things and is open to other users. Name a folder of its own.`,
    ]);
  }
  await chmod(directory, 0o700);
}

/** One that is there need not be synced: what lies above it may not be ours to open. */
async function makeFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => null);
  if (found?.isDirectory() !== true) await durableFiles.makeDirectory(directory);
}

/**
 * Takes the folder for this process, also from one that died, and removes writes that it left unfinished. Rejects with
 * `StateFolderHeld`. Resolves to its release.
 */
export async function holdStateFolder(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, "server.lock");
  const own: Holder = { pid: process.pid, id: randomBytes(9).toString("base64url") };
  while (!(await claim(path, own))) {
    const found = await readLock(path);
    if (found === null) continue;
    if (await isAlive(directory, found)) {
      // Meanwhile somebody else may have taken the folder over: then it is that one who is alive.
      if ((await readLock(path))?.text !== found.text) continue;
      throw new StateFolderHeld(directory, found.pid);
    }
    await removeStale(path, found);
  }
  await removeLeftovers(directory).catch((error: unknown) => {
    process.emitWarning(`What a killed process left in ${directory} cannot be removed yet: ${error}`);
  });
  return async () => {
    const found = await readLock(path);
    if (found?.text === JSON.stringify(own)) await rm(path, { force: true });
  };
}

/** Unfinished writes, and locks that a start wrote aside and never got to hold: another start may be about to link a fresh one. */
async function removeLeftovers(directory: string): Promise<void> {
  await removeUnfinished(durableFiles, directory);
  const asides = (await readdir(directory)).filter((name) => asideName.test(name));
  for (const name of asides) await removeIfOld(join(directory, name));
}

/** Written aside first and then linked, so that nobody ever reads half a lock. */
async function claim(path: string, own: Holder): Promise<boolean> {
  const aside = `${path}.${own.id}`;
  await writeFile(aside, JSON.stringify(own), { mode: 0o600 });
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === "EEXIST") return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readLock(path: string): Promise<FoundLock | null> {
  const text = await readFile(path, "utf8").catch((error: unknown) => {
    if (systemErrorCode(error) === "ENOENT") return null;
    throw new Error(`${path} cannot be read. When no VoxPilot runs, remove it.`, { cause: error });
  });
  return text === null ? null : { text, pid: holderOf(text)?.pid ?? null };
}

function holderOf(text: string): Holder | null {
  try {
    return Holder.parse(JSON.parse(text));
  } catch {
    // Empty or torn: the machine went down before the lock was on the disk.
    return null;
  }
}

async function isAlive(directory: string, { pid }: FoundLock): Promise<boolean> {
  if (pid === null) return isListening(directory);
  const deadline = performance.now() + socketGraceMs;
  while (isProcess(pid)) {
    if (await isListening(directory)) return true;
    if (performance.now() > deadline) return false;
    await delay(retryMs);
  }
  return false;
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

/** Only one process at a time may remove a lock, and only the one that it judged: never a fresh one in its place. */
async function removeStale(path: string, stale: FoundLock): Promise<void> {
  const takeover = `${path}.takeover`;
  try {
    await mkdir(takeover, { mode: 0o700 });
  } catch (error) {
    if (systemErrorCode(error) !== "EEXIST") throw error;
    await removeIfOld(takeover);
    await delay(retryMs);
    return;
  }
  try {
    const found = await readLock(path);
    if (found?.text === stale.text) await rm(path, { force: true });
  } finally {
    await rm(takeover, { recursive: true, force: true });
  }
}

async function removeIfOld(path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found !== null && Date.now() - found.mtimeMs > takeoverStaleMs)
    await rm(path, { recursive: true, force: true });
}
