/** A short life of one session, everything that is acknowledged written down; and the check that all of it is still there. */
import { expect } from "vitest";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import type { SessionUpdate } from "../../src/protocol/session-update.ts";
import type { Session } from "../../src/sessions/session.ts";
import {
  createSession,
  type Machine,
  phone,
  promptOf,
  type RunTurn,
  sessionId,
  startStore,
  updates,
} from "../sessions/session-fixture.ts";

/** What is owed to a log is tried again every two seconds. */
const endsWithinMs = 8_000;

/** A turn that neither goes on nor ends. */
class NeverEnded extends Error {}

/** What was answered with success, in order. */
export interface Acknowledged {
  readonly prompts: string[];
  readonly titles: string[];
  /** Ids of questions that were allowed. */
  readonly decisions: string[];
  readonly seen: number[];
  isCreated: boolean;
  /** A failed step, by name. */
  readonly refused: string[];
}

export function nothingAcknowledged(): Acknowledged {
  return { prompts: [], titles: [], decisions: [], seen: [], isCreated: false, refused: [] };
}

const question = (id: string): PermissionRequest => ({
  requestId: `question-${id}`,
  toolCallId: `call-${id}`,
  subject: { type: "other", title: "x" },
  content: [],
  reach: [],
  dangerous: false,
  options: [{ optionId: "once", kind: "allow_once", name: "Allow" }],
  digest: "d",
});

/** Says a word, asks once, runs a call, and says another one. */
const talkingTurn: RunTurn = async (turn) => {
  const say = (text: string) =>
    turn.emit({
      sessionUpdate: "agent_message_chunk",
      messageId: `m-${turn.turnId}`,
      content: { type: "text", text },
    });
  say("Let me look. ");
  const asked = question(turn.turnId);
  turn.emit({ sessionUpdate: "tool_call", toolCallId: asked.toolCallId, kind: "execute", status: "pending" });
  const answer = await turn.requestPermission(asked);
  if (answer.type === "cancelled") return { stopReason: "cancelled" };
  const call = { sessionUpdate: "tool_call_update", toolCallId: asked.toolCallId } as const;
  try {
    await turn.emitDurable({ ...call, status: "in_progress" });
  } catch {
    return { stopReason: "cancelled", problem: { code: "not_saving" } };
  }
  turn.emit({ ...call, status: "completed", rawOutput: { exitCode: 0 } });
  say("Done.");
  return { stopReason: "end_turn" };
};

/** Makes the session, sends prompts, decides, renames, marks as read, and closes. A step that fails is noted, and the next one tried. */
export async function liveThrough(
  machine: Machine,
  acknowledged: Acknowledged,
  onSettled: () => void = () => undefined,
): Promise<void> {
  const store = startStore(machine, { runTurn: talkingTurn });
  const step = async (name: string, work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      if (error instanceof NeverEnded) throw error;
      acknowledged.refused.push(name);
    }
    onSettled();
  };
  let session: Session | null = null;
  for (const name of ["create", "create again"])
    await step(name, async () => {
      session = await createSession(store, machine);
      acknowledged.isCreated = true;
    });
  for (const number of [1, 2])
    await step(`turn ${number}`, async () => {
      if (session === null) throw new Error("There is no session.");
      await oneTurn(session, `prompt-${number}`, acknowledged);
    });
  await step("rename", async () => {
    await session?.patch({ title: "renamed" }, phone);
    if (session !== null) acknowledged.titles.push("renamed");
  });
  for (const name of ["seen", "seen again"])
    await step(name, async () => {
      // Nobody has read further than the log goes now.
      const seq = Math.min(3, session?.lastSeq ?? 0);
      await session?.markSeen("d1", seq);
      if (session !== null) acknowledged.seen.push(seq);
    });
  await step("close", () => store.close());
}

async function oneTurn(session: Session, promptId: string, acknowledged: Acknowledged): Promise<void> {
  let onChange = (): void => undefined;
  const decided = new Set<string>();
  const deciding: Promise<unknown>[] = [];
  const unsubscribe = session.subscribe(({ update }) => {
    if (update.sessionUpdate === "request_permission" && !decided.has(update.requestId)) {
      decided.add(update.requestId);
      const { requestId } = update;
      deciding.push(
        session.decide(requestId, { optionId: "once", digest: "d" }, phone).then(
          () => acknowledged.decisions.push(requestId),
          () => acknowledged.refused.push(`decide ${requestId}`),
        ),
      );
    }
    onChange();
  });
  try {
    await session.submitPrompt(promptOf(promptId, `do ${promptId}`), phone);
    acknowledged.prompts.push(promptId);
    // It ends by itself, also when nothing can be saved: then the summary says so.
    const giveUpMs = performance.now() + endsWithinMs;
    while (session.summary().state !== "idle" || session.summary().queue.length > 0) {
      if (performance.now() > giveUpMs)
        throw new NeverEnded(JSON.stringify([session.summary(), await updates(session)]));
      await new Promise<void>((resolve) => {
        onChange = resolve;
        setTimeout(resolve, 5);
      });
    }
  } finally {
    unsubscribe();
    await Promise.all(deciding);
  }
}

/** Loads what lies in the folder as a new process would, and expects everything that was acknowledged, once. */
export async function expectRecovered(machine: Machine, acknowledged: Acknowledged): Promise<void> {
  const store = startStore(machine, { runTurn: async () => ({ stopReason: "end_turn" }) });
  const session = await store.find(sessionId);
  if (session === null) {
    expect(acknowledged).toMatchObject({ isCreated: false, prompts: [] });
    await store.close();
    return;
  }
  const all = await updates(session);
  const list = await store.list("d1");
  await store.close();
  const prompts = all.flatMap((update) =>
    update.sessionUpdate === "prompt_queued" ? [update.promptId] : [],
  );
  // Survivors are a prefix of what was sent; whatever was not acknowledged was at least sent.
  expect(["prompt-1", "prompt-2"].filter((id) => prompts.includes(id))).toEqual(prompts);
  expect(prompts).toEqual(expect.arrayContaining([...acknowledged.prompts]));
  expect(allowed(all)).toEqual(expect.arrayContaining([...acknowledged.decisions]));
  expect(new Set(allowed(all)).size).toBe(allowed(all).length);
  if (acknowledged.titles.length > 0) expect(session.summary().title).toBe(acknowledged.titles.at(-1));
  if (acknowledged.seen.length > 0) expect(list[0]?.seenSeq).toBe(acknowledged.seen.at(-1));
  // Nothing runs by itself, and every turn that began has its end.
  expect(["idle", "interrupted"]).toContain(session.summary().state);
}

function allowed(all: readonly SessionUpdate[]): string[] {
  return all.flatMap((update) =>
    update.sessionUpdate === "permission_outcome" && update.outcome.outcome === "selected"
      ? [update.requestId]
      : [],
  );
}
