/** Sessions whose queue a test changes: one that is busy, one that was killed, and what each of them shows. */
import { cp, mkdtemp, truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import type { QueuedPrompt } from "../../../src/protocol/session.ts";
import type { Session } from "../../../src/sessions/session.ts";
import {
  createSession,
  gate,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  sessionId,
  startStore,
  updates,
} from "../session-fixture.ts";

export const text = (words: string) => ({ type: "text" as const, text: words });
export const waiting = (promptId: string, words = promptId, delivery: QueuedPrompt["delivery"] = "queue") => {
  return { promptId, content: [text(words)], delivery };
};
export const idsIn = (queue: readonly { readonly promptId: string }[]) =>
  queue.map((prompt) => prompt.promptId);

type Store = ReturnType<typeof startStore>;

/** A session whose first turn runs until it is released or stopped. */
export async function busySession(): Promise<{
  machine: Machine;
  store: Store;
  session: Session;
  release: () => void;
}> {
  const machine = await makeMachine();
  const { opened, open } = gate();
  const runTurn: RunTurn = async (turn) => {
    const stopped = new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
    await Promise.race([opened, stopped]);
    return { stopReason: turn.signal.aborted ? "cancelled" : "end_turn" };
  };
  const store = startStore(machine, { runTurn });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "prompt-1"), phone);
  return { machine, store, session, release: open };
}

/** What the session tells, what its list tells and what a page makes of the log are one and the same. */
export async function expectQueue(session: Session, queue: readonly QueuedPrompt[]): Promise<void> {
  expect(session.summary().queue).toEqual(queue);
  const { events } = await session.readEvents({});
  expect(applyEvents(emptyTranscript, events).queue).toEqual(queue);
}

export async function said(session: Session): Promise<string[]> {
  const chunks = await updates(session, "user_message_chunk");
  return chunks.map((update) =>
    "content" in update && update.content && "text" in update.content ? update.content.text : "",
  );
}

export async function takenUp(session: Session): Promise<unknown[]> {
  const states = await updates(session, "state_update");
  return states.flatMap((update) =>
    "state" in update && update.state === "running" ? [update.promptId] : [],
  );
}

export async function found(store: Store): Promise<Session> {
  const session = await store.find(sessionId);
  if (session === null) throw new Error("The session is gone.");
  return session;
}

export function logOf(machine: Machine): string {
  return join(machine.state, "sessions", sessionId, "log.jsonl");
}

/** The machine as a kill leaves it now: its state folder copied, but for the texts that are made of the logs and come and go, and the log cut to a size. */
export async function killedMachine(machine: Machine, logSize?: number): Promise<Machine> {
  const state = await mkdtemp(`${machine.state}-`);
  const texts = join(machine.state, "search");
  await cp(machine.state, state, { recursive: true, filter: (path) => path !== texts });
  const copy = { ...machine, state };
  if (logSize !== undefined) await truncate(logOf(copy), logSize);
  return copy;
}
