/** What the tools themselves say is what stubs and notes find again once their calls are no longer shown. */
import { expect, test } from "vitest";
import type { HistoryCall } from "../../../transcript/history.ts";
import { gist, hasPassed, personWords } from "../../src/agent/context/call-facts.ts";
import { workingNotes } from "../../src/agent/context/notes.ts";
import type { Tool } from "../../src/agent/tool.ts";
import { createShellTool } from "../../src/tools/commands/shell.ts";
import { editTool } from "../../src/tools/editing/edit.ts";
import { applyPatchTool } from "../../src/tools/patching/apply-patch.ts";
import { exitPlanTool } from "../../src/tools/session/exit-plan.ts";
import { KeptTexts } from "../../src/tools/session/kept-texts.ts";
import { Jobs } from "../../src/workspace/processes/jobs.ts";
import { stage } from "./stage.ts";

function told<Input>(tool: Tool<Input>, input: Input, result: string): HistoryCall {
  const call = { id: "v1", name: tool.name, arguments: JSON.stringify(input) };
  return { toolCallId: "c1", call, status: "completed", result };
}

const notesOf = (call: HistoryCall) =>
  workingNotes([{ type: "step", stepId: "s1", text: "", calls: [call] }], 500);

test("an edit and a patch are noted with their counts", async () => {
  const { call } = await stage({ "a.txt": "one\ntwo\n" });
  const edit = { path: "a.txt", old: "two", new: "2\n3" };
  expect(notesOf(told(editTool, edit, (await call(editTool, edit)).text))).toBe("Files changed: a.txt +2 −1");
  const input = { patch: "*** Begin Patch\n*** Update File: a.txt\n@@\n-one\n+1\n*** End Patch" };
  const patched = told(applyPatchTool, input, (await call(applyPatchTool, input)).text);
  expect(notesOf(patched)).toBe("Files changed: a.txt +1 −1");
});

test.each([
  ["exit 0", /^exit code 0, /, true],
  ["exit 3", /^exit code 3, /, false],
  ["kill -9 $$", /^ended by SIGKILL, /, false],
] as const)("the end of `%s` is told in a line", async (command, line, passed) => {
  const { call } = await stage();
  const { tool } = createShellTool({ jobs: new Jobs(), texts: new KeptTexts() });
  const made = told(tool, { command }, (await call(tool, { command })).text);
  expect(gist(made)).toMatch(line);
  expect(hasPassed(made)).toBe(passed);
});

test("an accepted plan is told with its words", async () => {
  const { context } = await stage();
  const input = { plan: "# Tidy up" };
  const planning = { ...context, mode: () => "plan" as const };
  const planned = await exitPlanTool.plan(input, planning);
  const result = await planned.run({
    ...planning,
    ask: () => Promise.resolve({ type: "chosen", choice: 0, text: null }),
  });
  expect(personWords(told(exitPlanTool, input, result.text))).toBe(`${result.text}\n\n# Tidy up`);
});
