/** Where a session's turn stands; the same for the page, the list and the server. Pure. */
import type { SessionState } from "../backend/src/protocol/session.ts";
import type { SessionUpdate } from "../backend/src/protocol/session-update.ts";

/** How a turn can be over. */
type EndState = Extract<SessionState, "idle" | "interrupted">;

/** The one line that a turn ends with. */
type TurnEndUpdate = Extract<SessionUpdate, { sessionUpdate: "state_update" }> & {
  readonly state: EndState;
};

/** A turn is under way, also while it waits for a person. */
export function isRunning(state: SessionState): state is Exclude<SessionState, EndState> {
  return state === "running" || state === "requires_action";
}

/** Whether a turn is over with this update. */
export function isTurnEnd(update: SessionUpdate): update is TurnEndUpdate {
  return update.sessionUpdate === "state_update" && !isRunning(update.state);
}
