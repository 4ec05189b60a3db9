/** Three or more quiet calls as one row: "Read 6 files, searched twice"; it opens to their rows. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { h, list } from "../../../lib/dom.ts";
import { formatDuration } from "../../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as words } from "../../../text/en-session.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article } from "../entry-view.ts";
import { FoldRow } from "../fold-row.ts";
import { ToolRow } from "./tool-entry.ts";
import { toolWords } from "./tool-words.ts";

/** Draws a folded run. */
export function ToolGroup(
  key: string,
  entries: ReadonlySignal<readonly ToolEntry[]>,
  context: SessionContext,
): HTMLElement {
  const summary = computed(() => summaryOf(entries.value));
  return article(
    "entry-tool",
    () => summary.value,
    FoldRow(
      {
        id: key,
        state: () => "done",
        icon: () => "list",
        verb: () => summary.value,
        time: () => timeOf(entries.value),
        body: () => Rows(entries, context),
      },
      context,
    ),
  );
}

function Rows(entries: ReadonlySignal<readonly ToolEntry[]>, context: SessionContext): HTMLElement {
  const nested = h("div", { class: "tool-nested" });
  list(
    nested,
    () => entries.value,
    (entry) => entry.id,
    (entry) => ToolRow(entry, context),
  );
  return nested;
}

/** What the run did, in the order read, searched, thought, listed. */
export function summaryOf(entries: readonly ToolEntry[]): string {
  const lists = entries.filter(({ tool }) => tool === "todo").length;
  const count = (kind: ToolEntry["kind"]) => entries.filter((entry) => entry.kind === kind).length;
  const parts = [
    count("read") > 0 ? words.readFiles(count("read")) : "",
    count("search") > 0 ? words.searched(count("search")) : "",
    count("think") > lists ? words.thought : "",
    lists > 0 ? words.listed : "",
  ].filter((part) => part !== "");
  const text = parts.join(", ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function timeOf(entries: readonly ToolEntry[]): string {
  const total = entries.reduce((sum, entry) => sum + (toolWords(entry).durationMs ?? 0), 0);
  return total >= 1000 ? formatDuration(total) : "";
}
