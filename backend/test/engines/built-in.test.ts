/** The built-in engine with the real tools, the real policy and a real folder; only the model is a script. */

import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import * as z from "zod";
import { applyToHistory, emptyHistoryFold } from "../../../transcript/fold-history.ts";
import { type Model, type ModelEvent, type ModelRequest, unknownFacts } from "../../src/agent/model.ts";
import { estimateMessages, estimateTools } from "../../src/agent/room/token-estimate.ts";
import { BuiltInEngine } from "../../src/engines/built-in.ts";
import type { AgentTurn } from "../../src/engines/engine.ts";
import { permissionDigest } from "../../src/permissions/digest.ts";
import { createPolicy } from "../../src/permissions/policy.ts";
import type { SessionMode } from "../../src/protocol/session.ts";
import type { SessionUpdate } from "../../src/protocol/session-update.ts";
import { createBuiltInTools } from "../../src/tools/index.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

function scripted(responses: readonly ModelEvent[]): Model & { readonly requests: ModelRequest[] } {
  const left = [...responses];
  const requests: ModelRequest[] = [];
  return {
    requests,
    describe: () => Promise.resolve(unknownFacts),
    async *stream(request) {
      requests.push(request);
      const next = left.shift();
      if (next !== undefined) yield next;
    },
  };
}

function calls(...made: readonly (readonly [name: string, input: object])[]): ModelEvent {
  const metas = made.map(([name, input], index) => ({
    id: `v${index}`,
    name,
    arguments: JSON.stringify(input),
  }));
  return { type: "end", end: { type: "calls" }, calls: metas, usage: null, contextWindow: null };
}
const stop: ModelEvent = { type: "end", end: { type: "stop" }, calls: [], usage: null, contextWindow: null };

function turnIn(root: string, mode: SessionMode): AgentTurn & { readonly emitted: SessionUpdate[] } {
  const fold = emptyHistoryFold();
  const emitted: SessionUpdate[] = [];
  const emit: AgentTurn["emit"] = (update, place = {}) => {
    emitted.push(update);
    const stepId = place.stepId === undefined ? {} : { stepId: place.stepId };
    applyToHistory(fold, { seq: emitted.length, at: "2026-01-01T00:00:00.000Z", update, ...stepId });
  };
  return {
    emitted,
    sessionId: "session-1",
    turnId: "t1",
    prompt: [{ type: "text", text: "Do it" }],
    root,
    model: "test/model",
    effort: null,
    history: () => fold.items,
    takeSteered: async () => [],
    mode: () => mode,
    setMode: () => undefined,
    emit,
    emitDurable: async (update, place) => emit(update, place),
    requestPermission: async () => ({ type: "denied", feedback: "Not now" }),
    checkpointTaken: () => Promise.resolve(),
    signal: new AbortController().signal,
  };
}

function engineWith(model: Model, checks: Readonly<Record<string, readonly string[]>> = {}) {
  const policy = createPolicy({ statePaths: [], ports: [], names: ["voxpilot"] });
  const tools = createBuiltInTools({ userSkills: () => null });
  return new BuiltInEngine({ model, tools, policy, checks, digest: permissionDigest });
}

const lastResult = (request: ModelRequest | undefined) => request?.messages.at(-1)?.content ?? "";

test("reads and edits a real file, knowing the branch and the project's instructions", async () => {
  const root = await temporaryFolder();
  await promisify(execFile)("git", ["init", "-q", "-b", "feature", root]);
  await writeFile(join(root, "AGENTS.md"), "Say please.");
  await writeFile(join(root, "a.txt"), "one\r\ntwo\r\n");
  const model = scripted([
    calls(["read", { path: "a.txt" }], ["glob", { pattern: "*.txt" }]),
    calls(["edit", { path: "a.txt", old: "two", new: "three" }]),
    stop,
  ]);
  const turn = turnIn(root, "edit");
  expect(await engineWith(model).runTurn(turn)).toEqual({ stopReason: "end_turn" });
  expect(await readFile(join(root, "a.txt"), "utf8")).toBe("one\r\nthree\r\n");
  const prompt = model.requests[0]?.messages[0]?.content ?? "";
  expect(prompt).toContain(`Project: ${root}\nGit branch: feature\n`);
  expect(prompt.endsWith("Say please.")).toBe(true);
  expect(model.requests[2]?.messages[0]?.content).toBe(prompt);
  const ends = turn.emitted.flatMap((update) =>
    update.sessionUpdate === "tool_call_update" ? [update.status] : [],
  );
  expect(ends.filter((status) => status === "completed")).toHaveLength(3);
});

test("in plan mode nothing changes, and the model is told why", async () => {
  const root = await temporaryFolder();
  const model = scripted([calls(["write", { path: "new.txt", content: "x" }]), stop]);
  const turn = turnIn(root, "plan");
  expect(await engineWith(model).runTurn(turn)).toEqual({ stopReason: "end_turn" });
  const failed = turn.emitted.find((update) => update.sessionUpdate === "tool_call_update");
  expect(failed).toMatchObject({ status: "failed", rawOutput: { type: "failure", reason: "mode" } });
  await expect(readFile(join(root, "new.txt"))).rejects.toThrow("ENOENT");
});

test("in ask mode a command waits for its answer, and a no with words reaches the model", async () => {
  const root = await temporaryFolder();
  const model = scripted([calls(["shell", { command: "touch made" }]), stop]);
  expect(await engineWith(model).runTurn(turnIn(root, "ask"))).toEqual({ stopReason: "end_turn" });
  expect(lastResult(model.requests[1])).toContain('says: "Not now"');
  await expect(readFile(join(root, "made"))).rejects.toThrow("ENOENT");
});

