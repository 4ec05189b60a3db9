/** Commands that go on in the background: bounded in number and memory, ended with their session and with the server. */
import { setTimeout as wait } from "node:timers/promises";
import type { BackgroundJob } from "../../protocol/job.ts";
import { type LatestOutput, OutputWindow } from "./output-window.ts";
import { killGroup } from "./process-group.ts";
import type { CommandEnd, RunningCommand } from "./processes.ts";

type StoppedBy = NonNullable<BackgroundJob["end"]>["stoppedBy"];

interface Job {
  readonly jobId: string;
  readonly about: JobOrigin;
  readonly running: RunningCommand;
  unread: OutputWindow;
  end: CommandEnd | null;
  isReported: boolean;
  stoppedBy: StoppedBy;
}

/** Which command a job is, and how much of its unread output is kept. */
export interface JobOrigin {
  readonly command: string;
  readonly cwd: string;
  readonly outputLimit: number;
}

interface SessionJobs {
  readonly jobs: Map<string, Job>;
  count: number;
}

const mostRunning = 8;
const mostEnded = 20;

/** The jobs of all sessions. */
export class Jobs {
  readonly #sessions = new Map<string, SessionJobs>();
  readonly #onEnded: (sessionId: string, job: BackgroundJob) => void;
  readonly #killAll = (): void => {
    for (const job of this.#running()) killGroup(job.running.group);
  };

  /** `onEnded` is told of each that comes to its end, but not of those that end with their session. */
  constructor(onEnded: (sessionId: string, job: BackgroundJob) => void = () => undefined) {
    this.#onEnded = onEnded;
  }

  /** Whether one more may run beside those of the session. */
  hasRoom(sessionId: string): boolean {
    return this.#of(sessionId).filter((job) => job.end === null).length < mostRunning;
  }

  /** Takes over a command that runs, and gives it an id. What it has said before is not unread. */
  take(sessionId: string, running: RunningCommand, about: JobOrigin): string {
    const session = this.#sessions.get(sessionId) ?? { jobs: new Map<string, Job>(), count: 0 };
    this.#sessions.set(sessionId, session);
    session.count += 1;
    const jobId = `j${session.count}`;
    const unread = new OutputWindow(about.outputLimit);
    const job: Job = { jobId, about, running, unread, end: null, isReported: false, stoppedBy: null };
    session.jobs.set(jobId, job);
    running.follow((text) => job.unread.push(text));
    void running.ended.then((end) => {
      job.end = end;
      dropOldest(session);
      if (this.#running().length === 0) process.off("exit", this.#killAll);
      if (this.#sessions.get(sessionId) === session) this.#onEnded(sessionId, factsOf(job));
    });
    if (!process.listeners("exit").includes(this.#killAll)) process.on("exit", this.#killAll);
    return jobId;
  }

  /** All that are known, the oldest first. */
  list(sessionId: string): readonly BackgroundJob[] {
    return this.#of(sessionId).map(factsOf);
  }

  /** Those that have ended since this was last asked; each is told once. */
  ended(sessionId: string): readonly BackgroundJob[] {
    const ended = this.#of(sessionId).filter((job) => job.end !== null && !job.isReported);
    for (const job of ended) job.isReported = true;
    return ended.map(factsOf);
  }

  /** Its state, and what it has said since it was last read; null: there is no such job. */
  read(sessionId: string, jobId: string): { readonly facts: BackgroundJob; readonly output: string } | null {
    const job = this.#find(sessionId, jobId);
    if (job === undefined) return null;
    const output = job.unread.text();
    job.unread = new OutputWindow(job.about.outputLimit);
    // Whoever reads its end has been told of it.
    if (job.end !== null) job.isReported = true;
    return { facts: factsOf(job), output };
  }

  /** Its state, and the end of what it has said; nothing counts as read by that. Null: there is no such job. */
  look(sessionId: string, { jobId, limit }: JobLook): JobLatest | null {
    const job = this.#find(sessionId, jobId);
    return job === undefined ? null : { facts: factsOf(job), latest: job.running.latest(limit) };
  }

  /** Resolves when the job has ended, after `timeoutMs`, or when the signal aborts. */
  async wait(sessionId: string, jobId: string, until: JobWait): Promise<void> {
    const job = this.#find(sessionId, jobId);
    if (job === undefined || job.end !== null) return;
    const over = new AbortController();
    const signal = AbortSignal.any([until.signal, over.signal]);
    // The aborted wait rejects: then the waiting is over too.
    const limit = wait(until.timeoutMs, undefined, { signal }).catch(() => undefined);
    await Promise.race([job.running.ended, limit]).finally(() => over.abort());
  }

  /** False: it takes no input, or there is no such job. */
  write(sessionId: string, jobId: string, text: string): boolean {
    return this.#find(sessionId, jobId)?.running.write(text) ?? false;
  }

  /** Resolves when nothing of the job is alive. */
  async kill(sessionId: string, { jobId, by }: JobKill): Promise<void> {
    const job = this.#find(sessionId, jobId);
    if (job === undefined || job.end !== null) return;
    job.stoppedBy = by;
    await job.running.stop();
  }

  /** Ends and forgets those of a session. */
  async endSession(sessionId: string): Promise<void> {
    const jobs = this.#of(sessionId);
    this.#sessions.delete(sessionId);
    await Promise.all(jobs.map((job) => job.running.stop()));
  }

  /** Ends all of them. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.keys()].map((sessionId) => this.endSession(sessionId)));
  }

  #of(sessionId: string): Job[] {
    return [...(this.#sessions.get(sessionId)?.jobs.values() ?? [])];
  }

  #find(sessionId: string, jobId: string): Job | undefined {
    return this.#sessions.get(sessionId)?.jobs.get(jobId);
  }

  #running(): Job[] {
    return [...this.#sessions.keys()]
      .flatMap((sessionId) => this.#of(sessionId))
      .filter((job) => job.end === null);
  }
}

export interface JobKill {
  readonly jobId: string;
  readonly by: "person" | "agent";
}

export interface JobLook {
  readonly jobId: string;
  /** Characters. */
  readonly limit: number;
}

export interface JobLatest {
  readonly facts: BackgroundJob;
  readonly latest: LatestOutput;
}

export interface JobWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

function dropOldest(session: SessionJobs): void {
  const ended = [...session.jobs.values()].filter((job) => job.end !== null);
  for (const job of ended.slice(0, Math.max(0, ended.length - mostEnded))) session.jobs.delete(job.jobId);
}

function factsOf({ jobId, about, running, end, stoppedBy }: Job): BackgroundJob {
  return {
    jobId,
    command: about.command,
    cwd: about.cwd,
    runningMs: Math.round(end?.durationMs ?? performance.now() - running.startedAt),
    end: end === null ? null : { exitCode: end.exitCode, signal: end.signal, stoppedBy },
  };
}
