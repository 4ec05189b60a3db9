/** One row of a transcript: an entry, a folded run of calls, what a subagent does, or a new day. */
import type { TranscriptEntry } from "../../../../transcript/transcript.ts";
import { h } from "../../lib/dom.ts";
import { formatDay } from "../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { session as words } from "../../text/en-session.ts";
import { DecisionRun } from "../entries/decision-entry.ts";
import { Entry } from "../entries/table.ts";
import { TaskEntry } from "../entries/tool/task-entry.ts";
import { ToolGroup } from "../entries/tool/tool-group.ts";
import type { SessionContext } from "../session/session-context.ts";
import type { TranscriptRow } from "./rows.ts";

/** Draws a row once; it follows its signal. */
export function Row(row: ReadonlySignal<TranscriptRow>, context: SessionContext): HTMLElement {
  const element = drawRow(row, context);
  element.dataset.entry = row.peek().key;
  return element;
}

/** A key keeps its kind: what is drawn once follows its own signal. */
function drawRow(row: ReadonlySignal<TranscriptRow>, context: SessionContext): HTMLElement {
  const first = row.peek();
  switch (first.type) {
    case "entry":
      return Entry(
        computed((): TranscriptEntry => (row.value.type === "entry" ? row.value.entry : first.entry)),
        context,
      );
    case "group":
      return ToolGroup(
        first.key,
        computed(() => (row.value.type === "group" ? row.value.entries : first.entries)),
        context,
      );
    case "decisions":
      return DecisionRun(
        computed(() => (row.value.type === "decisions" ? row.value.entries : first.entries)),
      );
    case "task": {
      const task = computed(() => (row.value.type === "task" ? row.value : first));
      const rows = computed(() => task.value.rows);
      const isReported = computed(() => isWords(rows.value.at(-1)));
      return TaskEntry({ entry: computed(() => task.value.entry), rows, isReported, draw: Row }, context);
    }
    case "day":
      return h("p", { class: "entry entry-day" }, dayText(first.at));
  }
}

function isWords(row: TranscriptRow | undefined): boolean {
  return row?.type === "entry" && row.entry.type === "agent";
}

function dayText(at: string): string {
  const day = new Date(at);
  const today = new Date();
  const age = Math.round((today.setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  if (age === 0) return words.today;
  return age === 1 ? words.yesterday : formatDay(day, new Date());
}
