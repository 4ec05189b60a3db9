/** A fork: another session's log through the end of one of its turns, under a new id. */
import { isTurnEnd } from "../../../../transcript/turn-state.ts";
import type { RewindMark } from "../../protocol/rewind.ts";
import type { ForkSession } from "../../protocol/session.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { Session } from "../session.ts";
import { SessionConflict } from "../session-conflict.ts";
import { carriedEvent } from "./carried-event.ts";
import { type CopiedEvent, copiedLines } from "./copied-lines.ts";
import type { SessionCopy } from "./session-copy.ts";
import { StandingEvents } from "./standing-events.ts";

/** The copy that is asked for. Throws `not_found` for a turn that never was, `turn_running` for one that is not over. */
export async function forkOf(
  source: Session,
  request: ForkSession & { readonly requestDigest: string },
): Promise<SessionCopy> {
  const { id, turnId, requestDigest } = request;
  const before = (await endOfTurn(source, turnId)) + 1;
  const { title, rewinds = [] } = source.summary();
  const earlier = rewinds.filter(({ seq }) => seq < before);
  const { _meta, ...creation } = source.creation;
  return {
    created: {
      ...creation,
      sessionId: id,
      mode: "ask",
      title,
      requestDigest,
      forkedFrom: { sessionId: source.id, turnId, title },
    },
    lines: () => copiedLines(carriedEvents(() => source.streamEvents({ before }), earlier)),
  };
}

async function endOfTurn(source: Session, turnId: string): Promise<number> {
  let isKnown = false;
  for await (const event of source.streamEvents({})) {
    if (event.turnId !== turnId) continue;
    if (isTurnEnd(event.update)) return event.seq;
    isKnown = true;
  }
  if (isKnown || source.summary().turnId === turnId)
    throw new SessionConflict("turn_running", "That turn is not over yet: wait for its end, or stop it.", {
      turnId,
    });
  throw new SessionConflict("not_found", "The session has no turn of that id.", { turnId });
}

async function* carriedEvents(
  read: () => AsyncIterable<SessionEvent>,
  rewinds: readonly RewindMark[],
): AsyncGenerator<CopiedEvent> {
  const standing = new StandingEvents(rewinds);
  if (rewinds.length > 0) for await (const event of read()) standing.note(event);
  for await (const event of read()) {
    const carried = standing.has(event) ? carriedEvent(event) : null;
    if (carried !== null) yield carried;
  }
}
