// @vitest-environment happy-dom
/** How many commands run in the background, as the line above the composer says it. */
import { afterEach, expect, test, vi } from "vitest";
import { applyEvents, emptyTranscript } from "../../../../transcript/fold.ts";
import { owned, signal } from "../../../src/lib/signal.ts";

const job = { jobId: "j1", command: "npm run dev", cwd: ".", runningMs: 1, end: null };
const ended = { ...job, jobId: "j2", end: { exitCode: 0, signal: null, stoppedBy: null } };

afterEach(() => vi.unstubAllGlobals());

test("it is asked for once the session is there, when its log tells of a job, and when the machine is heard again", async () => {
  let known: readonly unknown[] = [job, ended];
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(new URL(request.url).pathname);
    return Response.json(known);
  });
  const { runningJobs } = await import("../../../src/state/session/jobs.ts");
  const isHeard = signal(true);
  const phase = signal<{ state: "loading" } | { state: "ready" }>({ state: "loading" });
  const transcript = signal(emptyTranscript);
  const session = { id: "s1", phase, transcript };
  const { value: count, dispose } = owned(() => runningJobs(session, () => isHeard.value));
  expect(asked).toEqual([]);
  phase.value = { state: "ready" };
  await vi.waitFor(() => expect(count.value).toBe(1));
  known = [ended];
  const at = "2026-01-05T12:00:00.000Z";
  const text = { sessionUpdate: "session_info_update", title: "Another" } as const;
  transcript.value = applyEvents(transcript.peek(), [{ seq: 1, at, update: text }]);
  expect(asked).toHaveLength(1);
  const over = { sessionUpdate: "notice", code: "job_ended", data: { jobId: "j1" } } as const;
  transcript.value = applyEvents(transcript.peek(), [{ seq: 2, at, update: over }]);
  await vi.waitFor(() => expect(count.value).toBe(0));
  isHeard.value = false;
  known = [job];
  isHeard.value = true;
  await vi.waitFor(() => expect(count.value).toBe(1));
  expect(asked).toEqual(["/api/sessions/s1/jobs", "/api/sessions/s1/jobs", "/api/sessions/s1/jobs"]);
  dispose();
});

test("a question without an answer is asked again", async () => {
  vi.useFakeTimers();
  let asked = 0;
  vi.stubGlobal("fetch", async () => {
    asked += 1;
    if (asked === 1) throw new TypeError("Failed to fetch");
    return Response.json([job]);
  });
  const { runningJobs } = await import("../../../src/state/session/jobs.ts");
  const session = {
    id: "s1",
    phase: signal({ state: "ready" } as const),
    transcript: signal(emptyTranscript),
  };
  const { value: count, dispose } = owned(() => runningJobs(session, () => true));
  await vi.advanceTimersByTimeAsync(5_000);
  expect([asked, count.value]).toEqual([2, 1]);
  dispose();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked).toBe(2);
  vi.useRealTimers();
});
