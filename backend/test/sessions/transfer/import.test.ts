/** What comes of an exported session on the machine that reads it. */
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import { exportJson } from "../../../src/sessions/transfer/export/export-json.ts";
import { exportMarkdown } from "../../../src/sessions/transfer/export/export-markdown.ts";
import { at, makeMachine, phone, startStore, updates } from "../session-fixture.ts";
import {
  callOf,
  chunkOf,
  fileOf,
  importId,
  importInto,
  now,
  questionOf,
  seenIn,
  textOf,
  worked,
} from "./transfer-stage.ts";

test("what is exported as JSON and imported again shows the same, and is text to the machine that reads it", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  const exported: unknown = JSON.parse(await textOf(exportJson(session, now)));
  const request = { id: importId, project: machine.project, session: exported };
  const imported = await importInto(store, request);

  const nameless = (entries: Awaited<ReturnType<typeof seenIn>>) =>
    entries.map((entry) => ("by" in entry && entry.by !== null ? { ...entry, by: entry.by.name } : entry));
  expect(nameless(await seenIn(imported))).toEqual(nameless(await seenIn(session)));
  expect(imported.summary()).toMatchObject({
    id: importId,
    title: "Please # test it",
    forkedFrom: null,
    state: "idle",
    mode: "ask",
    model: null,
  });
  const { events } = await imported.readEvents({});
  expect(new Set(events.slice(1).flatMap(({ by }) => (by === undefined ? [] : [by.id])))).toEqual(
    new Set(["imported"]),
  );
  expect(await importInto(store, request)).toBe(imported);
  await expect(
    importInto(store, { ...request, session: { ...(exported as object), events: [] } }),
  ).rejects.toMatchObject({ code: "id_reused" });
  await store.close();
});

test("what was under way in an imported session is over: nothing runs, nothing waits, nothing is allowed", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const owner = { kind: "device", id: phone.id, name: "Somebody" };
  const session = await importInto(store, {
    id: importId,
    project: machine.project,
    session: fileOf(
      { update: { sessionUpdate: "current_mode_update", currentModeId: "auto" }, by: owner },
      { update: { sessionUpdate: "state_update", state: "running", promptId: "p1" } },
      {
        by: owner,
        at: "9999-01-01T00:00:00.000Z",
        update: {
          sessionUpdate: "user_message_chunk",
          messageId: "p1",
          content: { type: "text", text: "go" },
        },
      },
      {
        update: {
          sessionUpdate: "prompt_queued",
          promptId: "p2",
          content: [{ type: "text", text: "then" }],
          delivery: "queue",
        },
      },
      {
        update: {
          sessionUpdate: "checkpoint",
          checkpointId: "k",
          phase: "start",
          tree: "--output=x",
          omitted: [],
        },
      },
      {
        update: {
          sessionUpdate: "tool_call",
          toolCallId: "c1",
          title: "rm",
          kind: "execute",
          status: "in_progress",
        },
      },
      {
        update: {
          sessionUpdate: "request_permission",
          requestId: "r1",
          toolCallId: "c2",
          subject: { type: "command", command: "rm", cwd: "." },
          content: [],
          reach: [],
          dangerous: true,
          options: [{ optionId: "a", kind: "allow_always", name: "Allow" }],
          digest: "d",
        },
      },
      { update: { sessionUpdate: "of_the_future", anything: 1 } },
    ),
  });
  expect(session.summary()).toMatchObject({
    state: "interrupted",
    mode: "ask",
    effort: null,
    spent: { tokens: 0, cost: 0, stepsWithoutTokens: 0, stepsWithoutCost: 0 },
    spentInDay: null,
    modeEndsAt: null,
    queue: [],
    pending: [],
    updatedAt: at,
  });
  expect(session.turnTrees("t1")).toBeNull();
  const all = await updates(session);
  expect(all.map(({ sessionUpdate }) => sessionUpdate)).toEqual([
    "session_created",
    "state_update",
    "user_message_chunk",
    "tool_call",
    "tool_call_update",
    "state_update",
  ]);
  await store.close();
});

