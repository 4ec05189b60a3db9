/** A subagent at work: a row that opens to what it does, and to its report. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { type Child, h, list, when } from "../../../lib/dom.ts";
import { icon } from "../../../lib/icons.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as text } from "../../../text/en-session.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article } from "../entry-view.ts";
import { ToolBody } from "./tool-body.ts";
import { ToolObject, timeOf } from "./tool-entry.ts";
import { toolWords } from "./tool-words.ts";

interface Task<Row extends { readonly key: string }> {
  readonly entry: ReadonlySignal<ToolEntry>;
  /** What the subagent did so far. */
  readonly rows: ReadonlySignal<readonly Row[]>;
  /** Its report stands in the rows: the last that it said. */
  readonly isReported: ReadonlySignal<boolean>;
  readonly draw: (row: ReadonlySignal<Row>, context: SessionContext) => HTMLElement;
}

/** The row; closed until somebody opens it. */
export function TaskEntry<Row extends { readonly key: string }>(
  { entry, rows, isReported, draw }: Task<Row>,
  context: SessionContext,
): HTMLElement {
  const { id } = entry.peek();
  const words = computed(() => toolWords(entry.value));
  const verb = () => words.value.verb;
  const isOpen = computed(() => context.opened.isOpen(id, "closed"));
  const result = () => words.value.result || text.steps(rows.value.length);
  return article(
    "entry-tool",
    () => `${verb()} ${words.value.object}, ${result()}`,
    h(
      "div",
      { class: "tool", "data-state": () => words.value.state },
      h(
        "button",
        {
          type: "button",
          class: "tool-row",
          "aria-expanded": () => isOpen.value,
          onclick: () => context.opened.toggle(id, "closed"),
        },
        icon("list"),
        h("span", { class: "tool-verb" }, verb),
        (): Child => ToolObject(words.value),
        h("span", { class: "tool-result" }, result),
        h("span", { class: "tool-time" }, () => timeOf(entry.value, words.value)),
      ),
      when(
        () => isOpen.value,
        () => {
          const nested = h("div", { class: "tool-nested task-rows" });
          list(
            nested,
            () => rows.value,
            (row) => row.key,
            (row) => draw(row, context),
          );
          return [
            nested,
            when(
              () => entry.value.content.length > 0 && !isReported.value,
              () => ToolBody(entry),
            ),
          ];
        },
      ),
    ),
  );
}
