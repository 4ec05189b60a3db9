/** Our agent under a session, with a tool that does not listen to a stop. */
import { expect, test } from "vitest";
import * as z from "zod";
import { type Model, unknownFacts } from "../../src/agent/model.ts";
import type { Tool } from "../../src/agent/tool.ts";
import { BuiltInEngine } from "../../src/engines/built-in.ts";
import { permissionDigest } from "../../src/permissions/digest.ts";
import { createPolicy } from "../../src/permissions/policy.ts";
import { createBuiltInTools } from "../../src/tools/index.ts";
import { calls } from "../agent/turn/turn-stage.ts";
import {
  createSession,
  gate,
  makeMachine,
  phone,
  promptOf,
  startStore,
  turnEnd,
  updates,
} from "../sessions/session-fixture.ts";

test("a tool that ignores a person's stop is told as given up by them, before the session gives up the turn", async () => {
  const running = gate();
  const deaf: Tool = {
    name: "deaf",
    kind: "read",
    description: "Never ends.",
    input: z.object({}),
    synonyms: {},
    readOnly: true,
    title: () => "deaf",
    plan: async () => ({
      title: "deaf",
      locations: [],
      access: { type: "none" },
      subject: { type: "other", title: "deaf" },
      content: [],
      basis: "deaf",
      run: () => {
        running.open();
        return new Promise(() => undefined);
      },
    }),
  };
  const model: Model = {
    describe: () => Promise.resolve(unknownFacts),
    async *stream() {
      yield calls(["deaf", {}]);
    },
  };
  const machine = await makeMachine();
  const engine = new BuiltInEngine({
    model,
    tools: { ...createBuiltInTools({ userSkills: () => null }), tools: [deaf] },
    policy: createPolicy({ statePaths: [machine.state], ports: [], names: [] }),
    digest: permissionDigest,
  });
  const store = startStore(machine, { runTurn: (turn) => engine.runTurn(turn) });
  const session = await createSession(store, machine);
  await session.submitPrompt(promptOf("prompt-1", "go"), phone);
  await running.opened;
  await session.cancel(undefined, phone);
  expect((await turnEnd(session)).update).toMatchObject({ state: "idle", stopReason: "cancelled" });
  const text =
    "Stopped by the user, but it did not end in time: its outcome is unknown. Check before you repeat it.";
  expect((await updates(session, "tool_call_update")).at(-1)).toEqual({
    sessionUpdate: "tool_call_update",
    toolCallId: expect.stringMatching(/-c1$/),
    status: "failed",
    content: [{ type: "content", content: { type: "text", text } }],
    rawOutput: { type: "failure", reason: "unknown_outcome" },
  });
  await store.close();
});
