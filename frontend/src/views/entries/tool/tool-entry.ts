/** One use of a tool: a row of one line that opens to its body in place. */
import type { ToolEntry as Entry } from "../../../../../transcript/transcript.ts";
import { seconds } from "../../../lib/clock.ts";
import { h } from "../../../lib/dom.ts";
import { formatDuration, formatElapsed } from "../../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article, type EntryView } from "../entry-view.ts";
import { FoldRow } from "../fold-row.ts";
import { ChangeCounts } from "./change-counts.ts";
import { ToolBody } from "./tool-body.ts";
import { doneFromMs, iconOf, runningFromMs, type ToolWords, toolWords } from "./tool-words.ts";

export const ToolEntry: EntryView<"tool"> = (entry, context) => {
  const words = computed(() => toolWords(entry.value));
  const heading = () => {
    const { verb, object, result } = words.value;
    return [`${verb} ${object}`.trim(), result].filter((part) => part !== "").join(", ");
  };
  return article("entry-tool", heading, ToolRow(entry, context, words));
};

/** The row and its body; also inside a folded run. */
export function ToolRow(
  entry: ReadonlySignal<Entry>,
  context: SessionContext,
  words: ReadonlySignal<ToolWords> = computed(() => toolWords(entry.value)),
): HTMLElement {
  return FoldRow(
    {
      id: entry.peek().id,
      // What failed is open: the reason is what one looks for.
      otherwise: () => (words.value.state === "failed" ? "open" : "closed"),
      state: () => words.value.state,
      icon: () => iconOf(entry.value),
      verb: () => words.value.verb,
      object: () => ToolObject(words.value),
      result: () => {
        const { changes, result } = words.value;
        return changes === null ? result : ChangeCounts(changes);
      },
      time: () => timeOf(entry.value, words.value),
      body: () => ToolBody(entry, context.session.id),
    },
    context,
  );
}

/** A long path loses its folders first, never the file's name. */
export function ToolObject({ object, isPath }: Pick<ToolWords, "object" | "isPath">): HTMLElement {
  const cut = isPath ? object.lastIndexOf("/") + 1 : 0;
  return h(
    "span",
    { class: "tool-object", title: object },
    cut > 0 ? h("span", { class: "path-folders" }, object.slice(0, cut)) : null,
    h("span", { class: "path-name", dir: "auto" }, object.slice(cut)),
  );
}

/** How long it takes, or took; nothing where that is short. */
export function timeOf(entry: Entry, words: ToolWords): string {
  if (words.state === "running") {
    const elapsed = entry.startedAt === null ? 0 : seconds.value - Date.parse(entry.startedAt);
    return elapsed >= runningFromMs ? formatElapsed(elapsed) : "";
  }
  return words.durationMs !== null && words.durationMs >= doneFromMs ? formatDuration(words.durationMs) : "";
}
