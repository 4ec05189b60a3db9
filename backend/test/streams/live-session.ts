/** A session on a real socket whose turn says what the test tells it to, while screens read it. */

import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { Transcript } from "../../../transcript/transcript.ts";
import { SessionSummary } from "../../src/protocol/session.ts";
import type { SessionEvent } from "../../src/protocol/session-update.ts";
import type { WrittenUpdate } from "../../src/protocol/written-update.ts";
import type { Session } from "../../src/sessions/session.ts";
import { gate } from "../sessions/session-fixture.ts";
import type { RunningAppOptions } from "../support/running-app.ts";
import { host } from "../support/running-app.ts";
import { type ServedApp, servedApp } from "../support/served-app.ts";
import type { StreamTarget } from "./stream-client.ts";

export interface LiveSession {
  readonly served: ServedApp;
  readonly session: Session;
  readonly target: StreamTarget;
  /** Says it in the running turn. */
  emit(update: WrittenUpdate): void;
  /** Ends the turn; resolves once its end is written. */
  end(): Promise<void>;
  /** Every event as it was written, folded one by one. */
  liveTranscript(): Transcript;
}

/** Starts a turn that goes on until `end`. */
export async function liveSession(): Promise<LiveSession> {
  const begun = gate();
  const over = gate();
  let emit: (update: WrittenUpdate) => void = () => undefined;
  const runTurn: RunningAppOptions["runTurn"] = async (turn) => {
    emit = (update) => turn.emit(update);
    begun.open();
    await over.opened;
    return { stopReason: "end_turn" };
  };
  const served = await servedApp({ runTurn });
  const { app } = served;
  const { id } = await app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const session = await app.parts.sessions.find(id);
  if (session === null) throw new Error("The session is not there.");
  const events: SessionEvent[] = [...(await session.readEvents({})).events];
  const idle = gate();
  session.subscribe((event) => {
    events.push(event);
    const { update } = event;
    if (update.sessionUpdate === "state_update" && update.state === "idle") idle.open();
  });
  const content = [{ type: "text", text: "go" }];
  await app.request(`POST /api/sessions/${id}/prompts`, { body: { id: "prompt-0001", content } });
  await begun.opened;
  return {
    served,
    session,
    target: {
      port: served.port,
      sessionId: id,
      headers: { host, authorization: `Bearer ${await app.tokenOf("full")}` },
    },
    emit: (update) => emit(update),
    end: async () => {
      over.open();
      await idle.opened;
    },
    liveTranscript: () =>
      events.reduce((transcript, event) => applyEvents(transcript, [event]), emptyTranscript),
  };
}
