/** Everything for one device over one connection: a snapshot, then summaries, and the updates of the sessions it asks for. */
import type { SessionEvent } from "../../protocol/session-update.ts";
import { ApiError } from "../errors.ts";
import type { ServerParts } from "../parts.ts";
import { type EventStream, eventFrame } from "./event-stream.ts";
import { followSession } from "./session-follow.ts";

const newestInSnapshot = 200;
const maxFollowed = 20;
/** Summaries of busy sessions are gathered for so long, and longer where many are busy: they must not crowd out what is read. */
const [leastSummaryMs, mostSummaryMs, summaryMsEach] = [100, 500, 5];

/** Where a device stands in a session that it follows. */
interface FollowedSession {
  readonly sessionId: string;
  readonly after: number;
}

/**
 * Reads `{sessionId}:{after}` from each `session` parameter. A session that is named twice is followed once, from the
 * lower position; `Last-Event-ID`, which a browser sends when it reopens by itself, wins over both.
 */
export function parsePositions(
  values: readonly string[],
  lastEventId?: string | undefined,
): readonly FollowedSession[] {
  if (values.length > maxFollowed) throw invalid(`At most ${maxFollowed} sessions can be followed at once.`);
  const positions = new Map<string, number>();
  for (const value of values) {
    const named = parsePosition(value);
    if (named === null) throw invalid("`session` is {id}:{after}, the last seq that this device has.");
    const { sessionId, after } = named;
    positions.set(sessionId, Math.min(after, positions.get(sessionId) ?? after));
  }
  const last = parsePosition(lastEventId ?? "");
  if (last !== null && positions.has(last.sessionId)) positions.set(last.sessionId, last.after);
  return [...positions].map(([sessionId, after]) => ({ sessionId, after }));
}

function parsePosition(value: string): FollowedSession | null {
  const match = /^([A-Za-z0-9_-]{1,64}):(\d{1,15})$/.exec(value);
  return match?.[1] === undefined ? null : { sessionId: match[1], after: Number(match[2]) };
}

interface DeviceStreamRequest {
  readonly stream: EventStream;
  readonly deviceId: string;
  readonly positions: readonly FollowedSession[];
  readonly parts: ServerParts;
}

/** Sends the snapshot and keeps sending. A session that is unknown is left out: the snapshot shows that it is gone. */
export function streamDevice(request: DeviceStreamRequest): Response {
  // Without the snapshot the device has nothing to show: it comes again.
  sendAll(request).catch((error: unknown) => {
    request.parts.logger.warn("device stream ended", { error });
    request.stream.close();
  });
  return request.stream.response;
}

async function sendAll(request: DeviceStreamRequest): Promise<void> {
  const { stream, deviceId, parts } = request;
  const changed = new ChangedSessions((sessionId) => sendSummary(request, sessionId));
  // Subscribed before the snapshot is taken, so that nothing falls between the two.
  const unsubscribe = parts.sessions.subscribe((sessionId) => changed.add(sessionId));
  stream.closed.addEventListener("abort", () => {
    unsubscribe();
    changed.close();
  });
  const all = await parts.sessions.list(deviceId);
  const sessions = all.filter(
    (session, index) => index < newestInSnapshot || session.state === "requires_action" || session.pinned,
  );
  stream.send(eventFrame({ event: "snapshot", data: JSON.stringify({ sessions }) }));
  changed.open();
  await Promise.all(request.positions.map((position) => followOne(request, position)));
}

async function followOne(
  { stream, parts }: DeviceStreamRequest,
  { sessionId, after }: FollowedSession,
): Promise<void> {
  const session = await parts.sessions.find(sessionId);
  // Gone while it was looked for: what is subscribed from here on, nothing would end.
  if (session === null || stream.closed.aborted) return;
  const dataStart = `{"sessionId":${JSON.stringify(sessionId)},`;
  const frame = ({ seq }: SessionEvent, json: string) =>
    eventFrame({ event: "update", id: `${sessionId}:${seq}`, data: dataStart + json.slice(1) });
  const resetFrame = (lastSeq: number) =>
    eventFrame({ event: "reset", data: JSON.stringify({ sessionId, lastSeq }) });
  const forget = session.onEnded(() => {
    // Should it be there again, then as another one: the device comes back for it.
    if (parts.sessions.has(sessionId)) stream.close();
  });
  stream.closed.addEventListener("abort", forget);
  try {
    await followSession({ session, after, stream, frame, resetFrame });
  } catch (error) {
    // One log that cannot be read must not keep the device from the other sessions.
    parts.logger.warn("a session cannot be followed", { sessionId, error });
  }
}

async function sendSummary(
  { stream, deviceId, parts }: DeviceStreamRequest,
  sessionId: string,
): Promise<void> {
  const session = await parts.sessions.find(sessionId);
  if (session === null) {
    if (!parts.sessions.has(sessionId))
      stream.send(eventFrame({ event: "removed", data: JSON.stringify({ sessionId }) }));
    return;
  }
  stream.send(eventFrame({ event: "summary", data: JSON.stringify(session.summary(deviceId)) }));
}

/** Sessions whose summary is due: the first change goes out at once, those close behind it together. */
class ChangedSessions {
  readonly #send: (sessionId: string) => Promise<void>;
  readonly #due = new Set<string>();
  #timer: NodeJS.Timeout | null = null;
  #isOpen = false;

  constructor(send: (sessionId: string) => Promise<void>) {
    this.#send = send;
  }

  add(sessionId: string): void {
    this.#due.add(sessionId);
    if (this.#isOpen && this.#timer === null) this.#sendDue();
  }

  /** From now on summaries may leave: the snapshot has been sent. */
  open(): void {
    this.#isOpen = true;
    this.#sendDue();
  }

  close(): void {
    this.#isOpen = false;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  #sendDue(): void {
    this.#timer = null;
    if (!this.#isOpen || this.#due.size === 0) return;
    for (const sessionId of this.#due) {
      // A session that cannot be read just now is not news; its next change is.
      this.#send(sessionId).catch(() => undefined);
    }
    const waitMs = Math.min(mostSummaryMs, Math.max(leastSummaryMs, this.#due.size * summaryMsEach));
    this.#due.clear();
    this.#timer = setTimeout(() => this.#sendDue(), waitMs);
  }
}

function invalid(detail: string): ApiError {
  return new ApiError(400, "invalid_request", { detail });
}
