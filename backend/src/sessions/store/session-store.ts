/** All sessions of this machine: made, found, listed; each is read from disk once, when it is needed, and stays. */
import { randomBytes } from "node:crypto";
import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ClientId } from "../../protocol/identifiers.ts";
import type { SearchResults } from "../../protocol/search.ts";
import type { CreateSession, ForkSession, ImportSession, SessionSummary } from "../../protocol/session.ts";
import type { Actor } from "../../protocol/session-update.ts";
import { Redaction } from "../../workspace/redaction/redaction.ts";
import { systemErrorCode } from "../../workspace/workspace-error.ts";
import { readClosedLog } from "../log/closed-log.ts";
import type { LogPage, LogRange } from "../log/log-pages.ts";
import { modeEndOf } from "../mode-end.ts";
import { type SearchRequest, SessionSearch } from "../search/search-sessions.ts";
import { Session } from "../session.ts";
import { assertRoom, messageOf, noSession, notSaving, SessionConflict } from "../session-conflict.ts";
import type { SessionParts, SessionStoreParts } from "../session-parts.ts";
import type { SessionCreated } from "../session-state.ts";
import { readExported } from "../transfer/exported-session.ts";
import { forkOf } from "../transfer/fork.ts";
import { importOf } from "../transfer/import.ts";
import { admitCopy, type SessionCopy } from "../transfer/session-copy.ts";
import { digestOfCreation, digestOfText } from "./request-digest.ts";
import { RestingSessions } from "./resting-sessions.ts";
import { SeenPositions } from "./seen-positions.ts";
import { folderOf, removeLeftovers, takeAway } from "./session-files.ts";

/** An import with the digest of its whole request, taken where its bytes came in. */
export type ImportRequest = ImportSession & { readonly bodyDigest: string };

/** The only owner of the sessions of one state folder. */
export class SessionStore {
  readonly #parts: SessionParts;
  readonly #seen: SeenPositions;
  readonly #search: SessionSearch;
  readonly #sessions = new Map<string, Session>();
  /** Those that are shown by their saved summary until somebody asks for them. */
  readonly #resting: RestingSessions;
  readonly #opening = new Map<string, Promise<Session | null>>();
  readonly #creating = new Map<string, { digest: string; session: Promise<Session> }>();
  readonly #deleting = new Map<string, Promise<void>>();
  readonly #listeners = new Set<(sessionId: string) => void>();
  #loaded: Promise<void> | null = null;

