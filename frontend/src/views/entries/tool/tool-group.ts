/** Three or more quiet calls as one row: "Read 6 files, searched twice"; it opens to their rows. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { h, list, when } from "../../../lib/dom.ts";
import { formatDuration } from "../../../lib/format.ts";
import { icon } from "../../../lib/icons.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as words } from "../../../text/en-session.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article } from "../entry-view.ts";
import { ToolRow } from "./tool-entry.ts";
import { toolWords } from "./tool-words.ts";

/** Draws a folded run. */
export function ToolGroup(
  key: string,
  entries: ReadonlySignal<readonly ToolEntry[]>,
  context: SessionContext,
): HTMLElement {
  const summary = computed(() => summaryOf(entries.value));
  const isOpen = computed(() => context.opened.isOpen(key, "closed"));
  return article(
    "entry-tool",
    () => summary.value,
    h(
      "div",
      { class: "tool", "data-state": "done" },
      h(
        "button",
        {
          type: "button",
          class: "tool-row",
          "aria-expanded": () => isOpen.value,
          onclick: () => context.opened.toggle(key, "closed"),
        },
        icon("list"),
        h("span", { class: "tool-verb" }, () => summary.value),
        h("span", { class: "tool-object" }),
        h("span", { class: "tool-result" }),
        h("span", { class: "tool-time" }, () => timeOf(entries.value)),
      ),
      when(
        () => isOpen.value,
        () => {
          const nested = h("div", { class: "tool-nested" });
          list(
            nested,
            () => entries.value,
            (entry) => entry.id,
            (entry) => ToolRow(entry, context),
          );
          return nested;
        },
      ),
    ),
  );
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
