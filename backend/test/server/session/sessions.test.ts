/** Conversations over HTTP: made, told, decided, stopped, read. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AgentTurn, TurnOutcome } from "../../../src/engines/engine.ts";
import { Project } from "../../../src/protocol/catalogue.ts";
import { TurnChanges } from "../../../src/protocol/changes.ts";
import type { PermissionRequest } from "../../../src/protocol/permission.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { SessionEvent } from "../../../src/protocol/session-update.ts";
import { ProjectList } from "../../../src/server/routes/projects.ts";
import { EventPage } from "../../../src/server/routes/session/events.ts";
import { SessionPage } from "../../../src/server/routes/session/sessions.ts";
import { bodyOf, eventsOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

async function newSession(app: RunningApp, body: object = {}): Promise<string> {
  const response = await app.request("POST /api/sessions", { body: { project: app.project, ...body } });
  expect(response.status).toBe(201);
  return (await bodyOf(response, SessionSummary)).id;
}

const asJson = { headers: { accept: "application/json" } };

const promptOf = (text: string, id = "prompt-0001") => ({ id, content: [{ type: "text", text }] });

function say(turn: AgentTurn, text: string): void {
  turn.emit({ sessionUpdate: "agent_message_chunk", messageId: "m1", content: { type: "text", text } });
}

async function untilIdle(app: RunningApp, id: string): Promise<SessionEvent[]> {
  const events: SessionEvent[] = [];
  const stream = await app.request(`GET /api/sessions/${id}/events`);
  for await (const { data } of eventsOf(stream)) {
    const event = data as SessionEvent;
    events.push(event);
    if (event.update.sessionUpdate === "state_update" && event.update.state === "idle") break;
  }
  return events;
}

const question: PermissionRequest = {
  requestId: "request-1",
  toolCallId: "call-1",
  subject: { type: "command", command: "npm test", cwd: "." },
  content: [],
  reach: ["writes_files"],
  dangerous: false,
  options: [
    { optionId: "allow_once", kind: "allow_once", name: "Allow once" },
    { optionId: "allow_always", kind: "allow_always", name: "Allow" },
    { optionId: "reject_once", kind: "reject_once", name: "Deny" },
  ],
  digest: "digest-1",
};

async function askOnce(turn: AgentTurn): Promise<TurnOutcome> {
  const answer = await turn.requestPermission(question);
  say(turn, answer.type);
  return { stopReason: answer.type === "cancelled" ? "cancelled" : "end_turn" };
}

test("DUR-07: the same id and body makes one session, another body is refused", async () => {
  const app = await runningApp();
  const body = { id: "session-0001", project: app.project, title: "One" };
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => app.request("POST /api/sessions", { body })),
  );
  const sessions = await Promise.all(answers.map((answer) => bodyOf(answer, SessionSummary)));
  expect(new Set(sessions.map((session) => session.createdAt)).size).toBe(1);
  const other = await app.request("POST /api/sessions", { body: { ...body, title: "Two" } });
  expect([other.status, (await problemOf(other)).code]).toEqual([422, "id_reused"]);
  const page = await app.read("GET /api/sessions", SessionPage);
  expect(page).toEqual({ sessions: [sessions[0]], hasMore: false });
});

test("a folder that may not be worked in is refused with the reason", async () => {
  const app = await runningApp();
  const response = await app.request("POST /api/sessions", { body: { project: "/" } });
  const problem = await problemOf(response);
  expect([response.status, problem.code, problem.data]).toEqual([
    422,
    "project_not_allowed",
    { reason: "root" },
  ]);
});

test("projects are listed, and opened by a full device", async () => {
  const app = await runningApp();
  const { projects } = await app.read("GET /api/projects", ProjectList);
  expect(projects.map((project) => project.name)).toEqual(["project"]);
  const opened = await app.request("POST /api/projects", { body: { path: app.project } });
  expect(await bodyOf(opened, Project)).toMatchObject({ id: projects[0]?.id });
});

test("a prompt is accepted with its place, and the same id never runs twice", async () => {
  let turns = 0;
  const app = await runningApp({
    runTurn: async (turn) => {
      turns++;
      say(turn, "Done.");
      return { stopReason: "end_turn" };
    },
  });
  const id = await newSession(app);
  const send = (body: object) => app.request(`POST /api/sessions/${id}/prompts`, { body });
  const first = await send(promptOf("hello"));
  expect([first.status, await first.json()]).toEqual([202, { id: "prompt-0001", seq: 2 }]);
  expect(await (await send(promptOf("hello"))).json()).toEqual({ id: "prompt-0001", seq: 2 });
  expect((await send(promptOf("something else"))).status).toBe(422);
  const kinds = (await untilIdle(app, id)).map((event) => event.update.sessionUpdate);
  expect(kinds).toContain("agent_message_chunk");
  expect(turns).toBe(1);
});

test("DUR-09: from every position a reader gets exactly what comes after it, joined", async () => {
  const app = await runningApp({
    runTurn: async (turn) => {
      for (let word = 0; word < 20; word++) {
        say(turn, `${word} `);
        await turn.emitDurable({ sessionUpdate: "session_info_update", title: `t${word}` });
      }
      return { stopReason: "end_turn" };
    },
  });
  const id = await newSession(app);
  await app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("count") });
  const all = await untilIdle(app, id);
  const last = all.at(-1)?.seq ?? 0;
  for (let after = 0; after < last; after++) {
    const page = await app.read(`GET /api/sessions/${id}/events?after=${after}`, EventPage, asJson);
    expect(coveredBy(page.events)).toEqual(range(after + 1, page.lastSeq));
    const stream = await app.request(`GET /api/sessions/${id}/events?after=1000`, {
      headers: { "last-event-id": String(after) },
    });
    const resumed: SessionEvent[] = [];
    for await (const { id: position, data } of eventsOf(stream)) {
      const event = data as SessionEvent;
      expect(position).toBe(String(event.seq));
      resumed.push(event);
      if (event.seq >= page.lastSeq) break;
    }
    expect(coveredBy(resumed)).toEqual(range(after + 1, page.lastSeq));
  }
});

function coveredBy(events: readonly SessionEvent[]): number[] {
  return events.flatMap((event) => range(event.from ?? event.seq, event.seq));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

test("pages upward hold the newest events before a position", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  for (let title = 0; title < 20; title++)
    await app.request(`PATCH /api/sessions/${id}`, { body: { title: `t${title}` } });
  const page = await app.read(`GET /api/sessions/${id}/events?before=15&limit=4`, EventPage, asJson);
  expect(coveredBy(page.events)).toEqual([11, 12, 13, 14]);
  expect(page.hasMore).toBe(true);
});

test("an event can be had whole where the stream cuts it", async () => {
  const long = "x".repeat(100_000);
  const app = await runningApp({
    runTurn: async (turn) => {
      await turn.emitDurable({
        sessionUpdate: "tool_call",
        toolCallId: "c1",
        title: "a",
        rawInput: { text: long },
      });
      return { stopReason: "end_turn" };
    },
  });
  const id = await newSession(app);
  await app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("go") });
  const cut = (await untilIdle(app, id)).find((event) => event.update.sessionUpdate === "tool_call");
  expect(cut?.update).toMatchObject({ _meta: { elidedBytes: expect.any(Number) } });
  expect(JSON.stringify(cut).length).toBeLessThan(20_000);
  const whole = await app.read(`GET /api/sessions/${id}/events/${cut?.seq}`, SessionEvent);
  expect(whole.update).toMatchObject({ rawInput: { text: long } });
  expect((await app.request(`GET /api/sessions/${id}/events/99999`)).status).toBe(404);
});

test("a question is decided once: who was slower gets the decision, who saw another digest is told", async () => {
  const app = await runningApp({ runTurn: askOnce });
  const id = await newSession(app);
  await app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("go") });
  await untilPending(app, id);
  const decide = (body: object) => app.request(`POST /api/sessions/${id}/permissions/request-1`, { body });
  const changed = await decide({ optionId: "allow_once", digest: "digest-0" });
  expect([changed.status, (await problemOf(changed)).code]).toEqual([409, "permission_changed"]);
  const decided = await decide({ optionId: "allow_once", digest: "digest-1" });
  expect([decided.status, await decided.json()]).toEqual([
    200,
    { requestId: "request-1", outcome: { outcome: "selected", optionId: "allow_once", kind: "allow_once" } },
  ]);
  const late = await decide({ optionId: "reject_once", digest: "digest-1" });
  expect([late.status, (await problemOf(late)).code]).toEqual([409, "permission_decided"]);
});

async function untilPending(app: RunningApp, id: string): Promise<void> {
  const stream = await app.request(`GET /api/sessions/${id}/events`);
  for await (const { data } of eventsOf(stream)) {
    if ((data as SessionEvent).update.sessionUpdate === "request_permission") return;
  }
}

test("a running turn is stopped; another turn than the running one is not", async () => {
  const app = await runningApp({ runTurn: askOnce });
  const id = await newSession(app);
  await app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("go") });
  await untilPending(app, id);
  const other = await app.request(`POST /api/sessions/${id}/cancel`, { body: { turnId: "another" } });
  expect([other.status, (await problemOf(other)).code]).toEqual([409, "turn_not_running"]);
  expect((await app.request(`POST /api/sessions/${id}/cancel`, { body: {} })).status).toBe(202);
  const events = await untilIdle(app, id);
  expect(events.at(-1)?.update).toMatchObject({ state: "idle", stopReason: "cancelled" });
});

test("a waiting prompt can be taken out, one that was taken up cannot", async () => {
  const app = await runningApp({ runTurn: askOnce });
  const id = await newSession(app);
  const send = (promptId: string) =>
    app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("go", promptId) });
  await send("prompt-0001");
  await untilPending(app, id);
  await send("prompt-0002");
  expect((await app.request(`DELETE /api/sessions/${id}/prompts/prompt-0002`)).status).toBe(204);
  const gone = await app.request(`DELETE /api/sessions/${id}/prompts/prompt-0001`);
  expect([gone.status, (await problemOf(gone)).code]).toEqual([409, "prompt_taken_up"]);
});

test("only a full device lets the agent act alone", async () => {
  const app = await runningApp();
  const token = await app.tokenOf("approve");
  const id = await newSession(app);
  for (const mode of ["edit", "auto"]) {
    expect(
      (await app.request("POST /api/sessions", { token, body: { project: app.project, mode } })).status,
    ).toBe(403);
    expect((await app.request(`PATCH /api/sessions/${id}`, { token, body: { mode } })).status).toBe(403);
  }
  expect(
    (await app.request("POST /api/sessions", { token, body: { project: app.project, mode: "plan" } })).status,
  ).toBe(201);
  const patched = await app.request(`PATCH /api/sessions/${id}`, { body: { mode: "edit", title: "New" } });
  expect(await patched.json()).toMatchObject({ mode: "edit", title: "New" });
});

test("NET-02: only a full device opens another folder, also by way of a session", async () => {
  const app = await runningApp();
  const token = await app.tokenOf("approve");
  const body = { project: app.state.replace(/state$/, "page") };
  expect((await app.request("POST /api/sessions", { token, body })).status).toBe(403);
  expect((await app.request("POST /api/sessions", { body })).status).toBe(201);
  expect((await app.request("POST /api/sessions", { token, body })).status).toBe(201);
});

test("what a device has read never goes back, and is its own", async () => {
  const app = await runningApp();
  const id = await newSession(app);
  await app.request(`PATCH /api/sessions/${id}`, { body: { title: "x" } });
  for (const seq of [2, 1])
    expect((await app.request(`PUT /api/sessions/${id}/seen`, { body: { seq } })).status).toBe(204);
  expect((await app.read(`GET /api/sessions/${id}`, SessionSummary)).seenSeq).toBe(2);
  const token = await app.tokenOf("read");
  expect((await app.read(`GET /api/sessions/${id}`, SessionSummary, { token })).seenSeq).toBe(0);
});

test("the changes of a turn are the diff between its two checkpoints", async () => {
  const app = await runningApp({
    runTurn: async (turn) => {
      await turn.checkpointTaken();
      turn.emit({
        sessionUpdate: "tool_call",
        toolCallId: "c1",
        kind: "execute",
        title: "write",
        status: "in_progress",
      });
      await writeFile(join(turn.root, "a.txt"), "one\n");
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" });
      return { stopReason: "end_turn" };
    },
  });
  const id = await newSession(app);
  await app.request(`POST /api/sessions/${id}/prompts`, { body: promptOf("write") });
  const turnId = (await untilIdle(app, id)).at(-1)?.turnId;
  const changes = await app.read(`GET /api/sessions/${id}/changes?turn=${turnId}`, TurnChanges);
  expect(changes.summary).toMatchObject({ fileCount: 1, added: 1, removed: 0 });
  expect(changes.diffs[0]?.hunks[0]?.lines).toEqual([{ type: "added", text: "one", newLine: 1 }]);
  const none = await app.read(`GET /api/sessions/${id}/changes?turn=${turnId}&file=b.txt`, TurnChanges);
  expect(none.diffs).toEqual([]);
  expect((await app.request(`GET /api/sessions/${id}/changes?turn=another`)).status).toBe(404);
});

test("what is no session answers 404", async () => {
  const app = await runningApp();
  const response = await app.request("GET /api/sessions/abcdefgh");
  expect([response.status, (await problemOf(response)).code]).toEqual([404, "session_not_found"]);
});
