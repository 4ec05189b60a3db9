/** What is not imported, and what whoever sent it is told. */
import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeMachine, startStore } from "../session-fixture.ts";
import { callOf, chunkOf, fileOf, importId, importInto, placed, questionOf } from "./transfer-stage.ts";

test.each([
  ["nothing", null, /whole JSON file of an export/],
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
    fileOf({ update: { sessionUpdate: "tool_call", toolCallId: "c", rawInput: "NESTED" } }),
    /^nested too deeply/,
  ],
])("an import of %s is refused with what to do, and leaves nothing", async (_name, session, words) => {
  const machine = await makeMachine();
  const store = startStore(machine);
  const text = JSON.stringify({ id: importId, project: machine.project, session });
  const refused = importInto(store, text.replace('"NESTED"', `${"[".repeat(100_000)}${"]".repeat(100_000)}`));
  await expect(refused).rejects.toMatchObject({ code: "invalid_request" });
  await expect(refused).rejects.toThrow(words);
  expect(await store.list()).toEqual([]);
  expect((await readdir(machine.state)).filter((name) => name === "incoming")).toEqual([]);
  await store.close();
});

async function refusalOf(events: readonly unknown[]): Promise<string> {
  const machine = await makeMachine();
  const store = startStore(machine);
  const session = { ...fileOf(), events };
  const text = JSON.stringify({ id: importId, project: machine.project, session });
  const refused = importInto(store, text.replace('"NESTED"', `${"[".repeat(100_000)}${"]".repeat(100_000)}`));
  const words = await refused.then(
    () => "imported",
    (error: Error) => error.message,
  );
  await store.close();
  return words;
}

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
