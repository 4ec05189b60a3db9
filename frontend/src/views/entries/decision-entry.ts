/** Who decided what, in one muted line. */
import { h } from "../../lib/dom.ts";
import { answerText, decisionText } from "../../text/en-permission.ts";
import { article, clockOf, type EntryView } from "./entry-view.ts";

export const DecisionEntry: EntryView<"decision"> = (entry) => {
  const line = () => {
    const { outcome, by, at, answered } = entry.value;
    if (answered !== undefined && outcome.outcome === "selected")
      return answerText(answered, outcome, { by, time: clockOf(at) });
    return decisionText(outcome, by, clockOf(at));
  };
  const feedback = () => {
    const { outcome } = entry.value;
    // A plan that was taken stands in the transcript already.
    const isPlan = entry.value.answered?.type === "plan";
    if (outcome.outcome !== "selected" || (isPlan && outcome.kind === "allow_once")) return "";
    return outcome.feedback ?? "";
  };
  return article("entry-line", line, h("p", { "aria-hidden": "true" }, line), () =>
    feedback() === "" ? null : h("p", { class: "entry-feedback", dir: "auto" }, `“${feedback()}”`),
  );
};
