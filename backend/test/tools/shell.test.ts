import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { ToolAccess } from "../../src/agent/tool.ts";
import { createShellTool } from "../../src/tools/shell.ts";
import { type Stage, stage } from "./stage.ts";

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

test("ends at the time-out, with a hint", async () => {
  const { call } = await stage();
  const result = await call(createShellTool().tool, { command: "echo begun; sleep 60", timeout: 0.2 });
  expect(result.text).toMatch(
    /^begun\n\nended by SIGTERM, 0\.\d s, in \.\nIt took longer than 0\.2 s and was ended\. Run something shorter, or give a longer timeout \(at most 600\)\./,
  );
  expect(result).toMatchObject({
    failed: true,
    output: { exitCode: null, signal: "SIGTERM", timedOut: true },
  });
});

test("says that it was stopped", async () => {
  const controller = new AbortController();
  const { call } = await stage({}, controller.signal);
  const running = call(createShellTool().tool, { command: "sleep 60" });
  setTimeout(() => controller.abort(), 20);
  expect(await running).toMatchObject({
    failed: true,
    text: expect.stringContaining("It was stopped before its end."),
  });
});

test("says that it ended what was left running", async () => {
  const { call } = await stage();
  expect((await call(createShellTool().tool, { command: "sleep 300 & echo ok" })).text).toMatch(
    /^ok\n\nexit code 0, .*\nProcesses that it left running were ended: there are no background jobs\.$/,
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
