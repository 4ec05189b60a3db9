/** A subagent at work: a row that opens to its task, to what it does, and to its report. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { h, list, when } from "../../../lib/dom.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as text } from "../../../text/en-session.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article } from "../entry-view.ts";
import { FoldRow } from "../fold-row.ts";
import { AskedWords, ResultBody } from "./tool-body.ts";
import { ToolObject, timeOf } from "./tool-entry.ts";
import { iconOf, toolWords } from "./tool-words.ts";

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
  task: Task<Row>,
  context: SessionContext,
): HTMLElement {
  const { entry, rows } = task;
  const words = computed(() => toolWords(entry.value));
  const verb = () => words.value.verb;
  const result = () => words.value.result || text.steps(rows.value.length);
  return article(
    "entry-tool",
    () => `${verb()} ${words.value.object}, ${result()}`,
    FoldRow(
      {
        id: entry.peek().id,
        state: () => words.value.state,
        icon: () => iconOf(entry.value),
        verb,
        object: () => ToolObject(words.value),
        result,
        time: () => timeOf(entry.value, words.value),
        body: () => TaskBody(task, context),
      },
      context,
    ),
  );
}

function TaskBody<Row extends { readonly key: string }>(
  { entry, rows, isReported, draw }: Task<Row>,
  context: SessionContext,
) {
  const nested = h("div", { class: "tool-nested task-rows" });
  list(
    nested,
    () => rows.value,
    (row) => row.key,
    (row) => draw(row, context),
  );
  return [
    h("div", { class: "tool-body" }, AskedWords(entry)),
    nested,
    when(
      () => entry.value.content.length > 0 && !isReported.value,
      () => ResultBody(entry),
    ),
  ];
}
