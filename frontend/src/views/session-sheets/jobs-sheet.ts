/** What a session has left running in the background: each command with how long it has been running, and Stop. */
import type { BackgroundJob, Failure } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatDuration } from "../../lib/format.ts";
import { openSheet } from "../../lib/sheet.ts";
import { effect, type Signal, signal } from "../../lib/signal.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { endJob, fetchJobs } from "../../state/session/jobs.ts";
import { text } from "../../text/en.ts";
import { jobs as words } from "../../text/en-session.ts";

type Found = { readonly jobs: readonly BackgroundJob[] } | { readonly failure: Failure } | null;

/** Opens the list; it is asked for anew whenever one was stopped. */
export function openJobsSheet(sessionId: string): void {
  const found = signal<Found>(null);
  const look = async () => {
    found.value = await fetchJobs(sessionId);
  };
  openSheet({
    title: words.title,
    content: () => {
      effect(() => void look());
      return [
        h("div", { role: "status" }, (): Child => Note(found.value)),
        (): Child => Rows(found.value, { sessionId, look }),
      ];
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

function Rows(found: Found, place: Place): Child {
  if (found === null || "failure" in found) return null;
  return h(
    "ul",
    { class: "option-list job-list" },
    found.jobs.map((job) => Row(job, place)),
  );
}

function Row(job: BackgroundJob, { sessionId, look }: Place): HTMLElement {
  const phase = signal<"running" | "stopping">("running");
  const failure = signal<Failure | null>(null);
  const stop = async () => {
    phase.value = "stopping";
    failure.value = await endJob(sessionId, job.jobId);
    if (failure.value === null) await look();
    else phase.value = "running";
  };
  return h(
    "li",
    { class: "option-row job-row" },
    h(
      "span",
      { class: "option-words" },
      h("code", { class: "option-name job-command" }, job.command),
      h("span", { class: "option-line numbers" }, () => lineOf(job, failure.value)),
    ),
    canDecide() ? StopButton(job, { phase, stop }) : null,
  );
}

function lineOf({ runningMs, cwd }: BackgroundJob, failure: Failure | null): string {
  return failure === null
    ? words.running(formatDuration(runningMs), cwd)
    : text.failure(failure, machineName());
}

function StopButton(
  { command }: BackgroundJob,
  { phase, stop }: { readonly phase: Signal<"running" | "stopping">; readonly stop: () => Promise<void> },
): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: "button",
      "aria-label": words.stopLabel(command),
      disabled: () => phase.value === "stopping",
      onclick: () => void stop(),
    },
    () => (phase.value === "stopping" ? words.stopping : words.stop),
  );
}