  constructor(parts: SessionStoreParts) {
    this.#seen = new SeenPositions(parts.files, parts.directory);
    this.#resting = new RestingSessions(parts);
    this.#parts = {
      now: () => new Date(),
      newId: () => randomBytes(12).toString("base64url"),
      onModeEnded: () => undefined,
      onGrantEnded: () => undefined,
      stillCounts: () => true,
      hasRoom: async () => true,
      redaction: new Redaction(),
      ...parts,
      seenSeq: (sessionId, deviceId) => this.#seen.get(sessionId, deviceId),
      markSeen: (position) => this.#seen.set(position),
      onTurnOver: (sessionId) => void this.#search.keepUp(sessionId),
      onChanged: (sessionId) => this.#tell(sessionId),
    };
    this.#search = new SessionSearch(parts, {
      list: () => this.list(),
      summary: (id) => this.#sessions.get(id)?.summary() ?? this.#resting.summary(id),
      events: (id, range) =>
        this.#sessions.get(id)?.streamEvents(range) ?? readClosedLog(folderOf(this.#parts, id), range),
    });
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
    const resting = this.#resting.summaries().map((summary) => this.#withSeen(summary, deviceId));
    return [...open, ...resting].sort(
      (one, other) => compareText(other.updatedAt, one.updatedAt) || compareText(one.id, other.id),
    );
  }

  /** Sessions whose titles or texts hold the query, with what `deviceId` has read, most recently updated first. */
  async search(request: SearchRequest, deviceId: string): Promise<SearchResults> {
    await this.load();
    const { results, hasMore } = await this.#search.find(request);
    const seen = results.map(({ session, hits }) => ({ session: this.#withSeen(session, deviceId), hits }));
    return { results: seen, hasMore };
  }

  /** The session of this id, read from disk when it is asked for first; null when there is none that can be read. */
  async find(id: string): Promise<Session | null> {
    await this.load();
    if (this.#deleting.has(id)) return null;
    return this.#sessions.get(id) ?? this.#openResting(id);
  }

  /** The summary of a session with what `deviceId` has read; null when there is none. One that rests is not opened. */
  async summary(id: string, deviceId: string): Promise<SessionSummary | null> {
    await this.load();
    const resting = this.#sessions.has(id) || this.#deleting.has(id) ? null : this.#resting.summary(id);
    if (resting !== null) return this.#withSeen(resting, deviceId);
    return (await this.find(id))?.summary(deviceId) ?? null;
  }

  /** A page of a session's log, chunks joined; null when there is none. One that rests is opened only when it must be. */
  async readEvents(id: string, range: LogRange): Promise<LogPage | null> {
    await this.load();
    const isResting = !this.#sessions.has(id) && !this.#deleting.has(id);
    const page = isResting ? await this.#resting.readEvents(id, range) : null;
    return page ?? (await this.find(id))?.readEvents(range) ?? null;
  }

  /** Whether there is a session of this id, also one that cannot be read just now; not while sessions are first read. */
  has(id: string): boolean {
    return this.#sessions.has(id) || this.#resting.has(id);
  }

  /**
   * Makes a session. The same id with the same body gives the same session; with another one it throws `id_reused`.
   * Throws ProjectRefused when its folder may not be worked in.
   */
  async create(request: CreateSession, by: Actor): Promise<Session> {
    const id = request.id ?? this.#parts.newId();
    const digest = digestOfCreation(request);
    return this.#once({ id, digest }, () => this.#make(request, { id, digest, by }));
  }

  /**
   * Copies a session through the end of one of its turns into a new one. The same id with the same body gives the same
   * session. Throws `session_not_found`, `not_found` for an unknown turn, `turn_running`, `id_reused`, `not_saving`, `disk_full`.
   */
  async fork(sourceId: string, request: ForkSession, by: Actor): Promise<Session> {
    const digest = digestOfText(JSON.stringify(["fork", sourceId, request.turnId]));
    return this.#once({ id: request.id, digest }, async () => {
      const source = await this.find(sourceId);
      if (source === null) throw noSession();
      try {
        const copy = await forkOf(source, { ...request, requestDigest: digest });
        return await this.#admitCopy(copy, by);
      } catch (error) {
        // Deleted while it was read.
        await this.#deleting.get(sourceId)?.catch(() => undefined);
        throw this.has(sourceId) ? error : noSession();
      }
    });
  }

  /**
   * Makes a session of an exported one: text to be read, with nothing left to happen. The same id with the same body gives
   * the same session. Throws `invalid_request` with what to do, ProjectRefused, `id_reused`, `not_saving`, `disk_full`.
   */
  async import(request: ImportRequest, by: Actor): Promise<Session> {
    const id = request.id ?? this.#parts.newId();
    const digest = digestOfText(JSON.stringify(["import", request.bodyDigest]));
    return this.#once({ id, digest }, async () => {
      const exported = await readExported(request.session);
      const { name, path, id: projectId } = await this.#parts.projects.open(request.project);
      const copy = importOf(exported, {
        sessionId: id,
        project: { id: projectId, name, path },
        engine: this.#engineFor(undefined),
        requestDigest: digest,
        now: this.#parts.now(),
        redaction: this.#parts.redaction,
      });
      return this.#admitCopy(copy, by);
    });
  }

  /**
   * Takes a session away for good, with all that is kept of it; what runs in it is stopped. After a crash it is gone or
   * whole. Throws `session_not_found`; `not_saving` when the disk refuses: then it is still there.
   */
  async delete(id: string): Promise<void> {
    await this.load();
    const earlier = this.#deleting.get(id);
    if (earlier !== undefined) return earlier;
    if (!this.has(id)) throw noSession();
    const deleting = this.#delete(id).finally(() => this.#deleting.delete(id));
    this.#deleting.set(id, deleting);
    return deleting;
  }

  /** Whoever asks for an id that is being made waits for the same session. Throws `id_reused` for another digest. */
  async #once(
    { id, digest }: { readonly id: string; readonly digest: string },
    make: () => Promise<Session>,
  ): Promise<Session> {
    // Whoever deletes it says whether that failed.
    await this.#deleting.get(id)?.catch(() => undefined);
    await this.find(id);
    if (this.#deleting.has(id)) return this.#once({ id, digest }, make);
    const existing = this.#sessions.get(id);
    const earlierDigest = existing?.requestDigest ?? this.#creating.get(id)?.digest;
    if (earlierDigest !== undefined && earlierDigest !== digest) {
      throw new SessionConflict("id_reused", "Another session was made under this id.", { id });
    }
    if (existing !== undefined) return existing;
    const earlier = this.#creating.get(id);
    if (earlier !== undefined) return earlier.session;
    const session = assertRoom(this.#parts).then(make);
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
    const searched = this.#search.close();
    await Promise.allSettled(this.#deleting.values());
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    await searched;
  }

  async #loadAll(): Promise<void> {
    await this.#seen.load();
    await removeLeftovers(this.#parts).catch(warnOf("What was deleted cannot be removed yet"));
    const ids = await this.#folderNames();
    const open = await this.#resting.load(ids);
    for (const id of open.sort()) await this.#open(id);
    await this.#forgetAllBut(new Set(ids));
  }

  /** What is kept beside the sessions of those that are gone: a crash came between. */
  async #forgetAllBut(ids: ReadonlySet<string>): Promise<void> {
    const warn = warnOf("What belongs to deleted sessions cannot be removed yet");
    await this.#seen.retain(ids).catch(warn);
    // Nobody waits: a search that was asked for first waits for this start.
    void this.#search.retain(ids).catch(warn);
  }

  async #delete(id: string): Promise<void> {
    const session = this.#sessions.get(id) ?? (await this.#opening.get(id)) ?? null;
    await session?.end();
    let leftover: string;
    try {
      leftover = await takeAway(this.#parts, id);
    } catch (cause) {
      await this.#comeBack(id, session);
      throw notSaving(cause, "The session cannot be deleted on the machine now");
    }
    this.#sessions.delete(id);
    this.#resting.remove(id);
    session?.tellEnded();
    for (const listener of this.#listeners) listener(id);
    const warn = warnOf(`What is left of session ${id} is removed at the next start`);
    await this.#seen.forget(id).catch(warn);
    // Not waited for: a search that is under way may take long. What is left then, the next start removes.
    void this.#search.forget(id).catch(warn);
    await this.#parts.files.remove(leftover).catch(warn);
  }

  /** The disk refused: the session is read again as the disk has it. */
  async #comeBack(id: string, ended: Session | null): Promise<void> {
    if (ended === null) return;
    this.#resting.add(ended.summary());
    this.#sessions.delete(id);
    await this.#open(id);
    ended.tellEnded();
    this.#tell(id);
  }

  async #admitCopy(copy: SessionCopy, by: Actor): Promise<Session> {
    const id = copy.created.sessionId;
    await admitCopy(this.#parts, copy, by);
    const session = await Session.open(this.#parts, id);
    if (session === null) throw new Error("A session that was just copied can be read.");
    this.#sessions.set(id, session);
    this.#tell(id);
    return session;
  }

  async #open(id: string): Promise<Session | null> {
    const session = await Session.open(this.#parts, id).catch(reportUnreadable(id));
    if (session === null) return null;
    this.#sessions.set(id, session);
    this.#resting.remove(id);
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
    const engine = this.#engineFor(request.engine);
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

  /** The engine that is asked for, or the first one. Throws `invalid_request` for one that is not here. */
  #engineFor(asked: string | undefined): string {
    const engine = asked ?? this.#parts.engines.keys().next().value;
    if (engine !== undefined && this.#parts.engines.has(engine)) return engine;
    throw new SessionConflict("invalid_request", "There is no such agent here.", { engine: engine ?? null });
  }

  #withSeen(summary: SessionSummary, deviceId: string | undefined): SessionSummary {
    return { ...summary, seenSeq: deviceId === undefined ? 0 : this.#seen.get(summary.id, deviceId) };
  }

  #tell(sessionId: string): void {
    if (!this.#sessions.has(sessionId)) return;
    for (const listener of this.#listeners) listener(sessionId);
  }
}

/** A failure that keeps nobody from going on. */
function warnOf(what: string): (error: unknown) => void {
  return (error) => process.emitWarning(`${what}: ${messageOf(error)}`);
}

/** Sessions that are there and cannot be listed must not look like none. */
function missingAsEmpty(error: unknown): Dirent[] {
  if (systemErrorCode(error) === "ENOENT") return [];
  throw error;
}

/** One session that cannot be read must not keep the others from being shown. It stays on disk as it is. */
function reportUnreadable(id: string): (error: unknown) => null {
  return (error) => {
    warnOf(`Session ${id} cannot be read`)(error);
    return null;
  };
}

function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
