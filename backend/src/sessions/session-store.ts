/** All sessions of this machine: made, found, listed; each is read from disk once, when it is needed, and stays. */
import { createHash, randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ClientId } from "../protocol/identifiers.ts";
import type { CreateSession, SessionSummary } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import { currentBranch } from "../workspace/git/git.ts";
import { Redaction } from "../workspace/redaction/redaction.ts";
import { systemErrorCode } from "../workspace/workspace-error.ts";
import { modeEndOf } from "./mode-end.ts";
import { readSummary } from "./saved-summary.ts";
import { SeenPositions } from "./seen-positions.ts";
import { Session } from "./session.ts";
import { SessionConflict } from "./session-conflict.ts";
import { folderOf } from "./session-files.ts";
import type { SessionParts, SessionStoreParts } from "./session-parts.ts";
import type { SessionCreated } from "./session-state.ts";

/** The only owner of the sessions of one state folder. */
export class SessionStore {
  readonly #parts: SessionParts;
  readonly #seen: SeenPositions;
  readonly #sessions = new Map<string, Session>();
  /** Those that are shown by their saved summary until somebody asks for them. */
  readonly #resting = new Map<string, SessionSummary>();
  readonly #opening = new Map<string, Promise<Session | null>>();
  readonly #creating = new Map<string, { digest: string; session: Promise<Session> }>();
  readonly #listeners = new Set<(sessionId: string) => void>();
  #loaded: Promise<void> | null = null;

