/** Where the session went back: one muted line in the place of what left, with *Undo* while it is the last thing. */
import { type Child, h } from "../../lib/dom.ts";
import { computed } from "../../lib/signal.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { canRewind, takeBack } from "../session-sheets/rewind-undo.ts";
import { article, clockOf, type EntryOf, type EntryView } from "./entry-view.ts";

export const RewindEntry: EntryView<"rewind"> = (entry, context) => {
  const { session } = context;
  const line = computed(() => rewindText(entry.value));
  const isLast = computed(() => {
    const { entries, turnId } = session.transcript.value;
    return turnId === null && entries.at(-1)?.id === entry.value.id;
  });
  return article(
    "entry-line entry-rewind",
    () => line.value,
    h("p", { class: "numbers", "aria-hidden": "true" }, () => line.value),
    (): Child =>
      isLast.value && !entry.value.isUndo && canRewind()
        ? h(
            "button",
            {
              type: "button",
              class: "link-button",
              onclick: () => void takeBack(session.id, entry.peek().seq),
            },
            words.undo,
          )
        : null,
  );
};

/** Where to, and how many files went along. */
export function rewindText(
  entry: Pick<EntryOf<"rewind">, "scope" | "before" | "fileCount" | "skippedCount" | "isUndo">,
): string {
  const { fileCount, skippedCount } = entry;
  return words.line([
    headOf(entry),
    ...(fileCount === 0 ? [] : [words.lineFiles(fileCount)]),
    ...(skippedCount === 0 ? [] : [words.lineSkipped(skippedCount)]),
  ]);
}

function headOf({ scope, before, isUndo }: Pick<EntryOf<"rewind">, "scope" | "before" | "isUndo">): string {
  if (isUndo) return words.lineUndone;
  if (scope === "files") return before === null ? words.filesEarlier : words.filesBefore(clockOf(before));
  return before === null ? words.earlier : words.before(clockOf(before));
}
