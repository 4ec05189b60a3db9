/** Retries, limits, instructions read, changes of mode and model: one muted line each. */
import type { NoticeEntry as Entry, Transcript } from "../../../../transcript/transcript.ts";
import { seconds } from "../../lib/clock.ts";
import { type Child, h } from "../../lib/dom.ts";
import { formatClock, formatCount, formatDuration, formatElapsed } from "../../lib/format.ts";
import { computed } from "../../lib/signal.ts";
import { text } from "../../text/en.ts";
import { effort as effortWords } from "../../text/en-effort.ts";
import { notices, turnEnd } from "../../text/en-session.ts";
import { article, type EntryView } from "./entry-view.ts";

/** Of a command in a sentence about it: all of it stands where it was started. */
const longestJob = 48;

type Data = Readonly<Record<string, string | number>>;
type Told = Pick<Entry, "notice" | "by"> & Partial<Pick<Entry, "at">>;

export const NoticeEntry: EntryView<"notice"> = (entry, context) => {
  const end = computed(() => endOfWait(entry.value));
  const isOfNow = computed(() => isOfRunningTurn(entry.value, context.session.transcript.value));
  const isWaiting = () => isOfNow.value && end.value !== null && seconds.value < end.value;
  const line = () => noticeText(entry.value, isWaiting() ? seconds.value : Number.POSITIVE_INFINITY);
  // The clock runs on the screen alone: a heading that changes every second is read every second.
  const heading = computed(() => noticeText(entry.value, Number.POSITIVE_INFINITY));
  return article(
    "entry-line",
    () => heading.value,
    h("p", { class: "numbers", "aria-hidden": "true" }, line),
    (): Child =>
      isLimit(entry.value) && isWaiting()
        ? h(
            "button",
            { type: "button", class: "link-button", onclick: () => context.chooseModel() },
            turnEnd.chooseModel,
          )
        : null,
  );
};

/** What happened, in one sentence; `now` tells how much is left of a wait, infinity that it is over. */
export function noticeText(entry: Told, now = Number.POSITIVE_INFINITY): string {
  const { notice, by } = entry;
  switch (notice.sessionUpdate) {
    case "current_mode_update":
      return modeText(notice, by);
    case "config_option_update":
      return notice.configOptions.map(optionText).join(" · ");
    case "instructions_update":
      return instructionsText(notice.files);
    case "notice":
      return codeText(notice.code, notice.data ?? {}, leftOf(entry, now));
  }
}

function codeText(
  code: Extract<Entry["notice"], { sessionUpdate: "notice" }>["code"],
  data: Data,
  leftMs: number | null,
): string {
  switch (code) {
    case "model_retry":
      return retryText(data, leftMs);
    case "damaged_lines":
      return notices.damaged_lines(String(data.count ?? data.lines ?? ""));
    case "limit_learned":
      return limitText(data);
    case "job_ended":
      return jobText(data);
    case "not_saving":
    case "saving_again":
    case "repeated_call":
    case "repeated_text":
      return notices[code];
  }
}

function modeText(
  { currentModeId, _meta }: Extract<Entry["notice"], { sessionUpdate: "current_mode_update" }>,
  by: Entry["by"],
): string {
  // By itself the server only ever ends the mode auto.
  if (currentModeId === "ask" && by?.kind === "server") return notices.autoOver;
  const name = text.mode.names[currentModeId];
  return currentModeId === "auto" && _meta !== undefined
    ? notices.modeUntil(name, formatClock(new Date(_meta.endsAt)))
    : notices.mode(name);
}

function optionText(
  option: Extract<Entry["notice"], { sessionUpdate: "config_option_update" }>["configOptions"][number],
): string {
  return option.id === "model"
    ? notices.model(option.value)
    : notices.effort(effortWords.names[option.value]);
}

/** A turn that is over waits for nothing, however long it was told to. */
export function isOfRunningTurn(
  { turnId }: Pick<Entry, "turnId">,
  { turnId: runningId, state }: Pick<Transcript, "turnId" | "state">,
): boolean {
  return state === "running" && turnId === runningId;
}

/** When the wait for a provider ends, in milliseconds since the epoch; null: that is not what this tells of. */
function endOfWait({ notice, at }: Told): number | null {
  if (notice.sessionUpdate !== "notice" || notice.code !== "model_retry" || at === undefined) return null;
  const { waitMs } = notice.data ?? {};
  return typeof waitMs === "number" ? Date.parse(at) + waitMs : null;
}

/** It may last: then another model is a way on. */
function isLimit({ notice }: Told): boolean {
  return notice.sessionUpdate === "notice" && notice.data?.problem === "model_rate_limit";
}

/** What is left of a wait; null: it is over, or not known when it ends. */
function leftOf(entry: Told, now: number): number | null {
  const end = endOfWait(entry);
  return end === null || !Number.isFinite(now) || now >= end ? null : end - now;
}

function retryText(data: Data, leftMs: number | null): string {
  const provider = String(data.provider ?? notices.theModel);
  const left = leftMs === null ? null : formatElapsed(leftMs + 999);
  if (data.problem === "model_rate_limit")
    return left === null ? notices.rate_limit_over(provider) : notices.rate_limit(provider, left);
  return left === null
    ? notices.retried(provider, Number(data.attempt ?? 1))
    : notices.model_retry(provider, left);
}

function limitText(data: Data): string {
  const tokens = data.tokens ?? data.limitTokens ?? data.limit;
  if (typeof tokens !== "number") return notices.limitLearnedAlone;
  return notices.limitLearned(String(data.model ?? ""), formatCount(tokens));
}

/** The command, when it is told; that it was stopped, or how it ended when that was not well. */
function jobText(data: Data): string {
  const [line = ""] = String(data.command ?? data.title ?? data.jobId ?? notices.job).split("\n", 1);
  const job = line.length > longestJob ? `${line.slice(0, longestJob)}…` : line;
  const { exitCode, ending, runningMs } = data;
  if (ending === "stopped")
    return notices.jobStopped(job, typeof runningMs === "number" ? formatDuration(runningMs) : "");
  return notices.jobEnded(job, typeof exitCode === "number" && exitCode !== 0 ? `exit ${exitCode}` : "");
}

function instructionsText(
  files: Extract<Entry["notice"], { sessionUpdate: "instructions_update" }>["files"],
): string {
  const names = files.map(({ path, truncated }) => (truncated ? notices.cutShort(path) : path));
  const hidden = files.filter(({ hiddenCharacters }) => hiddenCharacters > 0);
  return [
    notices.instructions(names),
    ...hidden.map(({ path, hiddenCharacters }) => notices.hidden(hiddenCharacters, path)),
  ].join(" · ");
}
