/** Commands that an agent left running: listed for whoever reads, ended by whoever may approve, also when no turn runs. */
import { expect, onTestFinished, test } from "vitest";
import * as z from "zod";
import { BackgroundJob } from "../../../src/protocol/job.ts";
import { SessionSummary } from "../../../src/protocol/session.ts";
import { Jobs } from "../../../src/workspace/processes/jobs.ts";
import { startCommand } from "../../../src/workspace/processes/processes.ts";
import { problemOf, runningApp } from "../../support/running-app.ts";

test("PRC-11: a background job outlives its turn, is listed, and is ended by whoever may approve", async () => {
  const jobs = new Jobs();
  const app = await runningApp({ jobs });
  const create = () => app.read("POST /api/sessions", SessionSummary, { body: { project: app.project } });
  const [{ id }, other] = [await create(), await create()];
  onTestFinished(() => jobs.endSession(id));
  const place = { cwd: app.project, projectRoot: app.project, outputLimit: 1_000 };
  const running = await startCommand({ ...place, command: "sleep 97" });
  const jobId = jobs.take(id, running, { command: "sleep 97", cwd: ".", outputLimit: 1_000 });
  const [read, approve] = [await app.tokenOf("read"), await app.tokenOf("approve")];
  const list = (session = id) =>
    app.read(`GET /api/sessions/${session}/jobs`, z.array(BackgroundJob), { token: read });
  expect(await list()).toEqual([{ jobId, command: "sleep 97", cwd: ".", runningMs: expect.any(Number) }]);
  expect(await list(other.id)).toEqual([]);
  const end = (token: string, session = id) =>
    app.request(`DELETE /api/sessions/${session}/jobs/${jobId}`, { token });
  expect((await end(read)).status).toBe(403);
  expect((await end(approve, other.id)).status).toBe(404);
  expect((await end(approve)).status).toBe(204);
  expect((await running.ended).exitCode).toBeNull();
  expect(await list()).toEqual([]);
  const again = await end(approve);
  expect([again.status, (await problemOf(again)).code]).toEqual([404, "not_found"]);
});
