/** Who decided what, in one muted line. */
import type { DecisionEntry as Entry } from "../../../../transcript/transcript.ts";
import { h } from "../../lib/dom.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import { answerText, decisionsText, decisionText } from "../../text/en-permission.ts";
import { visibleLine } from "../permission/visible-text.ts";
import { article, clockOf, type EntryView } from "./entry-view.ts";

export const DecisionEntry: EntryView<"decision"> = (entry) => {
  const line = () => {
    const { outcome, by, at, answered } = entry.value;
    if (answered !== undefined && outcome.outcome === "selected")
      return answerText(answered, outcome, { by, time: clockOf(at) });
    return decisionText(outcome, by, clockOf(at));
  };
  return DecisionLine(line, () => feedbackOf(entry.value));
};

/** Several that are the same but for what they are about, or one apart from its call: it says what was decided on. */
export function DecisionRun(entries: ReadonlySignal<readonly Entry[]>): HTMLElement {
  return DecisionLine(
    () => runText(entries.value),
    () => entries.value.map(feedbackOf).join(""),
  );
}

/** `Allowed 3 edits once on Pixel, 14:02`; of one alone its name. */
export function runText(entries: readonly Entry[]): string {
  const last = entries.at(-1);
  if (last === undefined) return "";
  const { outcome, by, at, about } = last;
  if (entries.length === 1 || outcome.outcome !== "selected") {
    const thing = about === undefined ? "" : `: ${visibleLine(about.title.split("\n", 1)[0] ?? "")}`;
    return `${decisionText(outcome, by, clockOf(at))}${thing}`;
  }
  const kinds = entries.map((entry) => entry.about?.kind ?? "other");
  return decisionsText(kinds, outcome, { by, time: clockOf(at) });
}

function DecisionLine(line: () => string, feedback: () => string): HTMLElement {
  return article("entry-line", line, h("p", { "aria-hidden": "true", dir: "auto" }, line), () =>
    feedback() === "" ? null : h("p", { class: "entry-feedback", dir: "auto" }, `“${feedback()}”`),
  );
}

function feedbackOf({ outcome, answered }: Entry): string {
  // A plan that was taken stands in the transcript already.
  const isPlan = answered?.type === "plan";
  if (outcome.outcome !== "selected" || (isPlan && outcome.kind === "allow_once")) return "";
  return outcome.feedback ?? "";
}
