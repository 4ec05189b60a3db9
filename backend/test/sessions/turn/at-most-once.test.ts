/** Our own agent with its real tools in real sessions: what is sent or decided many times happens once. */

import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { type Model, type ModelEvent, type ModelRequest, unknownFacts } from "../../../src/agent/model.ts";
import { BuiltInEngine } from "../../../src/engines/built-in.ts";
import type { AgentTurn } from "../../../src/engines/engine.ts";
import { permissionDigest } from "../../../src/permissions/digest.ts";
import { createPolicy } from "../../../src/permissions/policy.ts";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import type { Actor } from "../../../src/protocol/session-update.ts";
import type { Session } from "../../../src/sessions/session.ts";
import { createBuiltInTools } from "../../../src/tools/index.ts";
import { requestFaults } from "../../agent/request-check.ts";
import { calls, says, stop } from "../../agent/turn/turn-stage.ts";
import {
  createSession,
  desk,
  eventWhere,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  sessionId,
  startStore,
  turnEnd,
  updates,
} from "../session-fixture.ts";

test("DUR-07: one prompt sent a hundred times at once, then one by one, then after a restart is one user record and one model request", async () => {
  const machine = await makeMachine();
  const agent = agentThat(machine, () => [says("Done."), stop]);
  const first = startStore(machine, agent);
  const session = await createSession(first, machine);
  const send = (one: Session) => one.submitPrompt(promptOf("prompt-1", "go"), phone);
  const receipts = await Promise.all(Array.from({ length: 100 }, () => send(session)));
  await turnEnd(session);
  for (let time = 0; time < 10; time += 1) receipts.push(await send(session));
  await first.close();
  const second = startStore(machine, agent);
  const later = await second.find(sessionId);
  if (later === null) throw new Error("The session is gone.");
  receipts.push(...(await Promise.all(Array.from({ length: 100 }, () => send(later)))));
  await expect(later.submitPrompt(promptOf("prompt-1", "stay"), phone)).rejects.toMatchObject({
    code: "id_reused",
  });
  expect(later.lastSeq).toBe(session.lastSeq);
  expect(await updates(later, "prompt_queued", "user_message_chunk")).toHaveLength(2);
  await second.close();
  expect(new Set(receipts.map(({ id, seq }) => `${id} ${seq}`))).toEqual(new Set(["prompt-1 2"]));
  expect(agent.requests).toHaveLength(1);
});

test("APR-05: a hundred decisions at once, from two devices, run the command once, and each loser is told who decided", async () => {
  const machine = await makeMachine();
  const { store, session, questions } = await askedSession(machine, [["shell", marking]]);
  const [question] = questions;
  const decided = await Promise.allSettled(
    Array.from({ length: 100 }, (_, index) =>
      decide(session, question, { by: index % 2 === 0 ? phone : desk }),
    ),
  );
  await turnEnd(session);
  const late = await decide(session, question, { by: desk }).catch((error: unknown) => error);
  await store.close();
  expect(await readFile(canaryOf(machine), "utf8")).toBe("ran\n");
  const told = { code: "permission_decided", data: { outcome: { kind: "allow_once" }, by: phone } };
  const losers = decided.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
  expect(losers).toHaveLength(99);
  for (const error of [...losers, late]) expect(error).toMatchObject(told);
});

test("words steered in while a question waits reach the model behind the results of its round, in the same turn", async () => {
  const machine = await makeMachine();
  const { store, session, questions, requests } = await askedSession(machine, [["shell", marking]]);
  await session.submitPrompt(promptOf("prompt-2", "and tell me", "steer"), desk);
  await session.submitPrompt(promptOf("prompt-2", "and tell me", "steer"), desk);
  await decide(session, questions[0], { by: phone });
  await turnEnd(session);
  const told = requests.at(-1)?.messages ?? [];
  expect(told.map(({ role }) => role)).toEqual(["system", "user", "assistant", "tool", "user"]);
  expect(told.at(-1)).toEqual({ role: "user", content: "and tell me" });
  expect(requests).toHaveLength(2);
  expect(session.summary()).toMatchObject({ state: "idle", queue: [] });
  expect(await updates(session, "user_message_chunk")).toHaveLength(2);
  expect(await readFile(canaryOf(machine), "utf8")).toBe("ran\n");
  await store.close();
});

