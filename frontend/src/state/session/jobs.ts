/** Commands that a session has in the background on the machine: what runs, what one says, and ending one. */
import { api, ask } from "../../api/client.ts";
import type { BackgroundJob, BackgroundJobOutput, Failure } from "../../api/types.ts";
import { computed, effect, onCleanup, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import type { OpenSession } from "./open-session.ts";

/** A job and the session that has it. */
export interface JobName {
  readonly sessionId: string;
  readonly jobId: string;
}

/** What is known of a job here. */
export interface FollowedJob {
  /** Null: not asked yet, or gone. */
  readonly job: BackgroundJobOutput | null;
  /** Why the last question had no answer. */
  readonly failure: Failure | null;
  /** The machine does not know it any more, and will not. */
  readonly isGone: boolean;
}

/** Often enough to read along, and little for a phone: the machine sends the latest lines alone. */
const lookEveryMs = 1_500;
/** After a question that had no answer. */
const againMs = 5_000;

/** Those that run, and those that ended last; or why that is not known. */
export async function fetchJobs(
  id: string,
): Promise<{ readonly jobs: readonly BackgroundJob[] } | { readonly failure: Failure }> {
  const outcome = await ask(api.GET("/api/sessions/{id}/jobs", { params: { path: { id } } }));
  return outcome.ok ? { jobs: outcome.data } : { failure: outcome.failure };
}

/** Ends one. Null: it runs no longer, whoever ended it; otherwise why it could not be ended. */
export async function endJob(id: string, jobId: string): Promise<Failure | null> {
  const path = { id, jobId };
  const outcome = await ask(api.DELETE("/api/sessions/{id}/jobs/{jobId}", { params: { path } }));
  return outcome.ok || isGone(outcome.failure) ? null : outcome.failure;
}

/** Asks again and again what a job says, until it has ended or nobody looks any more. */
export function followJob(name: JobName): ReadonlySignal<FollowedJob> {
  const found = signal<FollowedJob>({ job: null, failure: null, isGone: false });
  let isOver = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = async () => {
    const next = document.hidden ? found.peek() : await askedAgain(name, found.peek());
    if (isOver) return;
    found.value = next;
    if (!next.isGone && (next.job === null || next.job.end === null))
      timer = setTimeout(() => void look(), lookEveryMs);
  };
  onCleanup(() => {
    isOver = true;
    clearTimeout(timer);
  });
  void look();
  return found;
}

async function askedAgain({ sessionId, jobId }: JobName, before: FollowedJob): Promise<FollowedJob> {
  const path = { id: sessionId, jobId };
  const outcome = await ask(api.GET("/api/sessions/{id}/jobs/{jobId}", { params: { path } }));
  if (outcome.ok) return { job: outcome.data, failure: null, isGone: false };
  if (isGone(outcome.failure)) return { job: null, failure: null, isGone: true };
  return { ...before, failure: outcome.failure };
}

/** How many run now: asked for while the machine is heard, when the session is there and whenever its log tells of one. */
export function runningJobs(
  session: Pick<OpenSession, "id" | "phase" | "transcript">,
  isHeard: () => boolean,
): ReadonlySignal<number> {
  const count = signal(0);
  const isReady = computed(() => isHeard() && session.phase.value.state === "ready");
  const toldSeq = computed(() => session.transcript.value.jobsSeq);
  effect(() => {
    void toldSeq.value;
    if (!isReady.value) return;
    let isOver = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async () => {
      const answer = await fetchJobs(session.id);
      if (isOver) return;
      if ("jobs" in answer) count.value = answer.jobs.filter(({ end }) => end === null).length;
      else timer = setTimeout(() => void look(), againMs);
    };
    void untracked(look);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  });
  return count;
}

function isGone(failure: Failure): boolean {
  return failure !== "unreachable" && failure.status === 404;
}
