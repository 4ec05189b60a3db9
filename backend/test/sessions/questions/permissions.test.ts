import { expect, test } from "vitest";
import type { AgentTurn } from "../../../src/engines/engine.ts";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import type { Session } from "../../../src/sessions/session.ts";
import {
  createSession,
  desk,
  eventWhere,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

test("APR-05: a hundred decisions at once: one decides, the others are told of it, and the thing runs once", async () => {
  const machine = await makeMachine();
  let runs = 0;
  const { session, store } = await asking(machine, async (turn) => {
    const answer = await turn.requestPermission(question("q1"));
    if (answer.type === "allowed") runs += 1;
  });
  const outcomes = await Promise.allSettled(
    Array.from({ length: 100 }, () => session.decide("q1", allow, phone)),
  );
  await turnEnd(session);
  await store.close();
  const outcome = { outcome: "selected", optionId: "once", kind: "allow_once" };
  const refused = outcomes.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(outcomes.filter((result) => result.status === "fulfilled")).toEqual([
    { status: "fulfilled", value: outcome },
  ]);
  expect(refused).toHaveLength(99);
  for (const error of refused)
    expect(error).toMatchObject({ code: "permission_decided", data: { outcome, by: phone } });
  expect(runs).toBe(1);
});

test("a question stops the clock: requires_action from the first to the last answer", async () => {
  const machine = await makeMachine();
  const answers: unknown[] = [];
  const { session, store } = await asking(machine, async (turn) => {
    answers.push(
      ...(await Promise.all([
        turn.requestPermission(question("q1")),
        turn.requestPermission(question("q2")),
      ])),
    );
  });
  await eventWhere(
    session,
    ({ update }) => update.sessionUpdate === "request_permission" && update.requestId === "q2",
  );
  expect(session.summary()).toMatchObject({
    state: "requires_action",
    pending: [question("q1"), question("q2")],
  });
  await session.decide("q2", { optionId: "no", digest: "digest-q2", feedback: "not now" }, phone);
  expect(session.summary().state).toBe("requires_action");
  await session.decide("q1", allow, desk);
  await turnEnd(session);
  await store.close();
  expect(answers).toEqual([
    { type: "allowed", optionId: "once" },
    { type: "denied", feedback: "not now" },
  ]);
  const kinds = (await updates(session, "request_permission", "permission_outcome", "state_update")).map(
    nameOf,
  );
  expect(kinds).toEqual([
    "running",
    "request_permission",
    "requires_action",
    "request_permission",
    "permission_outcome",
    "permission_outcome",
    "running",
    "idle",
  ]);
});

test("a question that is put while another one is being decided needs a person again", async () => {
  const machine = await makeMachine();
  let askSecond = (): void => undefined;
  const { session, store } = await asking(machine, async (turn) => {
    const second = new Promise<unknown>((resolve) => {
      askSecond = () => resolve(turn.requestPermission(question("q2")));
    });
    await Promise.all([turn.requestPermission(question("q1")), second]);
  });
  // Told of the decision before the one who decides gets the answer.
  session.subscribe(({ update }) => {
    if (update.sessionUpdate === "permission_outcome" && update.requestId === "q1") askSecond();
  });
  await session.decide("q1", allow, phone);
  await eventWhere(session, ({ update }) => "requestId" in update && update.requestId === "q2");
  await session.patch({ title: "x" }, phone);
  expect(session.summary()).toMatchObject({ state: "requires_action", pending: [question("q2")] });
  await session.decide("q2", { ...allow, digest: "digest-q2" }, phone);
  await turnEnd(session);
  await store.close();
});

test("a decision must fit the question: digest, option, grant", async () => {
  const machine = await makeMachine();
  const { session, store } = await asking(machine, async (turn) => {
    await turn.requestPermission({ ...question("q1"), dangerous: true });
  });
  const refusals = [
    session.decide("q1", { ...allow, digest: "other" }, phone),
    session.decide("q1", { ...allow, optionId: "maybe" }, phone),
    session.decide("q1", { ...allow, optionId: "always" }, phone),
    session.decide("q1", { ...allow, optionId: "always", grant: { scope: "turn" } }, phone),
    session.decide("q9", allow, phone),
  ];
  const codes = (await Promise.allSettled(refusals)).map(
    (result) => result.status === "rejected" && result.reason.code,
  );
  expect(codes).toEqual([
    "permission_changed",
    "invalid_request",
    "invalid_request",
    "invalid_request",
    "not_found",
  ]);
  expect(session.summary().pending).toHaveLength(1);
  await session.decide("q1", allow, phone);
  await turnEnd(session);
  await store.close();
});

test("APR-08: a question dies with its turn", async () => {
  const machine = await makeMachine();
  const answers: unknown[] = [];
  const { session, store } = await asking(machine, async (turn) => {
    answers.push(await turn.requestPermission(question("q1")));
  });
  await session.cancel(undefined, desk);
  expect(session.summary().pending).toEqual([]);
  const cancelled = { outcome: "cancelled", reason: "turn_ended" };
  await expect(session.decide("q1", allow, phone)).rejects.toMatchObject({
    code: "permission_decided",
    data: { outcome: cancelled, by: desk },
  });
  await turnEnd(session);
  await store.close();
  expect(answers).toEqual([{ type: "cancelled" }]);
});

test("a grant answers the same question again, until it is taken back", async () => {
  const machine = await makeMachine();
  const answers: unknown[] = [];
  const { session, store } = await asking(machine, async (turn) => {
    answers.push(await turn.requestPermission(question("q1")));
    answers.push(await turn.requestPermission(question("q2")));
    await session.endGrant("q1", desk);
    answers.push(await turn.requestPermission(question("q3")));
  });
  await session.decide("q1", { ...allow, optionId: "always", grant: { scope: "session" } }, phone);
  await eventWhere(
    session,
    ({ update }) => update.sessionUpdate === "request_permission" && update.requestId === "q3",
  );
  await session.decide("q3", { ...allow, digest: "digest-q3", optionId: "no" }, phone);
  await turnEnd(session);
  await store.close();
  expect(answers).toEqual([
    { type: "allowed", optionId: "always" },
    { type: "allowed" },
    { type: "denied", feedback: null },
  ]);
  const { events } = await session.readEvents({});
  const byGrant = events.find(
    ({ update }) => update.sessionUpdate === "permission_outcome" && update.requestId === "q2",
  );
  expect(byGrant?.by).toEqual({ kind: "grant", id: "q1", name: "Phone" });
  await expect(session.endGrant("q1", desk)).rejects.toMatchObject({ code: "not_found" });
});

test("a grant for the turn ends with it; one for the session outlives a restart", async () => {
  const machine = await makeMachine();
  const asked = async (turn: AgentTurn) => {
    const first = await turn.requestPermission(question(`${turn.turnId}-a`, "npm test"));
    const second = await turn.requestPermission(question(`${turn.turnId}-b`, "npm run lint"));
    return [first, second];
  };
  const { session, store } = await asking(machine, asked, "id1-a");
  await session.decide("id1-a", decision("id1-a", "turn"), phone);
  await eventWhere(
    session,
    ({ update }) => update.sessionUpdate === "request_permission" && update.requestId === "id1-b",
  );
  await session.decide("id1-b", decision("id1-b", "session"), phone);
  const end = await turnEnd(session);
  await store.close();
  const second = startStore(machine, {
    runTurn: async (turn) => {
      await turn.requestPermission(question("lint", "npm run lint"));
      await turn.requestPermission(question("test", "npm test"));
      return { stopReason: "end_turn" };
    },
  });
  const again = await second.find(session.id);
  if (again === null) throw new Error("The session is gone.");
  await again.submitPrompt(promptOf("prompt-2", "more"), phone);
  await eventWhere(
    again,
    ({ update }) => update.sessionUpdate === "state_update" && update.state === "requires_action",
    end.seq,
  );
  expect(again.summary().pending.map((request) => request.requestId)).toEqual(["test"]);
  await again.cancel(undefined, phone);
  await second.close();
});

const allow = { optionId: "once", digest: "digest-q1" };

function decision(requestId: string, scope: "turn" | "session") {
  return { optionId: "always", digest: `digest-${requestId}`, grant: { scope } };
}

function question(requestId: string, command = "npm test"): PermissionRequest {
  return {
    requestId,
    toolCallId: `call-${requestId}`,
    subject: { type: "command", command, cwd: "." },
    content: [],
    reach: ["inside_project"],
    dangerous: false,
    options: [
      { optionId: "once", kind: "allow_once", name: "Allow" },
      { optionId: "always", kind: "allow_always", name: "Always" },
      { optionId: "no", kind: "reject_once", name: "Deny" },
    ],
    digest: `digest-${requestId}`,
  };
}

/** A session whose turn asks; resolves once the first question is open. */
async function asking(
  machine: Awaited<ReturnType<typeof makeMachine>>,
  ask: (turn: AgentTurn) => Promise<unknown>,
  firstId = "q1",
): Promise<{ session: Session; store: ReturnType<typeof startStore> }> {
  const store = startStore(machine, {
    runTurn: async (turn) => {
      await ask(turn);
      return { stopReason: turn.signal.aborted ? "cancelled" : "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await eventWhere(
    session,
    ({ update }) => update.sessionUpdate === "request_permission" && update.requestId === firstId,
  );
  return { session, store };
}

function nameOf(update: Awaited<ReturnType<typeof updates>>[number]): string {
  return update.sessionUpdate === "state_update" ? update.state : update.sessionUpdate;
}
