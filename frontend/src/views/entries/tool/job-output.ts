/** The latest output of a command in the background, live while somebody looks at it. */
import type { BackgroundJob } from "../../../api/types.ts";
import { type Child, h } from "../../../lib/dom.ts";
import { formatDuration, formatElapsed } from "../../../lib/format.ts";
import { computed } from "../../../lib/signal.ts";
import { machineName } from "../../../state/access/device.ts";
import { followJob, type JobName } from "../../../state/session/jobs.ts";
import { text } from "../../../text/en.ts";
import { jobs as words } from "../../../text/en-session.ts";
import { OutputBlock } from "./output-block.ts";

/** `logged`: what is shown once the machine no longer knows it. */
export function JobOutput(name: JobName, logged: () => Child): HTMLElement {
  const found = followJob(name);
  const job = computed(() => found.value.job);
  const isKnown = computed(() => found.value.job !== null);
  const output = computed(() => job.value?.output ?? "");
  return h(
    "div",
    { class: "job-output" },
    h("p", { class: "job-line numbers" }, (): Child => {
      const { job: known, failure, isGone } = found.value;
      if (isGone) return words.gone;
      if (failure !== null) return text.failure(failure, machineName());
      return known === null ? words.loading : jobLine(known);
    }),
    (): Child =>
      isKnown.value
        ? OutputBlock({
            parts: () => (output.value === "" ? [] : [{ stream: "stdout", text: output.value }]),
            skipped: () => words.omitted(job.value?.omitted ?? 0),
            isRunning: () => job.value?.end === null,
          })
        : logged(),
  );
}

/** For how long it runs, or how it came to its end. */
export function jobLine({ runningMs, cwd, end }: Omit<BackgroundJob, "jobId" | "command">): string {
  if (end === null) return words.running(formatElapsed(runningMs), cwd);
  const time = formatDuration(runningMs);
  if (end.stoppedBy !== null) return words.stopped(time);
  if (end.exitCode === 0) return words.over(time, "");
  return words.over(time, end.exitCode === null ? (end.signal ?? "") : `exit ${end.exitCode}`);
}
