/** Sessions that leave as a file and come back from one; copies that break off. */
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { ImportSession } from "../../src/protocol/session.ts";
import type { Session } from "../../src/sessions/session.ts";
import { digestOfText } from "../../src/sessions/store/request-digest.ts";
import type { SessionStore } from "../../src/sessions/store/session-store.ts";
import { exportJson } from "../../src/sessions/transfer/export-json.ts";
import { exportMarkdown } from "../../src/sessions/transfer/export-markdown.ts";
import {
  at,
  createSession,
  type Machine,
  makeMachine,
  phone,
  promptOf,
  type RunTurn,
  startStore,
  turnEnd,
  updates,
} from "./session-fixture.ts";

const work: RunTurn = async (turn) => {
  const message = (messageId: string, text: string) =>
    turn.emit({ sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } });
  message("m1", "I look ");
  message("m1", "at it.");
  await turn.emitDurable({
    sessionUpdate: "tool_call",
    toolCallId: "c1",
    title: "npm test",
    kind: "execute",
    status: "in_progress",
    rawInput: { command: "npm test" },
  });
  turn.emit({
    sessionUpdate: "tool_call_update",
    toolCallId: "c1",
    status: "completed",
    content: [{ type: "content", content: { type: "text", text: "```\n3 passed\n```" } }],
  });
  turn.emit({
    sessionUpdate: "tool_call",
    toolCallId: "c2",
    title: "a.ts",
    kind: "edit",
    status: "failed",
    content: [{ type: "diff", path: "a.ts", oldText: "old", newText: "new", oldLine: 1, newLine: 1 }],
  });
  message("m2", "Done.");
  return { stopReason: "end_turn" };
};

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

async function worked(machine: Machine) {
  const store = startStore(machine, { runTurn: work });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Please # test\nit"), phone);
  await turnEnd(session);
  return { store, session };
}

async function seenIn(session: Session) {
  const { events } = await session.readEvents({});
  const { entries } = applyEvents(emptyTranscript, events);
  return entries.map(({ seq: _seq, ...entry }) => entry);
}

function digestible(request: ImportSession): string {
  try {
    return JSON.stringify(request);
  } catch {
    // Nested deeper than it can be written.
    return "deep";
  }
}

/** As over HTTP, where the digest is that of the request's bytes. */
function importInto(store: SessionStore, request: ImportSession): Promise<Session> {
  return store.import({ ...request, bodyDigest: digestOfText(digestible(request)) }, phone);
}

const now = new Date(at);
const importId = "imported-1";

test("a session exported as Markdown reads as what was said and done", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  expect(await textOf(exportMarkdown(session, now))).toBe(
    [
      "# Please # test it",
      "",
      "- Project: project",
      "- Begun: 2026-01-02 03:04 UTC",
      "- Exported: 2026-01-02 03:04 UTC",
      "",
      "",
      "## Prompt (2026-01-02 03:04 UTC, Phone)",
      "",
      "Please # test",
      "it",
      "",
      "## Agent",
      "",
      "I look at it.",
      "",
      "**execute** `npm test`",
      "",
      "````",
      "```",
      "3 passed",
      "```",
      "````",
      "",
      "**edit** `a.ts` (failed)",
      "",
      "`a.ts`",
      "",
      "```diff",
      "-old",
      "+new",
      "```",
      "",
      "Done.",
      "",
    ].join("\n"),
  );
  await store.close();
});

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

/** An export with these events. */
function fileOf(...events: object[]) {
  return {
    format: "voxpilot-session",
    version: 1,
    session: { title: "From elsewhere" },
    events: events.map((event, index) => ({ seq: index + 1, at, turnId: "t1", ...event })),
  };
}

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

