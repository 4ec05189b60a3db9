import { execFileSync } from "node:child_process";
import { mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { childEnvironment } from "../../../src/workspace/processes/child-environment.ts";
import {
  type CommandOptions,
  type CommandResult,
  runCommand,
} from "../../../src/workspace/processes/processes.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

async function run(command: string, options: Partial<CommandOptions> = {}): Promise<CommandResult> {
  const cwd = options.cwd ?? (await temporaryFolder());
  return runCommand({ command, cwd, timeoutMs: 10_000, signal: new AbortController().signal, ...options });
}

function isAlive(processId: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(
      execFileSync("cat", [`/proc/${processId}/stat`], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      }),
    );
  } catch {
    // There is no such process.
    return false;
  }
}

test("tells output, exit code and folder", async () => {
  const cwd = await temporaryFolder();
  const result = await run("echo out; echo err >&2; mkdir sub; cd sub; exit 3", { cwd });
  expect(result).toEqual({
    exitCode: 3,
    signal: null,
    durationMs: expect.any(Number),
    output: expect.stringMatching(/^(out\nerr|err\nout)\n$/),
    omitted: 0,
    ending: "exited",
    leftProcesses: false,
    lastFolder: join(cwd, "sub"),
  });
});

test("tells the signal that ended it", async () => {
  expect(await run("kill -9 $$")).toMatchObject({ exitCode: null, signal: "SIGKILL", ending: "exited" });
});

test("gives no input and no terminal", async () => {
  const result = await run(
    'read -r x; echo "read: $?"; [ -t 0 ] || echo none; (: < /dev/tty) 2>/dev/null || echo no tty; cat',
  );
  expect(result).toMatchObject({ exitCode: 0, output: "read: 1\nnone\nno tty\n" });
});

test("leaves positional parameters and the error texts of the shell as they are", async () => {
  expect((await run('echo "$#[$1]"')).output).toBe("0[]\n");
  expect((await run("if then")).output).toBe(
    "bash: eval: line 1: syntax error near unexpected token `then'\nbash: eval: line 1: `if then'\n",
  );
});

test("ends at the time-out, with SIGTERM when that is enough", async () => {
  const result = await run("echo begun; sleep 60", { timeoutMs: 150 });
  expect(result).toMatchObject({ ending: "timed_out", signal: "SIGTERM", output: "begun\n" });
  expect(result.durationMs).toBeLessThan(1_500);
});

test("ends at the time-out although TERM is ignored and a process of its own session is left", async () => {
  const result = await run(
    "trap '' TERM; (setsid sleep 61 & echo $!) ; (trap '' TERM; sleep 62) & echo $!; sleep 63",
    { timeoutMs: 150 },
  );
  expect(result).toMatchObject({ ending: "timed_out", signal: "SIGKILL" });
  expect(result.durationMs).toBeLessThan(3_150);
  expect(result.output.trim().split("\n").map(Number).filter(isAlive)).toEqual([]);
});

test("returns although a grandchild holds the pipe, and ends it", async () => {
  const result = await run("sleep 300 & echo $!");
  expect(result).toMatchObject({ exitCode: 0, ending: "exited", leftProcesses: true });
  expect(result.durationMs).toBeLessThan(1_000);
  expect(isAlive(Number(result.output))).toBe(false);
});

test("ends a child that has left for a session of its own", async () => {
  const result = await run("setsid nohup sleep 301 > /dev/null 2>&1 & echo $!; sleep 0.1");
  expect(result.leftProcesses).toBe(true);
  expect(isAlive(Number(result.output))).toBe(false);
});

test("stops when it is aborted, also before it began", async () => {
  const controller = new AbortController();
  const running = run("echo begun; sleep 60", {
    signal: controller.signal,
    onOutput: () => controller.abort(),
  });
  expect(await running).toMatchObject({ ending: "aborted", output: "begun\n" });
  expect(await run("sleep 60", { signal: AbortSignal.abort() })).toMatchObject({ ending: "aborted" });
});

test("ends endless output in time, and keeps its beginning and end", async () => {
  const result = await run("echo begun; yes", { timeoutMs: 700 });
  expect(result).toMatchObject({ ending: "timed_out" });
  expect(result.output).toMatch(/^begun\ny\n[\s\S]* characters left out [\s\S]*y\ny\n?$/);
  expect(result.output.length).toBeLessThan(30_100);
  expect(result.omitted).toBeGreaterThan(100_000);
});

test("keeps none of the output that it leaves out", async () => {
  const bytes = 600_000_000;
  const before = process.memoryUsage().rss;
  const result = await run(`yes | head -c ${bytes}`, { timeoutMs: 60_000 });
  expect(result.omitted).toBeGreaterThan(bytes - 30_100);
  expect(process.memoryUsage().rss - before).toBeLessThan(bytes / 2);
}, 60_000);

test("decodes characters that arrive in pieces", async () => {
  const result = await run("for b in '\\xf0' '\\x9f' '\\x98' '\\x80'; do printf \"$b\"; sleep 0.02; done");
  expect(result.output).toBe("😀");
});

test("shows output live and plain", async () => {
  const live: string[] = [];
  await run("printf '\\033[31mred\\033[0m\\n'; echo bad >&2", {
    onOutput: (stream, text) => live.push(`${stream}: ${text}`),
  });
  expect(live.sort()).toEqual(["stderr: bad\n", "stdout: red\n"]);
});

test("APR-17: keeps nothing but the file system from one command to the next", async () => {
  const cwd = await temporaryFolder();
  await run("export PATH=/evil; alias ls=false; X=1; cd /", { cwd });
  expect((await run('echo "$X"; pwd; ls > /dev/null && echo ok', { cwd })).output).toBe(`\n${cwd}\nok\n`);
});

test("SEC-01: gives commands an allow-list of the environment", async () => {
  const canaries = [
    "GITHUB_TOKEN",
    "VOXPILOT_MODELS_API_KEY",
    "OPENAI_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "SSH_AUTH_SOCK",
    "NODE_OPTIONS",
    "LD_PRELOAD_X",
    "BASH_ENV",
  ];
  for (const name of canaries) vi.stubEnv(name, "canary-value");
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  const { output } = await run("env");
  expect(output).not.toContain("canary-value");
  expect(output).toContain("CI=1\n");
  expect(output).toContain("GIT_TERMINAL_PROMPT=0\n");
});

test("APR-18: drops relative folders of PATH, and those in the project, also through a link", async () => {
  const root = await temporaryFolder();
  const other = await temporaryFolder();
  await mkdir(join(root, "bin"));
  await symlink(join(root, "bin"), join(other, "bin"));
  const source = {
    PATH: `.:bin::${root}/bin:${other}/bin:/usr/bin:/bin`,
    HOME: "/home/x",
    LC_ALL: "C",
    SECRET: "s",
  };
  expect(childEnvironment(source, root)).toMatchObject({
    PATH: "/usr/bin:/bin",
    HOME: "/home/x",
    LC_ALL: "C",
    TERM: "dumb",
  });
  expect(childEnvironment(source, root)).not.toHaveProperty("SECRET");
});

test("does not run a program of the project by its bare name", async () => {
  const cwd = await temporaryFolder();
  await writeFile(join(cwd, "ls"), "#!/bin/sh\necho planted > ran", { mode: 0o755 });
  vi.stubEnv("PATH", `${cwd}:${process.env.PATH}`);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  await run("ls", { cwd, projectRoot: cwd });
  await expect(readFile(join(cwd, "ran"))).rejects.toThrow("ENOENT");
});