test("INJ-02: the user's checks run at the project's root after a change there, nothing of the repository's own does", async () => {
  const folder = await temporaryFolder();
  const root = join(folder, "app");
  const link = join(folder, "link");
  await mkdir(join(root, "src"), { recursive: true });
  await mkdir(join(root, ".voxpilot"));
  await writeFile(join(root, ".voxpilot/config.json"), '{"checks": {".": ["touch stranger"]}}');
  await symlink(root, link);
  const change = calls(["write", { path: "a.txt", content: "a" }], ["shell", { command: "cd src" }]);
  const model = scripted([change, calls(["shell", { command: "pwd" }]), stop]);
  const turn = turnIn(root, "auto");
  const checks = { [link]: ["pwd"], [folder]: ["touch other"], "/nowhere": ["touch other"] };
  expect(await engineWith(model, checks).runTurn(turn)).toEqual({ stopReason: "end_turn" });
  const told = turn.emitted.flatMap((update) =>
    update.sessionUpdate === "tool_call_update" && update.status === "completed"
      ? [[update.toolCallId, JSON.stringify(update.content)] as const]
      : [],
  );
  expect(told.map(([id]) => id)).toEqual(["t1-s1-c1", "t1-s1-c2", "t1-s1-v1", "t1-s2-c1"]);
  expect(told[2]?.[1]).toContain(`${root}\\n\\nexit code 0`);
  // The model's own folder is where the model left it.
  expect(told[3]?.[1]).toContain(`${root}/src\\n\\nexit code 0`);
  expect(lastResult(model.requests[1])).toMatch(/^Check after your edits, `pwd`:\npassed: exit code 0/);
  expect((await readdir(root)).sort()).toEqual([".voxpilot", "a.txt", "src"]);
});

test("which files the model has seen is kept for the session until it closes", async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, "src"));
  await writeFile(join(root, "src/a.txt"), "one\n");
  const overwrite = calls(["write", { path: "src/a.txt", content: "two\n" }]);
  const model = scripted([calls(["read", { path: "src/a.txt" }]), stop, overwrite, stop, overwrite, stop]);
  const engine = engineWith(model);
  await engine.runTurn(turnIn(root, "edit"));
  await engine.runTurn(turnIn(root, "edit"));
  expect(await readFile(join(root, "src/a.txt"), "utf8")).toBe("two\n");
  engine.close("session-1");
  await writeFile(join(root, "src/a.txt"), "three\n");
  await engine.runTurn(turnIn(root, "edit"));
  expect(await readFile(join(root, "src/a.txt"), "utf8")).toBe("three\n");
});

test("what fails before the first request ends the turn with a problem, not with an exception", async () => {
  const turn = turnIn(await temporaryFolder(), "edit");
  const policy = createPolicy({ statePaths: [], ports: [], names: ["voxpilot"] });
  const builtIn = createBuiltInTools({ userSkills: () => null });
  const tools = { ...builtIn, tools: builtIn.tools.map((tool) => ({ ...tool, input: z.string() })) };
  const engine = new BuiltInEngine({ model: scripted([stop]), tools, policy, digest: permissionDigest });
  expect(await engine.runTurn(turn)).toMatchObject({
    stopReason: "refusal",
    problem: { code: "internal" },
  });
  expect(turn.emitted).toEqual([]);
});

test("what a prompt mentions and which instructions hold is told once, before the first request", async () => {
  const root = await temporaryFolder();
  await mkdir(join(root, "src"));
  await writeFile(join(root, "AGENTS.md"), "Say please.");
  await writeFile(join(root, "src/AGENTS.md"), "Tabs here.");
  await writeFile(join(root, "src/a.ts"), "one\n");
  const model = scripted([
    calls(["read", { path: "src/a.ts" }]),
    calls(["read", { path: "src/a.ts" }]),
    stop,
  ]);
  const turn = turnIn(root, "edit");
  turn.emit({
    sessionUpdate: "user_message_chunk",
    messageId: "p1",
    content: { type: "text", text: "Look at @src/a.ts" },
  });
  const prompt = [{ type: "text" as const, text: "Look at @src/a.ts" }];
  await engineWith(model).runTurn({ ...turn, prompt });
  const told = model.requests[0]?.messages.at(-1)?.content ?? "";
  expect(told).toContain("src/a.ts is mentioned. It says:\none");
  expect(lastResult(model.requests[1])).toContain(
    "# Instructions for this folder (src/AGENTS.md)\nTabs here.",
  );
  expect(lastResult(model.requests[2])).not.toContain("Tabs here.");
  const files = turn.emitted.flatMap((update) =>
    update.sessionUpdate === "instructions_update" ? [update.files.map(({ path }) => path)] : [],
  );
  expect(files).toEqual([["AGENTS.md"], ["AGENTS.md", "src/AGENTS.md"]]);
});

test("the first request of an empty project is short: 1,600 tokens by estimate in a small window, 4,000 in a large one", async () => {
  const root = await temporaryFolder();
  const size = async (contextWindow: number) => {
    const model = {
      ...scripted([stop]),
      describe: () => Promise.resolve({ ...unknownFacts, contextWindow }),
    };
    await engineWith(model).runTurn(turnIn(root, "edit"));
    const { messages = [], tools = [] } = model.requests[0] ?? {};
    return estimateMessages(messages) + estimateTools(tools);
  };
  expect(await size(8_000)).toBeLessThanOrEqual(1_600);
  expect(await size(200_000)).toBeLessThanOrEqual(4_000);
});