test.each([
  ["nothing", undefined, /whole JSON file of an export/],
  ["another file", { messages: [] }, /whole JSON file of an export/],
  ["one of a newer server", { format: "voxpilot-session", version: 2 }, /newer VoxPilot: update/],
  [
    "one without events",
    { format: "voxpilot-session", version: 1, session: {} },
    /^events: .*Export the session again/,
  ],
  [
    "an event that is none",
    fileOf({ update: { sessionUpdate: "plan" } }),
    /^events\.0: update\.entries: .*Export/,
  ],
  [
    "an event without a time",
    fileOf({ at: "now", update: { sessionUpdate: "plan", entries: [] } }),
    /^events\.0: at: /,
  ],
  [
    "a bomb of nested data",
    fileOf({ update: { sessionUpdate: "tool_call", toolCallId: "c", rawInput: nested(100_000) } }),
    /^events\.0: nested too deeply/,
  ],
])("an import of %s is refused with what to do, and leaves nothing", async (_name, session, words) => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const refused = importInto(store, { id: importId, project: machine.project, session });
  await expect(refused).rejects.toMatchObject({ code: "invalid_request" });
  await expect(refused).rejects.toThrow(words);
  expect(await store.list()).toEqual([]);
  expect((await readdir(machine.state)).filter((name) => name === "incoming")).toEqual([]);
  await store.close();
});

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}

test("a copy that a killed process left half written is removed at the next start, and was never a session", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  const turnId = (await turnEnd(session)).turnId ?? "";
  const { durableFiles } = await import("../../src/workspace/durable-files.ts");
  await store.close();
  const dying = startStore(machine, {
    files: { ...durableFiles, move: () => Promise.reject(new Error("killed")) },
  });
  const fork = dying.fork(session.id, { id: importId, turnId }, phone);
  await expect(fork).rejects.toMatchObject({ code: "not_saving" });
  await dying.close();

  const next = startStore(machine);
  expect((await next.list()).map(({ id }) => id)).toEqual([session.id]);
  expect(await readdir(machine.state)).not.toContain("incoming");
  const again = await next.fork(session.id, { id: importId, turnId }, phone);
  const copied = await readFile(join(machine.state, "sessions", importId, "log.jsonl"), "utf8");
  expect(copied.trimEnd().split("\n")).toHaveLength(again.lastSeq);
  await next.close();
});

test("a copy that fails leaves nothing behind", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  const turnId = (await turnEnd(session)).turnId ?? "";
  await store.close();
  const { durableFiles } = await import("../../src/workspace/durable-files.ts");
  const refusing = startStore(machine, {
    files: { ...durableFiles, move: () => Promise.reject(new Error("read-only")) },
  });
  const fork = refusing.fork(session.id, { id: importId, turnId }, phone);
  await expect(fork).rejects.toMatchObject({ code: "not_saving" });
  expect(await readdir(join(machine.state, "incoming"))).toEqual([]);
  await refusing.close();
});

