/** Going back over HTTP: who may, what is asked and answered, how it is refused, and what the record says of it. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AgentTurn } from "../../../src/engines/engine.ts";
import { RewindAnswer, RewindPreview } from "../../../src/protocol/rewind.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import type { SessionEvent } from "../../../src/protocol/session-update.ts";
import { bodyOf, eventsOf, problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

async function edit(turn: AgentTurn) {
  await turn.checkpointTaken();
  turn.emit({ sessionUpdate: "tool_call", toolCallId: "c1", kind: "edit", status: "in_progress" });
  await writeFile(join(turn.root, "a.txt"), "two");
  turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c1", status: "completed" });
  return { stopReason: "end_turn" as const };
}

/** A session with one turn that changed a file. */
async function oneTurn() {
  const app = await runningApp({ runTurn: edit });
  const file = join(app.project, "a.txt");
  await writeFile(file, "one");
  const made = await app.request("POST /api/sessions", { body: { project: app.project } });
  const { id } = await bodyOf(made, SessionSummary);
  const body = { id: "prompt-0001", content: [{ type: "text", text: "Change it" }] };
  await app.request(`POST /api/sessions/${id}/prompts`, { body });
  return { app, id, file, turnId: await endOfTurn(app, id), call: `POST /api/sessions/${id}/rewind` };
}

async function endOfTurn(app: RunningApp, id: string): Promise<string> {
  for await (const { data } of eventsOf(await app.request(`GET /api/sessions/${id}/events`))) {
    const { update, turnId = "" } = data as SessionEvent;
    if (update.sessionUpdate === "state_update" && update.state === "idle") return turnId;
  }
  throw new Error("The stream ended before the turn.");
}

test("looks, goes back, takes that back, and each act is in the record once", async () => {
  const { app, id, file, turnId, call } = await oneTurn();
  const looking = { turnId, scope: "both", preview: true };
  const { digest, files } = await app.read(call, RewindPreview, { body: looking });
  expect(files).toEqual([
    { path: "a.txt", change: "restored", additions: 1, deletions: 1, changedSince: false },
  ]);
  expect(await readFile(file, "utf8")).toBe("two");
  const body = { id: "rewind-0001", turnId, scope: "both", digest };
  const answer = await app.read(call, RewindAnswer, { body });
  expect(answer).toEqual({ seq: expect.any(Number), done: ["a.txt"], skipped: [] });
  expect(await app.read(call, RewindAnswer, { body })).toEqual(answer);
  expect(await readFile(file, "utf8")).toBe("one");
  const undo = await app.read(call, RewindAnswer, { body: { id: "rewind-0002", undoes: answer.seq } });
  expect(await readFile(file, "utf8")).toBe("two");
  const lines = (await readFile(join(app.state, "audit.jsonl"), "utf8")).split("\n");
  const acts = lines.filter((line) => line.includes("session_rewound"));
  expect(acts.map((line) => (JSON.parse(line) as { record: unknown }).record)).toEqual([
    { kind: "session_rewound", session: id, seq: answer.seq, files: 1, undoes: null },
    { kind: "session_rewound", session: id, seq: undo.seq, files: 1, undoes: answer.seq },
  ]);
});

test.each([
  { rights: "read" as const, status: 403 },
  { rights: "approve" as const, status: 403 },
])("a device with the right $rights may not, not even look", async ({ rights, status }) => {
  const { app, turnId, call } = await oneTurn();
  const token = await app.tokenOf(rights);
  const response = await app.request(call, { token, body: { turnId, scope: "both", preview: true } });
  expect(response.status).toBe(status);
});

test("is refused with a code and what to do", async () => {
  const { app, file, turnId, call } = await oneTurn();
  const refused = async (body: object) => {
    const response = await app.request(call, { body });
    const { code, detail } = await problemOf(response);
    return { status: response.status, code, detail };
  };
  const again = { turnId, scope: "both", id: "rewind-0001", digest: "of-yesterday" };
  expect(await refused(again)).toEqual({
    status: 409,
    code: "changed",
    detail:
      "The files or the conversation are no longer as they were shown, and nothing was changed: look again, then go back.",
  });
  expect(await refused({ turnId: "nobody", scope: "both", preview: true })).toMatchObject({
    status: 404,
    code: "not_found",
  });
  expect(await refused({ id: "rewind-0002", undoes: 1 })).toMatchObject({ status: 404, code: "not_found" });
  expect(await refused({ turnId, scope: "all", preview: true })).toMatchObject({
    status: 400,
    code: "invalid_request",
  });
  expect(await readFile(file, "utf8")).toBe("two");
});
