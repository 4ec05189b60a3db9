/** All sessions of this machine: made, found, listed; each is read from disk once, and stays. */
import { createHash, randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ClientId } from "../protocol/identifiers.ts";
import type { CreateSession, SessionSummary } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import { SeenPositions } from "./seen-positions.ts";
import { Session } from "./session.ts";
import { SessionConflict } from "./session-conflict.ts";
import type { SessionParts, SessionStoreParts } from "./session-parts.ts";
import type { SessionCreated } from "./session-state.ts";

/** The only owner of the sessions of one state folder. */
export class SessionStore {
  readonly #parts: SessionParts;
  readonly #seen: SeenPositions;
  readonly #sessions = new Map<string, Session>();
  readonly #creating = new Map<string, { digest: string; session: Promise<Session> }>();
  readonly #listeners = new Set<(sessionId: string) => void>();
  #loaded: Promise<void> | null = null;

  constructor(parts: SessionStoreParts) {
    this.#seen = new SeenPositions(parts.files, parts.directory);
    this.#parts = {
      now: () => new Date(),
      newId: () => randomBytes(12).toString("base64url"),
      ...parts,
      seenSeq: (sessionId, deviceId) => this.#seen.get(sessionId, deviceId),
      markSeen: (position) => this.#seen.set(position),
      onChanged: (sessionId) => this.#tell(sessionId),
    };
  }

  /** Reads all sessions and ends what the last process left running. Every other call waits for it. */
  load(): Promise<void> {
    this.#loaded ??= this.#loadAll();
    return this.#loaded;
  }

  /** Summaries with what `deviceId` has read, most recently updated first. */
  async list(deviceId?: string): Promise<SessionSummary[]> {
    await this.load();
    const summaries = [...this.#sessions.values()].map((session) => session.summary(deviceId));
    return summaries.sort(
      (one, other) => compareText(other.updatedAt, one.updatedAt) || compareText(one.id, other.id),
    );
  }

  async find(id: string): Promise<Session | null> {
    await this.load();
    return this.#sessions.get(id) ?? null;
  }

  /**
   * Makes a session. The same id with the same body gives the same session; with another one it throws `id_reused`.
   * Throws ProjectRefused when its folder may not be worked in.
   */
  async create(request: CreateSession, by: Actor): Promise<Session> {
    await this.load();
    const id = request.id ?? this.#parts.newId();
    const digest = digestOf(request);
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

  /** Calls back with a session's id whenever its summary is another one. Returns how to end that. */
  subscribe(listener: (sessionId: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Interrupts what runs and saves everything; resolves within 5 s. */
  async close(): Promise<void> {
    await this.#loaded;
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
  }

  async #loadAll(): Promise<void> {
    await this.#seen.load();
    for (const id of await this.#folderNames()) {
      const session = await Session.open(this.#parts, id).catch(reportUnreadable(id));
      if (session !== null) this.#sessions.set(id, session);
    }
  }

  async #folderNames(): Promise<string[]> {
    const entries = await readdir(join(this.#parts.directory, "sessions"), { withFileTypes: true }).catch(
      () => [],
    );
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

function digestOf(request: CreateSession): string {
  const { project, title, engine, model, mode } = request;
  const fields = [project, title, engine, model, mode].map((field) => field ?? null);
  return createHash("sha256").update(JSON.stringify(fields)).digest("base64url");
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
