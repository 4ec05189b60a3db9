/** One use of a tool: a row of one line that opens to its body in place. */
import type { ToolEntry as Entry } from "../../../../../transcript/transcript.ts";
import { seconds } from "../../../lib/clock.ts";
import { type Child, h, when } from "../../../lib/dom.ts";
import { formatDuration, formatElapsed } from "../../../lib/format.ts";
import { icon } from "../../../lib/icons.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import type { SessionContext } from "../../session/session-context.ts";
import { article, type EntryView } from "../entry-view.ts";
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
  const { id } = entry.peek();
  // What failed is open: the reason is what one looks for.
  const otherwise = () => (words.value.state === "failed" ? "open" : "closed");
  const isOpen = computed(() => context.opened.isOpen(id, otherwise()));
  return h(
    "div",
    { class: "tool", "data-state": () => words.value.state },
    h(
      "button",
      {
        type: "button",
        class: "tool-row",
        "aria-expanded": () => isOpen.value,
        onclick: () => context.opened.toggle(id, otherwise()),
      },
      () => icon(iconOf(entry.value)),
      h("span", { class: "tool-verb" }, () => words.value.verb),
      (): Child => ToolObject(words.value),
      h("span", { class: "tool-result" }, (): Child => ToolResult(words.value.result)),
      h("span", { class: "tool-time" }, () => timeOf(entry.value, words.value)),
    ),
    when(
      () => isOpen.value,
      () => ToolBody(entry),
    ),
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

function ToolResult(result: string): Child {
  const counts = /^(\+\S+) (\u2212\S+)$/.exec(result);
  if (counts === null) return result;
  return [
    h("span", { class: "added-count" }, counts[1] ?? ""),
    " ",
    h("span", { class: "removed-count" }, counts[2] ?? ""),
  ];
}

/** How long it takes, or took; nothing where that is short. */
export function timeOf(entry: Entry, words: ToolWords): string {
  if (words.state === "running") {
    const elapsed = entry.startedAt === null ? 0 : seconds.value - Date.parse(entry.startedAt);
    return elapsed >= runningFromMs ? formatElapsed(elapsed) : "";
  }
  return words.durationMs !== null && words.durationMs >= doneFromMs ? formatDuration(words.durationMs) : "";
}