  constructor(parts: SessionStoreParts) {
    this.#seen = new SeenPositions(parts.files, parts.directory);
    this.#parts = {
      now: () => new Date(),
      newId: () => randomBytes(12).toString("base64url"),
      onModeEnded: () => undefined,
      onGrantEnded: () => undefined,
      stillCounts: () => true,
      redaction: new Redaction(),
      ...parts,
      seenSeq: (sessionId, deviceId) => this.#seen.get(sessionId, deviceId),
      markSeen: (position) => this.#seen.set(position),
      onChanged: (sessionId) => this.#tell(sessionId),
    };
  }

  /** Finds all sessions, and ends what the last process left running. Every other call waits for it. */
  load(): Promise<void> {
    this.#loaded ??= this.#loadAll().catch((error: unknown) => {
      // The next call tries again.
      this.#loaded = null;
      throw error;
    });
    return this.#loaded;
  }

  /** Summaries with what `deviceId` has read, most recently updated first. */
  async list(deviceId?: string): Promise<SessionSummary[]> {
    await this.load();
    const open = [...this.#sessions.values()].map((session) => session.summary(deviceId));
    const resting = [...this.#resting.values()].map((summary) => {
      return { ...summary, seenSeq: deviceId === undefined ? 0 : this.#seen.get(summary.id, deviceId) };
    });
    return [...open, ...resting].sort(
      (one, other) => compareText(other.updatedAt, one.updatedAt) || compareText(one.id, other.id),
    );
  }

  /** The session of this id, read from disk when it is asked for first; null when there is none that can be read. */
  async find(id: string): Promise<Session | null> {
    await this.load();
    return this.#sessions.get(id) ?? this.#openResting(id);
  }

  /**
   * Makes a session. The same id with the same body gives the same session; with another one it throws `id_reused`.
   * Throws ProjectRefused when its folder may not be worked in.
   */
  async create(request: CreateSession, by: Actor): Promise<Session> {
    const id = request.id ?? this.#parts.newId();
    const digest = digestOf(request);
    await this.find(id);
    const existing = this.#sessions.get(id);
    const earlierDigest = existing?.requestDigest ?? this.#creating.get(id)?.digest;
    if (earlierDigest !== undefined && earlierDigest !== digest) {
      throw new SessionConflict("id_reused", "Another session was made under this id.", { id });
    }
    if (existing !== undefined) return existing;
    const earlier = this.#creating.get(id);
    if (earlier !== undefined) return earlier.session;
    const session = this.#make(request, { id, digest, by });
    this.#creating.set(id, { digest, session });
    try {
      return await session;
    } finally {
      this.#creating.delete(id);
    }
  }

  /**
   * Ends what a device allowed: the mode auto where it was the last to choose it, and permissions that it gave for longer
   * than once. Open sessions know at once; the others see it by `stillCounts` when they are read.
   */
  async withdraw(deviceId: string): Promise<void> {
    const withdrawOpen = () =>
      Promise.all([...this.#sessions.values()].map((session) => session.withdraw(deviceId)));
    await withdrawOpen();
    await this.load();
    // Those that were being read may have looked before the device was gone.
    await Promise.all(this.#opening.values());
    await withdrawOpen();
  }

  /** Calls back with a session's id whenever its summary is another one. Returns how to end that. */
  subscribe(listener: (sessionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Interrupts what runs and saves everything; resolves within 5 s. */
  async close(): Promise<void> {
    // Sessions that could not be found have nothing to save.
    await this.#loaded?.catch(() => undefined);
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  async #loadAll(): Promise<void> {
    await this.#seen.load();
    const branches = new Map<string, string | null>();
    for (const id of await this.#folderNames()) {
      const summary = await readSummary(this.#parts.files, folderOf(this.#parts, id));
      if (summary?.id === id) this.#resting.set(id, await withBranch(summary, branches));
      else await this.#open(id);
    }
  }

  async #open(id: string): Promise<Session | null> {
    const session = await Session.open(this.#parts, id).catch(reportUnreadable(id));
    if (session === null) return null;
    this.#sessions.set(id, session);
    this.#resting.delete(id);
    return session;
  }

  /** Whoever asks while it is being read waits for the same session. */
  #openResting(id: string): Promise<Session | null> {
    if (!this.#resting.has(id)) return Promise.resolve(null);
    const earlier = this.#opening.get(id);
    if (earlier !== undefined) return earlier;
    const opening = this.#open(id).then((session) => {
      this.#opening.delete(id);
      // What was mended in its log is news. One that cannot be read stays in the list: it may be readable the next time.
      this.#tell(id);
      return session;
    });
    this.#opening.set(id, opening);
    return opening;
  }

  async #folderNames(): Promise<string[]> {
    const folder = join(this.#parts.directory, "sessions");
    const entries = await readdir(folder, { withFileTypes: true }).catch(missingAsEmpty);
    const folders = entries.filter((entry) => entry.isDirectory() && ClientId.safeParse(entry.name).success);
    return folders.map((folder) => folder.name).sort();
  }

  async #make(request: CreateSession, given: { id: string; digest: string; by: Actor }): Promise<Session> {
    const engine = request.engine ?? this.#parts.engines.keys().next().value;
    if (engine === undefined || !this.#parts.engines.has(engine)) {
      throw new SessionConflict("invalid_request", "There is no such agent here.", {
        engine: engine ?? null,
      });
    }
    const endsAt = modeEndOf(request, this.#parts.now());
    const { id, name, path } = await this.#parts.projects.open(request.project);
    const created: SessionCreated = {
      sessionUpdate: "session_created",
      formatVersion: 1,
      sessionId: given.id,
      project: { id, name, path },
      engine,
      model: request.model ?? null,
      mode: request.mode ?? "ask",
      title: request.title ?? null,
      requestDigest: given.digest,
      ...(endsAt === null ? {} : { _meta: { endsAt } }),
    };
    const session = await Session.create(this.#parts, created, given.by);
    this.#sessions.set(given.id, session);
    this.#tell(given.id);
    return session;
  }

  #tell(sessionId: string): void {
    if (!this.#sessions.has(sessionId)) return;
    for (const listener of this.#listeners) listener(sessionId);
  }
}

/** Folders are looked at once, however many sessions they have. */
async function withBranch(
  summary: SessionSummary,
  branches: Map<string, string | null>,
): Promise<SessionSummary> {
  const { project } = summary;
  const branch = branches.get(project.path) ?? (await currentBranch(project.path));
  branches.set(project.path, branch);
  return { ...summary, project: { ...project, branch } };
}

function digestOf(request: CreateSession): string {
  const { project, title, engine, model, mode, modeEndsAt } = request;
  const fields = [project, title, engine, model, mode].map((field) => field ?? null);
  // Behind the others, and only where it is: the digests of older logs stay what they are.
  const all = modeEndsAt === undefined ? fields : [...fields, modeEndsAt];
  return createHash("sha256").update(JSON.stringify(all)).digest("base64url");
}

/** Sessions that are there and cannot be listed must not look like none. */
function missingAsEmpty(error: unknown): Dirent[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}

/** One session that cannot be read must not keep the others from being shown. It stays on disk as it is. */
function reportUnreadable(id: string): (error: unknown) => null {
  return (error) => {
    process.emitWarning(
      `Session ${id} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
    return null;
  };
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
