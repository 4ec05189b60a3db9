import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { limitsFor } from "../../../src/agent/room/result-limits.ts";
import type { ToolAccess } from "../../../src/agent/tool.ts";
import { createJobTool } from "../../../src/tools/commands/job.ts";
import { createShellTool as createTool } from "../../../src/tools/commands/shell.ts";
import { KeptTexts } from "../../../src/tools/session/kept-texts.ts";
import { Jobs } from "../../../src/workspace/processes/jobs.ts";
import { type Stage, stage } from "../stage.ts";

function createShellTool(texts = new KeptTexts(), more: { firstLookMs?: number } = {}) {
  const jobs = new Jobs();
  onTestFinished(() => jobs.close());
  return { ...createTool({ jobs, texts, ...more }), jobs, job: createJobTool(jobs) };
}

test("tells output, exit code, time and folder", async () => {
  const { call, live } = await stage();
  const { tool } = createShellTool();
  expect(await call(tool, { command: "echo hi; exit 3" })).toEqual({
    text: expect.stringMatching(/^hi\n\nexit code 3, \d+\.\d s, in \.$/),
    output: {
      type: "execute",
      exitCode: 3,
      signal: null,
      durationMs: expect.any(Number),
      cwd: ".",
      timedOut: false,
    },
    failed: false,
  });
  expect(live).toEqual(["stdout: hi\n"]);
});

test("says so when there is no output", async () => {
  const { call } = await stage();
  expect((await call(createShellTool().tool, { command: "true" })).text).toMatch(
    /^\(no output\)\n\nexit code 0, /,
  );
});

test("remembers the folder of a session, and nothing else", async () => {
  const { call, context } = await stage({ "src/a.txt": "" });
  const { tool, forget } = createShellTool();
  expect((await call(tool, { command: "cd src; X=1" })).text).toMatch(
    /in \.\nThe next command runs in src\.$/,
  );
  expect((await call(tool, { command: "ls; echo [$X]" })).text).toMatch(
    /^a\.txt\n\[\]\n\nexit code 0, .* in src$/,
  );
  const other = { ...context, sessionId: "session-2" };
  expect((await (await tool.plan({ command: "ls" }, other)).run(other)).text).toMatch(/^src\n/);
  forget("session-1");
  expect((await call(tool, { command: "ls" })).text).toMatch(/^src\n/);
});

test("does not remember a folder outside the project, or one that is gone", async () => {
  const { call, root } = await stage({ "src/a.txt": "" });
  const { tool } = createShellTool();
  await symlink("/", join(root, "out"));
  await call(tool, { command: "cd /" });
  expect((await call(tool, { command: "cd out" })).text).toMatch(/in \.$/);
  await call(tool, { command: "cd src" });
  await call(tool, { command: "rm -r ../src", cwd: "src" });
  expect((await call(tool, { command: "pwd" })).text).toMatch(/ in \.$/);
});

test("runs in the folder that is named", async () => {
  const { call, failure } = await stage({ "src/a.txt": "" });
  const { tool } = createShellTool();
  expect((await call(tool, { command: "ls", cwd: "src" })).text).toMatch(/^a\.txt\n/);
  expect(await failure(tool, { command: "ls", cwd: "missing" })).toBe(
    "There is no folder missing to run the command in. Give another cwd, or leave it out.",
  );
});

test("goes on in the background after the time-out, and is told of once when it ends", async () => {
  const { call, context } = await stage();
  const { tool, jobs, job } = createShellTool();
  const command = "echo begun; until [ -e go ]; do sleep 0.02; done; echo over; exit 3";
  const result = await call(tool, { command, timeout: 1.5 });
  expect(result.text).toMatch(
    /^begun\n\nstill running, \d+\.\d s, in \.\nIt takes longer than 1\.5 s and goes on in the background as job j1\. You are told when it ends; until then go on with other work, or use job with id j1 \(read, wait, kill\)\.$/,
  );
  expect(result).toMatchObject({ output: { exitCode: null, timedOut: true, jobId: "j1" } });
  expect(result.failed).toBeUndefined();
  expect(jobs.ended(context.sessionId)).toEqual([]);
  expect((await call(job, { id: "j1" })).text).toMatch(
    /^\(no new output\)\n\nj1: still running, \d+\.\d s, in \.$/,
  );
  await call(tool, { command: "touch go" });
  await jobs.wait(context.sessionId, "j1", { timeoutMs: 10_000, signal: context.signal });
  const ended = {
    jobId: "j1",
    command,
    cwd: ".",
    end: { exitCode: 3, signal: null, stoppedBy: null },
    runningMs: expect.any(Number),
  };
  expect(jobs.ended(context.sessionId)).toEqual([ended]);
  expect(jobs.ended(context.sessionId)).toEqual([]);
  expect((await call(job, { id: "j1" })).text).toMatch(/^over\n\nj1: exit code 3, \d+\.\d s, in \.$/);
});

