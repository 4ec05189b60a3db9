/** What came before was summed up for the model: one muted line that opens to the summary. */
import { type Child, h, when } from "../../lib/dom.ts";
import { formatCount } from "../../lib/format.ts";
import { computed } from "../../lib/signal.ts";
import { rewind as rewindWords } from "../../text/en-rewind.ts";
import { compaction as words } from "../../text/en-session.ts";
import { canRewind, takeBack } from "../session-sheets/rewind-undo.ts";
import { article, type EntryOf, type EntryView } from "./entry-view.ts";

export const CompactionEntry: EntryView<"compaction"> = (entry, context) => {
  const { id } = entry.peek();
  const line = computed(() => compactionText(entry.value));
  const hasSummary = computed(() => (entry.value.summary ?? "") !== "");
  const isBusy = computed(() => context.session.transcript.value.turnId !== null);
  const isOpen = computed(() => hasSummary.value && context.opened.isOpen(id, "closed"));
  return article(
    "entry-line",
    () => line.value,
    when(
      () => hasSummary.value,
      () =>
        h(
          "button",
          {
            type: "button",
            class: "line-button",
            "aria-expanded": () => isOpen.value,
            onclick: () => context.opened.toggle(id, "closed"),
          },
          () => line.value,
        ),
      () => h("p", { "aria-hidden": "true" }, () => line.value),
    ),
    (): Child => {
      const { completedSeq, isUndone } = entry.value;
      if (completedSeq === undefined || isUndone || isBusy.value || !canRewind()) return null;
      return h(
        "button",
        {
          type: "button",
          class: "link-button",
          onclick: () => void takeBack(context.session.id, completedSeq),
        },
        rewindWords.undo,
      );
    },
    when(
      () => isOpen.value,
      () =>
        h(
          "div",
          { class: "line-body", role: "group", tabindex: 0, "aria-label": words.summary, dir: "auto" },
          () => entry.value.summary ?? "",
        ),
    ),
  );
};

/** What became of it, in one sentence. */
export function compactionText(
  entry: Pick<EntryOf<"compaction">, "status" | "beforeTokens" | "afterTokens" | "reason" | "isUndone">,
): string {
  if (entry.isUndone) return rewindWords.compactionUndone;
  if (entry.status === "in_progress") return words.running;
  if (entry.status === "failed") return entry.reason === "no_gain" ? words.noGain : words.failed;
  const { beforeTokens, afterTokens } = entry;
  return beforeTokens === null || afterTokens === null
    ? words.doneAlone
    : words.done(formatCount(beforeTokens), formatCount(afterTokens));
}
