/** A session as a file for people. */
import { expect, test } from "vitest";
import { exportMarkdown } from "../../../src/sessions/transfer/export/export-markdown.ts";
import { createSession, makeMachine, phone, promptOf, startStore, turnEnd } from "../session-fixture.ts";
import { now, textOf, worked } from "./transfer-stage.ts";

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