test("runs in the background at once, takes input, and is ended", async () => {
  const { call, failure, plan, root } = await stage();
  const { tool, job } = createShellTool();
  const started = await call(tool, { command: 'while read -r x; do echo "got $x"; done', background: true });
  expect(started.text).toMatch(/It runs in the background as job j1\./);
  const input = { id: "j1", action: "input", text: "one\n" } as const;
  expect(await plan(job, input)).toMatchObject({
    access: { type: "execute", command: "one\n", cwd: root, isUnclear: true },
    subject: { type: "command", command: "one\n" },
  });
  await call(job, input);
  expect((await call(job, { id: "j1", action: "wait", timeout: 0.3 })).text).toMatch(
    /^got one\n\nj1: still running/,
  );
  expect((await call(job, {})).text).toMatch(/^j1: still running, \d+\.\d s, in \.: while read/);
  expect((await call(job, { id: "j1", action: "kill" })).text).toMatch(/j1: ended by SIGTERM/);
  expect(await failure(job, input)).toMatch(/^j1 takes no input: it has ended/);
  expect(await failure(job, { id: "j9" })).toBe(
    "There is no job j9: there are j1. Start one with shell and background: true, or use one of these.",
  );
});

test("a background command, whose input is a socket, does not read the user's .bashrc first", async () => {
  const { call, root } = await stage({ ".bashrc": "echo from the bashrc\n" });
  vi.stubEnv("HOME", root);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { tool } = createShellTool(new KeptTexts(), { firstLookMs: 60_000 });
  expect((await call(tool, { command: "echo own", background: true })).text).toMatch(/^own\n\nexit code 0, /);
});

test("tells at once of a background command that fails at once", async () => {
  const { call } = await stage();
  expect(
    (
      await call(createShellTool(new KeptTexts(), { firstLookMs: 60_000 }).tool, {
        command: "exit 7",
        background: true,
      })
    ).text,
  ).toMatch(/^\(no output\)\n\nexit code 7, /);
});

test("has at most eight jobs, and ends those of a session with it", async () => {
  const { call, failure, context } = await stage();
  const { tool, jobs } = createShellTool();
  for (let count = 0; count < 8; count += 1) await call(tool, { command: "sleep 300", timeout: 0.01 });
  expect(await failure(tool, { command: "sleep 300", background: true })).toBe(
    "Too many jobs run already. End one with job (action kill) first.",
  );
  expect(await call(tool, { command: "sleep 300", timeout: 0.05 })).toMatchObject({
    failed: true,
    text: expect.stringContaining("was ended, since too many jobs run already"),
  });
  await jobs.endSession(context.sessionId);
  expect(jobs.list(context.sessionId)).toEqual([]);
});

test("cuts the middle of long output by the model's room, and keeps the whole", async () => {
  const { context } = await stage();
  const texts = new KeptTexts();
  const { tool } = createShellTool(texts);
  const small = { ...context, limits: limitsFor("small", null) };
  const result = await (await tool.plan({ command: "seq 1 5000" }, small)).run(small);
  expect(result.text).toMatch(
    /^1\n2\n[\s\S]*\[… \d+ characters left out …\][\s\S]*\n5000\n\nexit code 0, .*\nThe whole output: recall with id o1\.$/,
  );
  expect(result.text.length).toBeLessThan(4_300);
  const whole = Array.from({ length: 5_000 }, (_, index) => `${index + 1}\n`).join("");
  expect(texts.find(context.sessionId, "o1")).toBe(whole);
});

test("shows what would stand on a screen, without colours and overwritten progress", async () => {
  const { call } = await stage();
  const command = "printf '1%%\\r50%%\\r100%%\\n\\033[31mred\\033[0m\\n'";
  expect((await call(createShellTool().tool, { command })).text).toMatch(/^100%\nred\n\nexit code 0/);
});

test("says that it was stopped", async () => {
  const controller = new AbortController();
  const { context, plan } = await stage({}, controller.signal);
  const { tool } = createShellTool();
  const planned = await plan(tool, { command: "echo runs; sleep 60" });
  const stopped = await planned.run({ ...context, output: () => controller.abort() });
  expect(stopped).toMatchObject({
    failed: true,
    output: { type: "execute", timedOut: false, stopped: true },
    text: expect.stringMatching(/^runs\n\n.*It was stopped before its end\.$/s),
  });
});

test("says that it ended what was left running", async () => {
  const { call } = await stage();
  expect((await call(createShellTool().tool, { command: "sleep 300 & echo ok" })).text).toMatch(
    /^ok\n\nexit code 0, .*\nProcesses that it left running were ended\. To keep a command running, use background: true\.$/,
  );
});

test("shows the whole command to decide on, and its first line as title", async () => {
  const { plan, root } = await stage();
  expect(await plan(createShellTool().tool, { command: "# first\nrm -rf x" })).toMatchObject({
    title: "# first",
    access: { type: "execute", command: "# first\nrm -rf x", cwd: root, leadsOutside: false },
    subject: { type: "command", command: "# first\nrm -rf x", cwd: "." },
    basis: `${root}\n120`,
  });
});

async function accessOf({ plan }: Stage, command: string): Promise<ToolAccess> {
  return (await plan(createShellTool().tool, { command })).access;
}

test("tells the policy of links that lead out of the project", async () => {
  const project = await stage({ "src/a.txt": "", "inner.txt": "" });
  await mkdir(join(project.root, "..", "outside"));
  await symlink(join(project.root, "..", "outside", "x"), join(project.root, "link"));
  await symlink("../../outside", join(project.root, "src", "up"));
  await symlink("inner.txt", join(project.root, "fine"));
  for (const command of ["echo x > link", "cat src/up/x", "cd src && cat up/x", "cat 'link'"]) {
    expect(await accessOf(project, command)).toMatchObject({ leadsOutside: true });
  }
  for (const command of ["cat fine", "cat src/a.txt", "ls"])
    expect(await accessOf(project, command)).toMatchObject({ leadsOutside: false });
});
