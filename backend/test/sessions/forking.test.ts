/** Forking a session: what comes along through the end of a turn, and what does not. */
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { History } from "../../../transcript/history.ts";
import type { AgentTurn } from "../../src/engines/engine.ts";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import type { Session } from "../../src/sessions/session.ts";
import {
  createSession,
  desk,
  eventWhere,
  gate,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  startStore,
  turnEnd,
  updates,
} from "./session-fixture.ts";

const forkId = "fork-session";

const question: PermissionRequest = {
  requestId: "request-1",
  toolCallId: "call-1",
  subject: { type: "command", command: "npm test", cwd: "." },
  content: [],
  reach: ["writes_files"],
  dangerous: false,
  options: [{ optionId: "always", kind: "allow_always", name: "Allow" }],
  digest: "digest-1",
};

/** Says what it was told, by turn. */
function echo(seen: History[] = []): RunTurn {
  return async (turn) => {
    seen.push(turn.history());
    const text = turn.prompt.map((block) => (block.type === "text" ? block.text : block.type)).join(" ");
    turn.emit({
      sessionUpdate: "agent_message_chunk",
      messageId: `m-${turn.turnId}`,
      content: { type: "text", text: `You said ${text}.` },
    });
    return { stopReason: "end_turn" };
  };
}

async function runPrompt(session: Session, id: string, text: string): Promise<string> {
  const after = session.lastSeq;
  await session.submitPrompt(promptOf(id, text), phone);
  return (await turnEnd(session, after)).turnId ?? "";
}

async function textsOf(session: Session): Promise<unknown[]> {
  const { events } = await session.readEvents({});
  return applyEvents(emptyTranscript, events).entries.map((entry) =>
    entry.type === "user" ? entry.content : entry.type === "agent" ? entry.text : entry.type,
  );
}

test("a fork holds all through the end of its turn and nothing behind it, and goes on by itself", async () => {
  const machine = await makeMachine();
  const seen: History[] = [];
  const store = startStore(machine, { runTurn: echo(seen) });
  const source = await createSession(store, machine);
  const first = await runPrompt(source, "prompt-0001", "one");
  await runPrompt(source, "prompt-0002", "two");

  const fork = await store.fork(source.id, { id: forkId, turnId: first }, desk);

  expect(await textsOf(fork)).toEqual([[{ type: "text", text: "one" }], "You said one.", "turn_end"]);
  expect(fork.summary()).toMatchObject({
    id: forkId,
    title: "one",
    forkedFrom: { sessionId: source.id, turnId: first, title: "one" },
    state: "idle",
    stopReason: "end_turn",
    mode: "ask",
    queue: [],
    pending: [],
    pinned: false,
    archived: false,
  });
  const { events } = await fork.readEvents({});
  const joined = events.flatMap(({ from, seq }) =>
    Array.from({ length: seq - (from ?? seq) + 1 }, (_, index) => (from ?? seq) + index),
  );
  expect(joined).toEqual(Array.from({ length: fork.lastSeq }, (_, index) => index + 1));

  await runPrompt(fork, "prompt-0003", "three");
  expect(seen.at(-1)).toEqual([
    { type: "user", messageId: "prompt-0001", content: [{ type: "text", text: "one" }] },
    { type: "step", stepId: `m-${first}`, text: "You said one.", calls: [] },
    { type: "user", messageId: "prompt-0003", content: [{ type: "text", text: "three" }] },
  ]);
  expect(await textsOf(source)).toHaveLength(6);
  await store.close();
});

test("the same id and body is the same fork, also after a restart and when its source is gone; another body is refused", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, { runTurn: echo() });
  const source = await createSession(store, machine);
  const turnId = await runPrompt(source, "prompt-0001", "one");
  const other = await runPrompt(source, "prompt-0002", "two");
  const forks = await Promise.all(
    Array.from({ length: 10 }, () => store.fork(source.id, { id: forkId, turnId }, phone)),
  );
  expect(new Set(forks).size).toBe(1);
  await expect(store.fork(source.id, { id: forkId, turnId: other }, phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  await store.delete(source.id);
  await store.close();

  const next = startStore(machine);
  const again = await next.fork(source.id, { id: forkId, turnId }, phone);
  expect(again.summary().forkedFrom).toEqual({ sessionId: source.id, turnId, title: "one" });
  expect(await next.list()).toHaveLength(1);
  await next.close();
});

test("a turn that runs cannot be forked until its end; one that never was is not found", async () => {
  const machine = await makeMachine();
  const started = gate();
  const goOn = gate();
  const store = startStore(machine, {
    runTurn: async () => {
      started.open();
      await goOn.opened;
      return { stopReason: "end_turn" };
    },
  });
  const source = await createSession(store, machine);
  await source.submitPrompt(promptOf("prompt-0001", "one"), phone);
  await started.opened;
  const begun = await eventWhere(source, ({ update }) => update.sessionUpdate === "state_update");
  const { turnId = "" } = begun;

  const tooEarly = store.fork(source.id, { id: forkId, turnId }, phone);
  await expect(tooEarly).rejects.toMatchObject({ code: "turn_running" });
  await expect(store.fork(source.id, { id: forkId, turnId: "none" }, phone)).rejects.toMatchObject({
    code: "not_found",
  });
  await expect(store.fork("no-session", { id: forkId, turnId }, phone)).rejects.toMatchObject({
    code: "session_not_found",
  });
  goOn.open();
  await turnEnd(source);
  const fork = await store.fork(source.id, { id: forkId, turnId }, phone);
  expect(fork.summary().state).toBe("idle");
  await store.close();
});

test("neither mode, nor grants, nor the queue come along into a fork", async () => {
  const machine = await makeMachine();
  const started = gate();
  let turns = 0;
  const asks: string[] = [];
  const runTurn = async (turn: AgentTurn) => {
    turns += 1;
    if (turns === 2) {
      started.open();
      await new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
      return { stopReason: "cancelled" } as const;
    }
    const answer = await turn.requestPermission({ ...question, requestId: `request-${turns}` });
    asks.push(answer.type);
    return { stopReason: "end_turn" } as const;
  };
  const store = startStore(machine, { runTurn });
  const source = await createSession(store, machine);
  await source.patch({ mode: "edit" }, phone);
  await source.submitPrompt(promptOf("prompt-0001", "one"), phone);
  await eventWhere(source, ({ update }) => update.sessionUpdate === "request_permission");
  const decision = { optionId: "always", digest: "digest-1", grant: { scope: "session" } } as const;
  await source.decide("request-1", decision, phone);
  const { turnId = "" } = await turnEnd(source);
  await source.submitPrompt(promptOf("prompt-0002", "two"), phone);
  await started.opened;
  await source.submitPrompt(promptOf("prompt-0003", "waits"), phone);

  const fork = await store.fork(source.id, { id: forkId, turnId }, phone);
  expect(fork.summary()).toMatchObject({ mode: "ask", queue: [], pending: [], state: "idle" });
  expect(await updates(fork, "prompt_queued", "queue_update", "current_mode_update")).toEqual([]);

  // What was allowed for the session there is asked for here.
  await fork.submitPrompt(promptOf("prompt-0004", "again"), phone);
  await eventWhere(
    fork,
    ({ update }) => update.sessionUpdate === "request_permission" && update.requestId === "request-3",
  );
  expect(fork.summary().pending.map(({ requestId }) => requestId)).toEqual(["request-3"]);
  expect(asks).toEqual(["allowed"]);
  await store.close();
});
