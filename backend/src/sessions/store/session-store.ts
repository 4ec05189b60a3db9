/** All sessions of this machine: made, found, listed; each is read from disk once, when it is needed, and stays. */

import { randomBytes } from "node:crypto";
import type { BackgroundJob } from "../../protocol/job.ts";
import type { SearchResults } from "../../protocol/search.ts";
import type { CreateSession, ForkSession, SessionSummary } from "../../protocol/session.ts";
import type { Actor } from "../../protocol/session-update.ts";
import { Redaction } from "../../workspace/redaction/redaction.ts";
import { readClosedLog } from "../log/closed-log.ts";
import type { LogPage, LogRange } from "../log/log-pages.ts";
import { type SearchRequest, SessionSearch } from "../search/search-sessions.ts";
import { Session } from "../session.ts";
import { noSession, notSaving } from "../session-conflict.ts";
import type { SessionParts, SessionStoreParts } from "../session-parts.ts";
import { forkOf } from "../transfer/fork.ts";
import { importedCreation } from "../transfer/import/import.ts";
import type { ImportFile } from "../transfer/import/import-file.ts";
import { type ImportBody, openImport } from "../transfer/import/open-import.ts";
import { admitCopy, type SessionCopy } from "../transfer/session-copy.ts";
import { SharedBeat } from "../turn/shared-beat.ts";
import { inListOrder } from "./list-order.ts";
import { MadeOnce } from "./made-once.ts";
import { creationOf, engineFor } from "./new-session.ts";
import { OtherSessions } from "./other-sessions.ts";
import { digestOfCreation, digestOfText } from "./request-digest.ts";
import { RestingSessions } from "./resting-sessions.ts";
import { SeenPositions } from "./seen-positions.ts";
import { SessionDeletions } from "./session-deletion.ts";
import { confirmAdmission, folderOf, removeLeftovers, sessionIds } from "./session-files.ts";
import { warnOf } from "./warnings.ts";

/** The only owner of the sessions of one state folder. */
export class SessionStore {
  readonly #parts: SessionParts;
  readonly #seen: SeenPositions;
  readonly #search: SessionSearch;
  readonly #sessions = new Map<string, Session>();
  /** Those that are shown by their saved summary until somebody asks for them. */
  readonly #resting: RestingSessions;
  readonly #opening = new Map<string, Promise<Session | null>>();
  /** Copies whose admission failed, perhaps after they got their name. */
  readonly #unsure = new Set<string>();
  readonly #made: MadeOnce;
  readonly #deletions: SessionDeletions;
  readonly #listeners = new Set<(sessionId: string) => void>();
  #loaded: Promise<void> | null = null;

