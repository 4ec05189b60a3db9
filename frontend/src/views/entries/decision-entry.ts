/** Who decided what, in one muted line. */
import { h } from "../../lib/dom.ts";
import { decisionText } from "../../text/en-permission.ts";
import { article, clockOf, type EntryView } from "./entry-view.ts";

export const DecisionEntry: EntryView<"decision"> = (entry) => {
  const line = () => decisionText(entry.value.outcome, entry.value.by, clockOf(entry.value.at));
  const feedback = () => {
    const { outcome } = entry.value;
    return outcome.outcome === "selected" ? (outcome.feedback ?? "") : "";
  };
  return article("entry-line", line, h("p", { "aria-hidden": "true" }, line), () =>
    feedback() === "" ? null : h("p", { class: "entry-feedback", dir: "auto" }, `“${feedback()}”`),
  );
};
