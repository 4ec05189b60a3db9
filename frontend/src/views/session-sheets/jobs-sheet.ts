/** What a session has in the background: each command with how long it has been running or how it ended, what it says, and Stop. */
import type { BackgroundJob, Failure } from "../../api/types.ts";
import { type Child, h, list, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { computed, effect, onCleanup, type ReadonlySignal, type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { endJob, fetchJobs } from "../../state/session/jobs.ts";
import { text } from "../../text/en.ts";
import { jobs as words } from "../../text/en-session.ts";
import { JobOutput, jobLine } from "../entries/tool/job-output.ts";

type Found = { readonly jobs: readonly BackgroundJob[] } | { readonly failure: Failure } | null;

/** How long a job has been running is told anew so often. */
const lookEveryMs = 5_000;

/** Opens the list; it is asked for anew while it is open, and whenever one was stopped. */
export function openJobsSheet(sessionId: string): void {
  const found = signal<Found>(null);
  let asked = 0;
  let told = 0;
  const look = async () => {
    asked += 1;
    const own = asked;
    const next = await fetchJobs(sessionId);
    // What was asked for later has been answered already.
    if (own < told) return;
    told = own;
    // What is known stays on the screen when the machine does not answer for once.
    if ("jobs" in next || found.peek() === null || "failure" in (found.peek() ?? {})) found.value = next;
  };
  openSheet({
    title: words.title,
    content: () => {
      effect(() => void look());
      const timer = setInterval(() => {
        if (!document.hidden) void look();
      }, lookEveryMs);
      onCleanup(() => clearInterval(timer));
      return [h("div", { role: "status" }, (): Child => Note(found.value)), Rows(found, { sessionId, look })];
    },
  });
}

function Note(found: Found): Child {
  if (found === null) return h("p", { class: "sheet-note" }, words.loading);
  if ("failure" in found) return h("p", { class: "sheet-note" }, text.failure(found.failure, machineName()));
  return found.jobs.length === 0 ? h("p", { class: "sheet-note" }, words.none) : null;
}

interface Place {
  readonly sessionId: string;
  readonly look: () => Promise<void>;
}

/** Those that run first; one that ends stays where it is. */
function Rows(found: ReadonlySignal<Found>, place: Place): HTMLElement {
  const rows = h("ul", { class: "option-list job-list" });
  const order = signal<readonly string[]>([]);
  const known = computed(() => (found.value !== null && "jobs" in found.value ? found.value.jobs : []));
  effect(() => {
    const fresh = known.value.filter(({ jobId }) => !order.peek().includes(jobId));
    const sorted = [...fresh.filter(isRunning), ...fresh.filter((job) => !isRunning(job))];
    if (sorted.length > 0) order.value = [...order.peek(), ...sorted.map(({ jobId }) => jobId)];
  });
  const jobs = computed(() => order.value.flatMap((id) => known.value.filter(({ jobId }) => jobId === id)));
  list(
    rows,
    () => jobs.value,
    (job) => job.jobId,
    (job) => Row(job, place),
  );
  return rows;
}

function Row(job: ReadonlySignal<BackgroundJob>, { sessionId, look }: Place): HTMLElement {
  const { jobId, command } = job.peek();
  const isOpen = signal(false);
  const phase = signal<"running" | "stopping">("running");
  const failure = signal<Failure | null>(null);
  const stop = async () => {
    phase.value = "stopping";
    failure.value = await endJob(sessionId, jobId);
    if (failure.value === null) await look();
    phase.value = "running";
  };
  return h(
    "li",
    { class: "job-row" },
    h(
      "div",
      { class: "job-head" },
      OutputButton(command, { isOpen, line: () => lineOf(job.value, failure.value) }),
      when(
        () => canDecide() && isRunning(job.value),
        () => StopButton(command, { isStopping: () => phase.value === "stopping", stop }),
      ),
    ),
    when(
      () => isOpen.value,
      () =>
        h(
          "div",
          { class: "job-body" },
          JobOutput({ sessionId, jobId }, () => null),
        ),
    ),
  );
}

function OutputButton(
  command: string,
  { isOpen, line }: { readonly isOpen: Signal<boolean>; readonly line: () => string },
): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "option-row",
      "aria-expanded": () => isOpen.value,
      onclick: () => {
        isOpen.value = !isOpen.value;
      },
    },
    h(
      "span",
      { class: "option-words" },
      h("code", { class: "option-name job-command" }, command),
      h("span", { class: "option-line numbers" }, line),
    ),
    icon("down"),
  );
}

function isRunning({ end }: BackgroundJob): boolean {
  return end === null;
}

function lineOf(job: BackgroundJob, failure: Failure | null): string {
  return failure === null ? jobLine(job) : text.failure(failure, machineName());
}

interface Stopping {
  readonly isStopping: () => boolean;
  readonly stop: () => Promise<void>;
}

function StopButton(command: string, { isStopping, stop }: Stopping): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "button",
      "aria-label": words.stopLabel(command),
      disabled: isStopping,
      onclick: () => void stop(),
    },
    () => (isStopping() ? words.stopping : words.stop),
  );
}
