/** An import: the events of an exported session as a new one's. What came from outside is read, and starts nothing. */
import { rewindMark } from "../../../../../transcript/rewinds.ts";
import { isTurnEnd } from "../../../../../transcript/turn-state.ts";
import type { Actor, SessionEvent } from "../../../protocol/session-update.ts";
import type { Redaction } from "../../../workspace/redaction/redaction.ts";
import { Breathing } from "../../breathing.ts";
import type { SessionCreated } from "../../session-folds.ts";
import { isCallEnd } from "../../turn/call-end.ts";
import { isStreamed } from "../../turn/chunk-gathering.ts";
import { OpenCalls } from "../../turn/open-calls.ts";
import { RedactedStreams } from "../../turn/redacted-streams.ts";
import { redactUpdate } from "../../turn/redacted-update.ts";
import { carriedEvent } from "../carried-event.ts";
import type { CopiedEvent } from "../copied-lines.ts";
import { StandingEvents } from "../standing-events.ts";

/** What is made of a file that was exported elsewhere; it must know which secrets to take out. */
export interface ImportPlace {
  readonly now: Date;
  readonly redaction: Redaction;
}

/** How the new session begins. Its model is the machine's own default: the old one may not be here. */
export function importedCreation(
  place: Pick<SessionCreated, "sessionId" | "project" | "engine" | "requestDigest">,
  { title, now }: { readonly title: string | null; readonly now: Date },
): SessionCreated {
  return {
    sessionUpdate: "session_created",
    formatVersion: 1,
    ...place,
    model: null,
    mode: "ask",
    title,
    importedAt: now.toISOString(),
  };
}

/** The events of the new session behind its first one. */
export async function* importedEvents(
  events: readonly SessionEvent[],
  place: ImportPlace,
): AsyncGenerator<CopiedEvent> {
  const answeredAt = answers(events);
  const standing = standingIn(events);
  const log = new ImportedLog(place.redaction);
  const breathing = new Breathing();
  for (const [index, event] of events.entries()) {
    if (breathing.isDue) await breathing.breathe();
    const { update } = event;
    // Nobody will answer it here.
    const isOpen =
      update.sessionUpdate === "request_permission" && (answeredAt.get(update.requestId) ?? 0) <= index;
    const carried = isOpen || !standing.has(event) ? null : importedEvent(event, place);
    if (carried !== null) yield* log.take(carried);
  }
  yield* log.end();
}

function standingIn(events: readonly SessionEvent[]): StandingEvents {
  const marks = events.flatMap((event) => rewindMark(event) ?? []);
  const standing = new StandingEvents(marks);
  if (marks.length > 0) for (const event of events) standing.note(event);
  return standing;
}

/** Where the last outcome of each question stands. */
function answers(events: readonly SessionEvent[]): ReadonlyMap<string, number> {
  const places = new Map<string, number>();
  for (const [index, { update }] of events.entries())
    if (update.sessionUpdate === "permission_outcome") places.set(update.requestId, index);
  return places;
}

/** Events on their way in: each call gets a result, and a secret is found also where it is cut in pieces. */
class ImportedLog {
  readonly #redaction: Redaction;
  readonly #streams: RedactedStreams;
  #calls = new OpenCalls();
  #ready: CopiedEvent[] = [];
  #at = "";

  constructor(redaction: Redaction) {
    this.#redaction = redaction;
    this.#streams = new RedactedStreams(redaction, (entry) => this.#ready.push({ at: this.#at, ...entry }));
  }

  /** What can be written now. */
  take(event: CopiedEvent): readonly CopiedEvent[] {
    const { update } = event;
    this.#at = event.at;
    if (isStreamed(update)) this.#streams.add({ ...event, update });
    else {
      this.#prepareFor(event);
      this.#calls.apply({ seq: 1, ...event });
      this.#ready.push({ ...event, update: redactUpdate(update, this.#redaction) });
    }
    return this.#written();
  }

  /** What is still held. */
  end(): readonly CopiedEvent[] {
    this.#streams.endAll();
    return this.#written();
  }

  #prepareFor({ update, at }: CopiedEvent): void {
    if (isTurnEnd(update)) {
      this.#streams.endAll();
      // No model takes a call without its result.
      this.#ready.push(...this.#calls.results().map((entry) => ({ at, ...entry })));
      this.#calls = new OpenCalls();
      return;
    }
    if (isCallEnd(update)) this.#streams.endCall(update.toolCallId);
    this.#streams.endMessages();
  }

  #written(): readonly CopiedEvent[] {
    const written = this.#ready;
    this.#ready = [];
    return written;
  }
}

function importedEvent(event: SessionEvent, { now }: ImportPlace): CopiedEvent | null {
  const carried = carriedEvent(event);
  if (carried === null) return null;
  const { at, fromAt, by, update } = carried;
  // Neither the models nor the git trees of another machine are here.
  if (update.sessionUpdate === "config_option_update") return null;
  if (update.sessionUpdate === "checkpoint" && update.phase === "start") return null;
  return {
    ...carried,
    at: importedTime(at, now),
    ...(fromAt === undefined ? {} : { fromAt: importedTime(fromAt, now) }),
    ...(by === undefined ? {} : { by: importedActor(by) }),
    update: update.sessionUpdate === "checkpoint" ? { ...update, tree: "" } : update,
  };
}

/** Not later than now, and as this machine writes it. */
function importedTime(at: string, now: Date): string {
  const time = Date.parse(at);
  return new Date(Number.isNaN(time) ? now : Math.min(time, now.getTime())).toISOString();
}

/** The name alone: a device of this machine may have the same id. */
function importedActor({ kind, name }: Actor): Actor {
  return { kind, id: "imported", name };
}