test("a call that an imported turn left without a result gets one before its end", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = await importInto(store, {
    id: importId,
    project: machine.project,
    session: fileOf(
      { update: { sessionUpdate: "state_update", state: "running", promptId: "p1" } },
      { update: { sessionUpdate: "tool_call", toolCallId: "c1", title: "x", status: "pending" } },
      { update: { sessionUpdate: "state_update", state: "idle", promptId: "p1", stopReason: "end_turn" } },
    ),
  });
  const calls = await updates(session, "tool_call_update");
  expect(calls).toMatchObject([{ toolCallId: "c1", status: "failed" }]);
  await store.close();
});

test("what a session told of its own log does not come along: damage, and whether it was being saved", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const codes = ["damaged_lines", "not_saving", "saving_again", "model_retry"];
  const session = await importInto(store, {
    id: importId,
    project: machine.project,
    session: fileOf(...codes.map((code) => ({ update: { sessionUpdate: "notice", code } }))),
  });
  expect(await updates(session, "notice")).toEqual([{ sessionUpdate: "notice", code: "model_retry" }]);
  await store.close();
});

test("names and titles from elsewhere are cut to what lists show, and times are none of the future", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const by = { kind: "device", id: "d9", name: "N".repeat(1_000) };
  const problem = { code: "internal", detail: "D".repeat(5_000) };
  const file = fileOf(
    { by, update: { sessionUpdate: "state_update", state: "running", promptId: null } },
    { ...chunkOf("hello"), fromAt: "9999-01-01T00:00:00Z" },
    { at: `2020-01-01T00:00:00.${"0".repeat(5_000)}Z`, ...callOf({ title: "T".repeat(5_000) }) },
    { ...questionOf("r1") },
    { update: { sessionUpdate: "state_update", state: "idle", promptId: null, problem } },
  );
  const request = {
    id: importId,
    project: machine.project,
    session: { ...file, session: { title: "S".repeat(300) } },
  };
  const session = await importInto(store, request);
  const { title, activity, problem: shown, pending, importedAt } = session.summary();
  expect([title?.length, activity?.title.length, shown?.detail?.length, pending]).toEqual([
    200,
    200,
    2_000,
    [],
  ]);
  expect(importedAt).toEqual(expect.any(String));
  const { events } = await session.readEvents({});
  expect(events.map(({ update }) => update.sessionUpdate)).not.toContain("request_permission");
  expect(events.find((event) => event.by?.id === "imported")?.by?.name).toHaveLength(100);
  const call = events.find(({ update }) => update.sessionUpdate === "tool_call");
  expect([call?.at, call?.update]).toMatchObject(["2020-01-01T00:00:00.000Z", { title: "T".repeat(500) }]);
  expect(Date.parse(events.find(({ fromAt }) => fromAt !== undefined)?.fromAt ?? "")).toBeLessThanOrEqual(
    Date.now(),
  );
  const [seen] = (await textOf(exportMarkdown(session, now))).split("\n").slice(2);
  expect(seen).toMatch(/^- Imported: .* UTC\. What it says happened elsewhere\.$/);
  expect(applyEvents(emptyTranscript, events).importedAt).toBe(importedAt);
  await store.close();
});

test("a secret in what an imported agent said and a command printed is taken out, also where it is cut in pieces", async () => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const secret = `ghp_${"a1B2c3D4e5".repeat(4).slice(0, 36)}`;
  const output = (text: string) => ({
    update: { sessionUpdate: "tool_output_chunk", toolCallId: "c1", stream: "stdout", text },
  });
  const file = fileOf(
    { update: { sessionUpdate: "state_update", state: "running", promptId: null } },
    chunkOf(`It is ${secret.slice(0, 20)}`),
    chunkOf(`${secret.slice(20)} there`),
    output(`${secret.slice(0, 9)}`),
    output(`${secret.slice(9)}\n`),
    {
      update: {
        sessionUpdate: "agent_thought_chunk",
        messageId: "m2",
        content: { type: "text", text: secret },
      },
    },
    { update: { sessionUpdate: "state_update", state: "idle", promptId: null, stopReason: "end_turn" } },
  );
  const session = await importInto(store, { id: importId, project: machine.project, session: file });
  const said = JSON.stringify(await updates(session));
  expect(said).toContain("It is ");
  expect(said).toContain(" there");
  expect(said).not.toContain(secret.slice(4, 20));
  expect(said).not.toContain(secret.slice(20));
  await store.close();
});
