/** Prompts over HTTP: accepted once, edited, moved and sent now while they wait. */
import { expect, test } from "vitest";
import * as z from "zod";
import type { AgentTurn, TurnOutcome } from "../../../src/engines/engine.ts";
import { PromptReceipt, QueuedPrompt, SessionSummary } from "../../../src/protocol/session.ts";
import { SessionEvent } from "../../../src/protocol/session-update.ts";
import { bodyOf, eventsOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

const Queue = z.array(QueuedPrompt);
const content = (words: string) => [{ type: "text" as const, text: words }];
const promptOf = (id: string, words = id, delivery = "queue") => ({ id, content: content(words), delivery });
const waiting = (promptId: string, words = promptId, delivery: QueuedPrompt["delivery"] = "queue") => {
  return { promptId, content: content(words), delivery };
};

/** Runs until it is stopped. */
async function untilStopped({ signal }: AgentTurn): Promise<TurnOutcome> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve));
  return { stopReason: "cancelled" };
}

/** A session that is busy with `prompt-0001` while the others wait. */
async function busyApp(...ids: readonly string[]) {
  const app = await runningApp({ runTurn: untilStopped });
  const made = await app.request("POST /api/sessions", { body: { project: app.project } });
  const { id } = await bodyOf(made, SessionSummary);
  const prompts = `/api/sessions/${id}/prompts`;
  for (const promptId of ["prompt-0001", ...ids])
    expect((await app.request(`POST ${prompts}`, { body: promptOf(promptId) })).status).toBe(202);
  const patch = (promptId: string, body: unknown) => app.request(`PATCH ${prompts}/${promptId}`, { body });
  return { app, id, prompts, patch };
}

/** The log up to the start of a prompt's turn. */
async function untilRunning(app: RunningApp, id: string, promptId: string): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  for await (const { data } of eventsOf(await app.request(`GET /api/sessions/${id}/events`))) {
    const event = SessionEvent.parse(data);
    events.push(event);
    const { update } = event;
    if (update.sessionUpdate === "state_update" && update.state === "running" && update.promptId === promptId)
      break;
  }
  return events;
}

test("DUR-07: a hundred requests with one prompt at once, and ten after them, get the one receipt; another body gets 422", async () => {
  const { app, id, prompts } = await busyApp();
  const send = (words: string) => app.request(`POST ${prompts}`, { body: promptOf("prompt-0002", words) });
  const answers = await Promise.all(Array.from({ length: 100 }, () => send("go")));
  for (let time = 0; time < 10; time += 1) answers.push(await send("go"));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
  const receipts = await Promise.all(answers.map((answer) => bodyOf(answer, PromptReceipt)));
  expect(new Set(receipts.map(({ seq }) => seq)).size).toBe(1);
  const others = await Promise.all(Array.from({ length: 100 }, () => send("stay")));
  expect(new Set(others.map(({ status }) => status))).toEqual(new Set([422]));
  const summary = await app.read(`GET /api/sessions/${id}`, SessionSummary);
  expect(summary.queue).toEqual([waiting("prompt-0002", "go")]);
});

test("a waiting prompt is edited and moved, and the answer is the queue that every device sees", async () => {
  const { app, id, patch } = await busyApp("prompt-0002", "prompt-0003", "prompt-0004");
  const edited = await patch("prompt-0002", { content: content("better"), before: null });
  expect([edited.status, await bodyOf(edited, Queue)]).toEqual([
    200,
    [waiting("prompt-0003"), waiting("prompt-0004"), waiting("prompt-0002", "better")],
  ]);
  const moved = await bodyOf(await patch("prompt-0004", { before: "prompt-0003" }), Queue);
  const summary = await app.read(`GET /api/sessions/${id}`, SessionSummary);
  expect(summary.queue).toEqual(moved);
  expect(moved.map(({ promptId }) => promptId)).toEqual(["prompt-0004", "prompt-0003", "prompt-0002"]);
});

test("a prompt is sent now: steered it waits for the running turn, interrupting it takes that turn's place", async () => {
  const { app, id, patch } = await busyApp("prompt-0002", "prompt-0003");
  const steered = await bodyOf(await patch("prompt-0003", { now: "steer" }), Queue);
  expect(steered).toEqual([waiting("prompt-0003", "prompt-0003", "steer"), waiting("prompt-0002")]);
  await patch("prompt-0002", { now: "interrupt" });
  const events = await untilRunning(app, id, "prompt-0002");
  const ends = events.flatMap(({ update }) =>
    update.sessionUpdate === "state_update" && update.state === "idle" ? [update] : [],
  );
  expect(ends).toEqual([
    { sessionUpdate: "state_update", state: "idle", promptId: "prompt-0001", stopReason: "cancelled" },
  ]);
});

test("what can be neither changed nor understood is refused, and says why", async () => {
  const { prompts, patch, app } = await busyApp("prompt-0002");
  const many = Array.from({ length: 101 }, () => content("x")[0]);
  for (const body of [
    {},
    { other: 1 },
    { content: [] },
    { content: many },
    { content: "x" },
    { before: "x" },
    { before: 1 },
    { now: "queue" },
    [],
  ]) {
    const refused = await patch("prompt-0002", body);
    expect([body, refused.status, (await problemOf(refused)).code]).toEqual([body, 400, "invalid_request"]);
  }
  const taken = await patch("prompt-0001", { content: content("too late") });
  expect([taken.status, (await problemOf(taken)).code]).toEqual([409, "prompt_taken_up"]);
  const unknown = await patch("prompt-0009", { now: "steer" });
  expect([unknown.status, (await problemOf(unknown)).code]).toEqual([404, "not_found"]);
  const elsewhere = await app.request("PATCH /api/sessions/session-0009/prompts/prompt-0001", {
    body: { now: "steer" },
  });
  expect([elsewhere.status, (await problemOf(elsewhere)).code]).toEqual([404, "session_not_found"]);
  expect((await app.request(`PATCH ${prompts}/short`, { body: { now: "steer" } })).status).toBe(400);
});

test("a removal whose answer was lost is answered as before when it is sent again", async () => {
  const { app, prompts, patch } = await busyApp("prompt-0002");
  for (let time = 0; time < 2; time += 1)
    expect((await app.request(`DELETE ${prompts}/prompt-0002`)).status).toBe(204);
  const changed = await patch("prompt-0002", { now: "steer" });
  expect([changed.status, (await problemOf(changed)).code]).toEqual([404, "not_found"]);
  const taken = await app.request(`DELETE ${prompts}/prompt-0001`);
  expect([taken.status, (await problemOf(taken)).code]).toEqual([409, "prompt_taken_up"]);
});
