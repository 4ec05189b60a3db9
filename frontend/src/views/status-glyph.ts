/** A session's status: its glyph, and its word. Never colour alone. */
import type { SessionSummary } from "../api/types.ts";
import { h } from "../lib/dom.ts";
import { icon } from "../lib/icons.ts";
import { text } from "../text/en.ts";
import { Mark } from "./mark.ts";

type Status = "working" | "needs_you" | "done" | "stopped" | "interrupted" | "fresh";

type Judged = Pick<SessionSummary, "state" | "stopReason" | "problem">;

/** What a summary means to a person. `fresh`: nothing has run in it yet. */
export function statusOf(summary: Judged): Status {
  switch (summary.state) {
    case "running":
      return "working";
    case "requires_action":
      return "needs_you";
    case "interrupted":
      return "interrupted";
    case "idle":
      if (summary.problem !== null) return "stopped";
      if (summary.stopReason === null) return "fresh";
      return summary.stopReason === "end_turn" ? "done" : "stopped";
  }
}

/** The word, with the reason where it stopped. */
export function statusWord(summary: Judged): string {
  switch (statusOf(summary)) {
    case "working":
      return text.status.working;
    case "needs_you":
      return text.status.needsYou;
    case "done":
      return text.status.done;
    case "interrupted":
      return text.status.interrupted;
    case "fresh":
      return text.status.fresh;
    case "stopped":
      return text.status.stopped(reasonOf(summary));
  }
}

/** The glyph in its 24 px column. The word stands beside it, so it is decoration. */
export function StatusGlyph(status: () => Status): HTMLElement {
  return h("span", { class: "status-glyph", "data-status": status, "aria-hidden": "true" }, () =>
    glyphs[status()](),
  );
}

const glyphs: Readonly<Record<Status, () => Node>> = {
  working: () => Mark(20, () => false),
  needs_you: () => h("span", { class: "lamp" }),
  done: () => icon("check"),
  stopped: () => icon("stop"),
  interrupted: () => icon("interrupted"),
  fresh: () => icon("dash"),
};

function reasonOf(summary: Judged): string {
  if (summary.problem?.code === "not_saving") return text.stopReasons.not_saving;
  if (summary.problem?.code === "internal") return text.stopReasons.internal;
  if (summary.problem !== null) return text.stopReasons.problem;
  return text.stopReasons[summary.stopReason ?? "cancelled"];
}
