import { expect, test } from "vitest";
import {
  createSession,
  gate,
  isTerminal,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

test("DUR-07: a prompt sent a hundred times at once runs once and every answer is the same", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await createSession(store, machine);
  const sent = Array.from({ length: 100 }, () => session.submitPrompt(promptOf("prompt-1", "go"), phone));
  const receipts = await Promise.all(sent);
  await turnEnd(session);
  await store.close();
  expect(new Set(receipts.map((receipt) => receipt.seq))).toEqual(new Set([2]));
  expect(await updates(session, "user_message_chunk", "prompt_queued")).toHaveLength(2);
});

test("DUR-07: a prompt keeps its receipt over a restart and does not run again", async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  const session = await createSession(first, machine);
  const receipt = await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnEnd(session);
  await first.close();
  const second = startStore(machine);
  const again = await second.find(session.id);
  expect(await again?.submitPrompt(promptOf("prompt-1", "go"), phone)).toEqual(receipt);
  expect(again?.lastSeq).toBe(session.lastSeq);
  await second.close();
});

test("DUR-07: another body under a known prompt id is refused, before and after a restart", async () => {
  const machine = await makeMachine();
  const first = startStore(machine);
  const session = await createSession(first, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await expect(session.submitPrompt(promptOf("prompt-1", "stay"), phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  await expect(session.submitPrompt(promptOf("prompt-1", "go", "steer"), phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  await first.close();
  const second = startStore(machine);
  const again = await second.find(session.id);
  await expect(again?.submitPrompt(promptOf("prompt-1", "stay"), phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  await second.close();
});

test("prompts sent while a turn runs wait, and run in order", async () => {
  const machine = await makeMachine();
  const { runTurn, release } = heldTurns();
  const store = startStore(machine, { runTurn });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  expect(session.summary().queue.map((prompt) => prompt.promptId)).toEqual(["prompt-2", "prompt-3"]);
  release();
  await turnsOver(session, 3);
  await store.close();
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-2", "prompt-3"]);
});

test("an interrupting prompt stops the running turn and goes before those that wait", async () => {
  const machine = await makeMachine();
  const { runTurn, release } = heldTurns();
  const store = startStore(machine, { runTurn });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "one"), phone);
  await session.submitPrompt(promptOf("prompt-2", "two"), phone);
  await session.submitPrompt(promptOf("prompt-3", "three", "interrupt"), phone);
  release();
  await turnsOver(session, 3);
  await store.close();
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-3", "prompt-2"]);
  const ends = (await updates(session, "state_update")).filter((update) => "stopReason" in update);
  expect(ends.map((update) => "stopReason" in update && update.stopReason)).toEqual([
    "cancelled",
    "end_turn",
    "end_turn",
  ]);
});

test("a removed prompt does not run; one that runs can no longer be removed", async () => {
  const machine = await makeMachine();
  const { runTurn, release } = heldTurns();
  const store = startStore(machine, { runTurn });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2", "prompt-3"]) await session.submitPrompt(promptOf(id, id), phone);
  await session.removePrompt("prompt-2", phone);
  // Its answer may have been lost.
  await session.removePrompt("prompt-2", phone);
  await expect(session.removePrompt("prompt-1", phone)).rejects.toMatchObject({ code: "prompt_taken_up" });
  await expect(session.removePrompt("prompt-9", phone)).rejects.toMatchObject({ code: "not_found" });
  release();
  await turnsOver(session, 2);
  await store.close();
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-3"]);
});

test("a prompt and a removal sent at once leave exactly the other prompts in the queue", async () => {
  const machine = await makeMachine();
  const { runTurn, release } = heldTurns();
  const store = startStore(machine, { runTurn });
  const session = await createSession(store, machine);
  for (const id of ["prompt-1", "prompt-2"]) await session.submitPrompt(promptOf(id, id), phone);
  await Promise.all([
    session.submitPrompt(promptOf("prompt-3", "three"), phone),
    session.removePrompt("prompt-2", phone),
    session.submitPrompt(promptOf("prompt-4", "four"), phone),
  ]);
  expect(session.summary().queue.map((prompt) => prompt.promptId)).toEqual(["prompt-3", "prompt-4"]);
  release();
  await turnsOver(session, 3);
  await store.close();
});

test("an empty prompt continues a stopped turn and is refused after a finished one", async () => {
  const machine = await makeMachine();
  const seen: number[] = [];
  const store = startStore(machine, {
    runTurn: async (turn) => {
      seen.push(turn.prompt.length);
      return { stopReason: seen.length === 1 ? "max_turn_requests" : "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await expect(session.submitPrompt(promptOf("prompt-0", ""), phone)).rejects.toMatchObject({
    code: "invalid_request",
  });
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await turnsOver(session, 1);
  await session.submitPrompt(promptOf("prompt-2", ""), phone);
  await turnsOver(session, 2);
  await expect(session.submitPrompt(promptOf("prompt-3", ""), phone)).rejects.toMatchObject({
    code: "invalid_request",
  });
  await store.close();
  expect(seen).toEqual([1, 0]);
  expect(await takenUp(session)).toEqual(["prompt-1", "prompt-2"]);
  expect(await updates(session, "user_message_chunk")).toHaveLength(1);
});

/** Turns wait until they are released or stopped. */
function heldTurns(): { runTurn: RunTurn; release: () => void } {
  const { opened, open } = gate();
  const runTurn: RunTurn = async (turn) => {
    const stopped = new Promise((resolve) => turn.signal.addEventListener("abort", resolve));
    await Promise.race([opened, stopped]);
    return { stopReason: turn.signal.aborted ? "cancelled" : "end_turn" };
  };
  return { runTurn, release: open };
}

type TestSession = Awaited<ReturnType<typeof createSession>>;

async function turnsOver(session: TestSession, count: number): Promise<void> {
  let after = 0;
  for (let turn = 0; turn < count; turn += 1) after = (await turnEnd(session, after)).seq;
  const { events } = await session.readEvents({});
  expect(events.filter(isTerminal)).toHaveLength(count);
}

async function takenUp(session: TestSession): Promise<unknown[]> {
  const states = await updates(session, "state_update");
  return states.flatMap((update) =>
    "state" in update && update.state === "running" ? [update.promptId] : [],
  );
}