test("APR-08: once its turn is stopped a question is gone, deciding it is refused, and nothing runs", async () => {
  const machine = await makeMachine();
  const { store, session, questions } = await askedSession(machine, [["shell", marking]]);
  const racing = Promise.all([
    session.cancel(undefined, desk),
    ...[phone, desk].map((by) => decide(session, questions[0], { by }).catch((error: unknown) => error)),
  ]);
  const [, ...answers] = await racing;
  expect(session.summary().pending).toEqual([]);
  await turnEnd(session);
  answers.push(await decide(session, questions[0], { by: phone }).catch((error: unknown) => error));
  for (const answer of answers)
    expect(answer).toMatchObject({
      code: "permission_decided",
      data: { outcome: { outcome: "cancelled", reason: "turn_ended" }, by: desk },
    });
  await store.close();
  await expect(readFile(canaryOf(machine))).rejects.toMatchObject({ code: "ENOENT" });
});

test.each([
  [4, 2, 0, 3, 1],
  [0, 1, 2, 3, 4],
  [1, 4, 3, 0, 2],
])(
  "APR-09: five questions of one round wait beside each other and are decided in the order %i %i %i %i %i",
  async (...order) => {
    const machine = await makeMachine();
    const outside = Array.from({ length: 5 }, (_, index) =>
      join(dirname(machine.project), `secret-${index}.txt`),
    );
    for (const path of outside) await writeFile(path, `inside ${path}\n`);
    const made = outside.map((path) => ["read", { path }] as const);
    const { store, session, questions, requests } = await askedSession(machine, made);
    expect(new Set(session.summary().pending)).toEqual(new Set(questions));
    for (const [position, index] of order.entries()) {
      const decision = index % 2 === 0 ? { by: phone } : ({ by: desk, kind: "reject_once" } as const);
      await decide(session, questions[index], decision);
      const left = order.slice(position + 1).map((other) => questions[other]?.requestId);
      expect(
        session
          .summary()
          .pending.map(({ requestId }) => requestId)
          .toSorted(),
      ).toEqual(left.toSorted());
    }
    await turnEnd(session);
    await store.close();
    const messages = requests.at(-1)?.messages ?? [];
    expect(requests).toHaveLength(2);
    expect(requestFaults(messages)).toEqual([]);
    const told = messages.flatMap((message) => (message.role === "tool" ? [message.content] : []));
    expect(told.map((content, index) => content.includes(`inside ${outside[index]}`))).toEqual([
      true,
      false,
      true,
      false,
      true,
    ]);
  },
);

const marking = { command: "echo ran >> canary.txt" };

function canaryOf(machine: Machine): string {
  return join(machine.project, "canary.txt");
}

/** Our agent over a model that answers as the test says; it may be started again, and goes on counting. */
function agentThat(machine: Machine, answer: (request: ModelRequest) => readonly ModelEvent[]) {
  const requests: ModelRequest[] = [];
  const model: Model = {
    describe: () => Promise.resolve(unknownFacts),
    async *stream(request) {
      requests.push(structuredClone(request));
      yield* answer(request);
    },
  };
  const policy = createPolicy({ statePaths: [machine.state], ports: [], names: ["voxpilot"] });
  const tools = createBuiltInTools({ userSkills: () => null });
  const engine = new BuiltInEngine({ model, tools, policy, digest: permissionDigest });
  return { requests, runTurn: (turn: AgentTurn) => engine.runTurn(turn) };
}

/** A session whose first round makes these calls; resolves once each of them waits for a person. */
async function askedSession(machine: Machine, made: readonly (readonly [name: string, input: unknown])[]) {
  const agent = agentThat(machine, ({ messages }) =>
    messages.some(({ role }) => role === "tool") ? [says("Done."), stop] : [calls(...made)],
  );
  const store = startStore(machine, agent);
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  const questions: PermissionRequest[] = [];
  for (let after = 0; questions.length < made.length; ) {
    const { seq, update } = await eventWhere(
      session,
      ({ update, seq }) => seq > after && update.sessionUpdate === "request_permission",
      after,
    );
    if (update.sessionUpdate === "request_permission") {
      const { sessionUpdate: _, ...question } = update;
      questions.push(question);
    }
    after = seq;
  }
  // They were prepared beside each other: in the order of their calls they are told apart.
  questions.sort((one, other) => one.toolCallId.localeCompare(other.toolCallId));
  return { store, session, questions, requests: agent.requests };
}

type Decided = { readonly by: Actor; readonly kind?: "allow_once" | "reject_once" };

async function decide(
  session: Session,
  question: PermissionRequest | undefined,
  { by, kind = "allow_once" }: Decided,
) {
  const option = question?.options.find((one) => one.kind === kind);
  if (question === undefined || option === undefined) throw new Error("There is no such question.");
  const feedback = kind === "reject_once" ? { feedback: "not this one" } : {};
  const decision = { optionId: option.optionId, digest: question.digest, ...feedback };
  return session.decide(question.requestId, decision, by);
}