  constructor(parts: SessionStoreParts) {
    this.#seen = new SeenPositions(parts.files, parts.directory);
    this.#resting = new RestingSessions(parts);
    const others = new OtherSessions({
      open: () => this.#sessions.values(),
      isOpen: (id) => this.#sessions.has(id),
      list: () => this.list(),
      find: (id) => this.find(id),
    });
    this.#parts = {
      now: () => new Date(),
      newId: () => randomBytes(12).toString("base64url"),
      onModeEnded: () => undefined,
      onPlanAccepted: () => undefined,
      onGrantEnded: () => undefined,
      stillCounts: () => true,
      hasRoom: async () => true,
      redaction: new Redaction(),
      ...parts,
      beat: new SharedBeat(),
      seenSeq: (sessionId, deviceId) => this.#seen.get(sessionId, deviceId),
      markSeen: (position) => this.#seen.set(position),
      otherAtWork: (sessionId, root) => others.atWork(sessionId, root),
      othersWork: (asked) => others.work(asked),
      onTurnOver: (sessionId) => this.#search.keepUp(sessionId),
      onChanged: (sessionId) => this.#tell(sessionId),
    };
    this.#made = new MadeOnce(this.#parts, {
      find: (id) => this.#findForMaking(id),
      open: (id) => this.#sessions.get(id) ?? null,
      deletion: (id) => this.#deletions.of(id),
    });
    this.#deletions = new SessionDeletions(this.#parts, {
      has: (id) => this.has(id),
      open: async (id) => this.#sessions.get(id) ?? (await this.#opening.get(id)) ?? null,
      onGone: (id, ended) => this.#onGone(id, ended),
      comeBack: (ended) => this.#comeBack(ended),
      rest: (ended) => this.#rest(ended),
      forget: (id) => this.#forget(id),
    });
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
    return inListOrder([...open, ...resting]);
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
    if (this.#isGoing(id) || this.#deletions.isUnsure(id)) return null;
    return this.#sessions.get(id) ?? this.#openResting(id);
  }

  /** The summary of a session with what `deviceId` has read; null when there is none. One that rests is not opened. */
  async summary(id: string, deviceId: string): Promise<SessionSummary | null> {
    await this.load();
    const resting = this.#sessions.has(id) || this.#isGoing(id) ? null : this.#resting.summary(id);
    if (resting !== null) return this.#withSeen(resting, deviceId);
    return (await this.find(id))?.summary(deviceId) ?? null;
  }

  /** A page of a session's log, chunks joined; null when there is none. One that rests is opened only when it must be. */
  async readEvents(id: string, range: LogRange): Promise<LogPage | null> {
    await this.load();
    const isResting = !this.#sessions.has(id) && !this.#isGoing(id);
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
    return this.#made.once({ id, digest }, async () => {
      const created = await creationOf(this.#parts, request, { id, digest });
      return this.#take(await Session.create(this.#parts, created, by));
    });
  }

  /**
   * Copies a session through the end of one of its turns into a new one. The same id with the same body gives the same
   * session. Throws `session_not_found`, `not_found` for an unknown turn, `turn_running`, `id_reused`, `not_saving`, `disk_full`.
   */
  async fork(sourceId: string, request: ForkSession, by: Actor): Promise<Session> {
    const digest = digestOfText(JSON.stringify(["fork", sourceId, request.turnId]));
    return this.#made.once({ id: request.id, digest }, async () => {
      const source = await this.find(sourceId);
      if (source === null) throw noSession();
      try {
        const copy = await forkOf(source, { ...request, requestDigest: digest });
        return await this.#admitCopy(copy, by);
      } catch (error) {
        // Deleted while it was read.
        await this.#deletions.of(sourceId)?.catch(() => undefined);
        throw this.has(sourceId) ? error : noSession();
      }
    });
  }

  /** Reads a request to import; whoever asks closes it. Throws `invalid_request` with what to do, `too_large`, `busy`. */
  openImport(body: ImportBody): Promise<ImportFile> {
    return openImport(this.#parts, body);
  }

  /**
   * Makes a session of an exported one: text to be read, with nothing left to happen. The same id with the same digest gives
   * the same session. Throws as `openImport`, and ProjectRefused, `id_reused`, `not_saving`, `disk_full`.
   */
  async import(file: ImportFile, { bodyDigest, by }: { bodyDigest: string; by: Actor }): Promise<Session> {
    const { id = this.#parts.newId(), project, title } = file.head;
    const digest = digestOfText(JSON.stringify(["import", bodyDigest]));
    return this.#made.once({ id, digest }, async () => {
      const { name, path, id: projectId } = await this.#parts.projects.open(project);
      const place = {
        sessionId: id,
        project: { id: projectId, name, path },
        engine: engineFor(this.#parts),
        requestDigest: digest,
      };
      const created = importedCreation(place, { title, now: this.#parts.now() });
      return this.#admitCopy({ created, lines: () => file.lines() }, by);
    });
  }

  /**
   * Takes a session away for good, with all that is kept of it; what runs in it is stopped. After a crash it is gone or
   * whole. Throws `session_not_found`; `not_saving` when the disk refuses: then it is still there.
   */
  async delete(id: string): Promise<void> {
    await this.load();
    if (this.#unsure.has(id)) await this.#findForMaking(id);
    return this.#deletions.delete(id);
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

  /** Writes into a session that a command which it left running is over. Never rejects. */
  async noteJobEnded(id: string, job: BackgroundJob): Promise<void> {
    await this.#sessions.get(id)?.noteJobEnded(job);
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
    await this.#deletions.settled();
    await Promise.all(this.#opening.values());
    await Promise.all([...this.#sessions.values()].map((session) => session.close()));
    await this.#resting.save([...this.#sessions.keys()]);
    await searched;
  }

  async #loadAll(): Promise<void> {
    await this.#seen.load();
    await removeLeftovers(this.#parts).catch(warnOf("What was deleted cannot be removed yet"));
    const ids = await sessionIds(this.#parts);
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

  #isGoing(id: string): boolean {
    return this.#deletions.of(id) !== null;
  }

  #onGone(id: string, ended: Session | null): void {
    this.#sessions.delete(id);
    this.#resting.remove(id);
    ended?.tellEnded();
    for (const listener of this.#listeners) listener(id);
  }

  async #forget(id: string): Promise<void> {
    const warn = warnOf(`What is left of session ${id} is removed at the next start`);
    await this.#seen.forget(id).catch(warn);
    await this.#resting.forget(id).catch(warn);
    // Not waited for: a search that is under way may take long. What is left then, the next start removes.
    void this.#search.forget(id).catch(warn);
  }

  async #comeBack(ended: Session): Promise<void> {
    const { id } = ended;
    this.#resting.add(ended.summary());
    this.#sessions.delete(id);
    await this.#open(id);
    ended.tellEnded();
    this.#tell(id);
  }

  #rest(ended: Session): void {
    this.#resting.add(ended.summary());
    this.#sessions.delete(ended.id);
    ended.tellEnded();
  }

  async #admitCopy(copy: SessionCopy, by: Actor): Promise<Session> {
    const id = copy.created.sessionId;
    try {
      await admitCopy(this.#parts, copy, by);
    } catch (error) {
      this.#unsure.add(id);
      throw error;
    }
    const session = await Session.open(this.#parts, id);
    if (session === null) throw new Error("A session that was just copied can be read.");
    return this.#take(session);
  }

  #take(session: Session): Session {
    this.#sessions.set(session.id, session);
    this.#tell(session.id);
    return session;
  }

  /** A copy that got its name and could not be sure of it is told as not saved: whoever asks again makes sure, and has it. */
  async #findForMaking(id: string): Promise<void> {
    // Its place is free once the deletion is sure.
    if (this.#deletions.isUnsure(id)) await this.delete(id);
    const found = await this.find(id);
    if (found !== null || !this.#unsure.has(id)) return;
    const isThere = await confirmAdmission(this.#parts, id).catch((error: unknown) => {
      throw notSaving(error);
    });
    if (isThere) await this.#openOnce(id);
    this.#unsure.delete(id);
  }

  async #open(id: string): Promise<Session | null> {
    const session = await Session.open(this.#parts, id).catch(reportUnreadable(id));
    if (session === null) return null;
    this.#sessions.set(id, session);
    this.#resting.remove(id);
    return session;
  }

  #openResting(id: string): Promise<Session | null> {
    return this.#resting.has(id) ? this.#openOnce(id) : Promise.resolve(null);
  }

  /** Whoever asks while it is being read waits for the same session. */
  #openOnce(id: string): Promise<Session | null> {
    const open = this.#sessions.get(id);
    if (open !== undefined) return Promise.resolve(open);
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

  #withSeen(summary: SessionSummary, deviceId: string | undefined): SessionSummary {
    return { ...summary, seenSeq: deviceId === undefined ? 0 : this.#seen.get(summary.id, deviceId) };
  }

  #tell(sessionId: string): void {
    if (!this.#sessions.has(sessionId)) return;
    for (const listener of this.#listeners) listener(sessionId);
  }
}

/** One session that cannot be read must not keep the others from being shown. It stays on disk as it is. */
function reportUnreadable(id: string): (error: unknown) => null {
  return (error) => {
    warnOf(`Session ${id} cannot be read`)(error);
    return null;
  };
}
