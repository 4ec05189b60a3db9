/** Commands that an agent left running: listed and looked at by whoever reads, ended by whoever may approve, told in the log. */
import { expect, onTestFinished, test, vi } from "vitest";
import * as z from "zod";
import { BackgroundJob, BackgroundJobOutput } from "../../../src/protocol/job.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { Jobs } from "../../../src/workspace/processes/jobs.ts";
import { startCommand } from "../../../src/workspace/processes/processes.ts";
import { problemOf, type RunningApp, runningApp } from "../../support/running-app.ts";

interface Scene {
  readonly app: RunningApp;
  readonly id: string;
  /** Another session. */
  readonly otherId: string;
  start(command: string): Promise<string>;
}

async function scene(): Promise<Scene> {
  const jobs = new Jobs((...ended) => void app.parts.sessions.noteJobEnded(...ended));
  const app: RunningApp = await runningApp({ jobs });
  const create = () => app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const [{ id }, other] = [await create(), await create()];
  onTestFinished(() => jobs.endSession(id));
  return {
    app,
    id,
    otherId: other.id,
    async start(command) {
      const place = { cwd: app.project, projectRoot: app.project, outputLimit: 300_000 };
      const running = await startCommand({ ...place, command });
      return jobs.take(id, running, { command, cwd: ".", outputLimit: 1_000 });
    },
  };
}

const runningMs = expect.any(Number);

test("PRC-11: a background job outlives its turn, is listed, and is ended by whoever may approve", async () => {
  const { app, id, otherId, start } = await scene();
  const jobId = await start("sleep 97");
  const [read, approve] = [await app.tokenOf("read"), await app.tokenOf("approve")];
  const list = (session = id) =>
    app.read(`GET /api/sessions/${session}/jobs`, z.array(BackgroundJob), { token: read });
  const job = { jobId, command: "sleep 97", cwd: ".", runningMs };
  expect(await list()).toEqual([{ ...job, end: null }]);
  expect(await list(otherId)).toEqual([]);
  const end = (token: string, session = id) =>
    app.request(`DELETE /api/sessions/${session}/jobs/${jobId}`, { token });
  expect((await end(read)).status).toBe(403);
  expect((await end(approve, otherId)).status).toBe(404);
  expect((await end(approve)).status).toBe(204);
  expect(await list()).toEqual([{ ...job, end: { exitCode: null, signal: "SIGTERM", stoppedBy: "person" } }]);
  const again = await end(approve);
  expect([again.status, (await problemOf(again)).code]).toEqual([404, "not_found"]);
});

test("PRC-11: what a background job says can be read while it runs, and its end is in the log at once", async () => {
  const { app, id, otherId, start } = await scene();
  const jobId = await start("echo one; sleep 97");
  const look = () => app.read(`GET /api/sessions/${id}/jobs/${jobId}`, BackgroundJobOutput);
  await vi.waitFor(async () => expect((await look()).output).toBe("one\n"));
  const command = "echo one; sleep 97";
  expect(await look()).toEqual({
    jobId,
    command,
    cwd: ".",
    runningMs,
    end: null,
    output: "one\n",
    omitted: 0,
  });
  expect((await app.request(`GET /api/sessions/${otherId}/jobs/${jobId}`)).status).toBe(404);
  await app.request(`DELETE /api/sessions/${id}/jobs/${jobId}`);
  const session = await app.parts.sessions.find(id);
  const told = async () => {
    const { events } = (await session?.readEvents({ after: 0 })) ?? { events: [] };
    return events.map(({ update }) => update).filter(({ sessionUpdate }) => sessionUpdate === "notice");
  };
  await vi.waitFor(async () =>
    expect(await told()).toEqual([
      {
        sessionUpdate: "notice",
        code: "job_ended",
        data: { jobId, command, runningMs, ending: "stopped" },
      },
    ]),
  );
});

test("a background job that ends by itself is told with its exit code, and keeps what it said", async () => {
  const { app, id, start } = await scene();
  const jobId = await start("echo bad; exit 3");
  const look = () => app.read(`GET /api/sessions/${id}/jobs/${jobId}`, BackgroundJobOutput);
  await vi.waitFor(async () => expect((await look()).end).not.toBeNull());
  expect(await look()).toMatchObject({
    output: "bad\n",
    end: { exitCode: 3, signal: null, stoppedBy: null },
  });
});

test("what a background job says is cut to its end when nothing secret is in it any more, and no character is halved", async () => {
  const { app, id, start } = await scene();
  const secret = "correct-horse-battery-staple";
  app.parts.redaction.remember("model key", secret);
  const rest = "x".repeat(15_990);
  const looked = async (begin: string) => {
    const jobId = await start(`printf '%s%s' '${begin}' '${rest}'`);
    const look = () => app.read(`GET /api/sessions/${id}/jobs/${jobId}`, BackgroundJobOutput);
    await vi.waitFor(async () => expect((await look()).end).not.toBeNull());
    const { output, omitted } = await look();
    return { begin: output.slice(0, -rest.length), isEnd: output.endsWith(rest), omitted };
  };
  expect(await looked(secret)).toEqual({ begin: "model key›", isEnd: true, omitted: 11 });
  expect(await looked(`${"😀".repeat(5)}bcdefghij`)).toMatchObject({ begin: "bcdefghij", omitted: 10 });
});

test("what a long output has left out is told whole, in characters", async () => {
  const { app, id, start } = await scene();
  const jobId = await start("head -c 400000 /dev/zero | tr '\\0' a");
  const look = () => app.read(`GET /api/sessions/${id}/jobs/${jobId}`, BackgroundJobOutput);
  await vi.waitFor(async () => expect((await look()).end).not.toBeNull());
  expect(await look()).toMatchObject({ output: "a".repeat(16_000), omitted: 384_000 });
});
