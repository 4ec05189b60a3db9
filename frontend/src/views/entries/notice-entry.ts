/** Retries, limits, changes of mode and model: one muted line each. */
import type { NoticeEntry as Entry } from "../../../../transcript/transcript.ts";
import { h } from "../../lib/dom.ts";
import { formatClock, formatDuration } from "../../lib/format.ts";
import { text } from "../../text/en.ts";
import { notices } from "../../text/en-session.ts";
import { article, type EntryView } from "./entry-view.ts";

export const NoticeEntry: EntryView<"notice"> = (entry) => {
  const line = () => noticeText(entry.value);
  return article("entry-line", line, h("p", { "aria-hidden": "true" }, line));
};

/** What happened, in one sentence. */
export function noticeText({ notice, by }: Pick<Entry, "notice" | "by">): string {
  switch (notice.sessionUpdate) {
    case "current_mode_update":
      return modeText(notice, by);
    case "config_option_update":
      return notices.model(notice.configOptions[0]?.value ?? "");
    case "notice":
      break;
  }
  const data = notice.data ?? {};
  switch (notice.code) {
    case "model_retry":
      return retryText(data);
    case "damaged_lines":
      return notices.damaged_lines(String(data.count ?? data.lines ?? ""));
    case "not_saving":
      return notices.not_saving;
    case "saving_again":
      return notices.saving_again;
    case "repeated_call":
      return notices.repeated_call;
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

function retryText(data: Readonly<Record<string, string | number>>): string {
  const provider = String(data.provider ?? notices.theModel);
  const wait = typeof data.waitMs === "number" ? formatDuration(data.waitMs) : null;
  if (data.problem === "model_rate_limit" && wait !== null) return notices.rate_limit(provider, wait);
  return notices.model_retry(provider, String(data.attempt ?? ""), wait);
}