test("a fork whose source is deleted while it is read says that the source is gone", async () => {
  const machine = await makeMachine();
  const { durableFiles } = await import("../../src/workspace/durable-files.ts");
  const meanwhile: (() => Promise<void>)[] = [];
  const files = {
    ...durableFiles,
    makeDirectory: async (path: string) => {
      await durableFiles.makeDirectory(path);
      if (path.includes("incoming")) await meanwhile.pop()?.();
    },
  };
  const store = startStore(machine, { runTurn: work, files });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  const turnId = (await turnEnd(session)).turnId ?? "";
  meanwhile.push(() => store.delete(session.id));
  await expect(store.fork(session.id, { id: importId, turnId }, phone)).rejects.toMatchObject({
    code: "session_not_found",
  });
  expect(await readdir(join(machine.state, "incoming"))).toEqual([]);
  expect(await store.list()).toEqual([]);
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

test("a call of which only its end was told stands in the Markdown; what is cleared there is not shown", async () => {
  const machine = await makeMachine();
  const store = startStore(machine, {
    runTurn: async (turn) => {
      turn.emit({
        sessionUpdate: "tool_call_update",
        toolCallId: "c1",
        title: "from elsewhere",
        kind: "fetch",
        status: "completed",
      });
      turn.emit({ sessionUpdate: "tool_call", toolCallId: "c2", title: "old title", status: "pending" });
      turn.emit({
        sessionUpdate: "tool_call_update",
        toolCallId: "c2",
        title: null,
        content: [{ type: "content", content: { type: "text", text: "half" } }],
      });
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c2", content: null, status: "failed" });
      // Patched once more after its end.
      turn.emit({ sessionUpdate: "tool_call_update", toolCallId: "c2", status: "failed" });
      return { stopReason: "end_turn" };
    },
  });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-0001", "Go."), phone);
  await turnEnd(session);
  const text = await textOf(exportMarkdown(session, now));
  expect(text.slice(text.indexOf("## Agent"))).toBe(
    ["## Agent", "", "**fetch** `from elsewhere`", "", "**other** (failed)", ""].join("\n"),
  );
  await store.close();
});

const createdAt = expect.any(String);

async function refusalOf(events: readonly unknown[]): Promise<string> {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = { ...fileOf(), events };
  const refused = importInto(store, { id: importId, project: machine.project, session });
  const words = await refused.then(
    () => "imported",
    (error: Error) => error.message,
  );
  await store.close();
  return words;
}

const chunkOf = (text: string, messageId = "m1") => ({
  update: { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } },
});
const callOf = (fields: object) => ({
  update: { sessionUpdate: "tool_call", toolCallId: "c1", status: "completed", ...fields },
});
const questionOf = (requestId: string) => ({
  update: {
    sessionUpdate: "request_permission",
    requestId,
    toolCallId: "c1",
    subject: { type: "command", command: "rm", cwd: "." },
    content: [],
    reach: [],
    dangerous: true,
    options: [],
    digest: "d",
  },
});
const placed = (events: readonly object[]) =>
  events.map((event, index) => ({ seq: index + 1, at, turnId: "t1", ...event }));

test("RES-04: what is too much for an import is refused with the place where it stands", async () => {
  const long = "x".repeat(129);
  const outcome = { outcome: "cancelled", reason: "restart" };
  expect(
    await Promise.all(
      [
        placed([chunkOf("fits"), chunkOf("x".repeat(2_000_000))]),
        placed([callOf({ rawInput: Array.from({ length: 20_000 }, () => 1) })]),
        placed([callOf({ rawInput: "\u0001".repeat(400_000) })]),
        placed([{ ...chunkOf("a"), turnId: long }]),
        placed([chunkOf("a", long)]),
        placed([{ update: { sessionUpdate: "tool_call", toolCallId: long } }]),
        placed([
          { update: { sessionUpdate: "permission_outcome", requestId: long, toolCallId: "c1", outcome } },
        ]),
        placed(Array.from({ length: 10_001 }, (_, index) => questionOf(`r${index}`))),
        Array.from({ length: 500_001 }, () => 0),
      ].map((events) => refusalOf(events)),
    ),
  ).toEqual([
    "events.1: larger than 2 MB. It cannot be imported.",
    "events.0: more than 20000 values. It cannot be imported.",
    "events.0: larger than 2 MB. It cannot be imported.",
    "events.0: turnId: too long for an id. It cannot be imported.",
    "events.0: update.messageId: too long for an id. It cannot be imported.",
    "events.0: update.toolCallId: too long for an id. It cannot be imported.",
    "events.0: update.requestId: too long for an id. It cannot be imported.",
    "events.10000: more than 10000 questions. It cannot be imported.",
    "events: more than 500000. Fork the session from an earlier turn, and export that.",
  ]);
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
  expect(importedAt).toEqual(createdAt);
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

test("DUR-19: where a session lies that cannot be read no other one is made under its id, and nothing of it changes", async () => {
  const machine = await makeMachine();
  const { store, session } = await worked(machine);
  await store.close();
  const folder = join(machine.state, "sessions", session.id);
  await writeFile(join(folder, "log.jsonl"), "not a log\n");
  await rm(join(folder, "created.json"));
  await rm(join(folder, "summary.json"), { force: true });
  const next = startStore(machine);
  const again = next.create({ id: session.id, project: machine.project }, phone);
  await expect(again).rejects.toMatchObject({ code: "not_saving" });
  await expect(again).rejects.toThrow(/cannot be read. Nothing of it was changed/);
  await next.close();
  expect(await readdir(folder)).not.toContain("created.json");
});
