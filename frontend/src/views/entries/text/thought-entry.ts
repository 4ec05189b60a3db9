/** What the model thought: one muted line that opens to the whole. */

import { seconds } from "../../../lib/clock.ts";
import { h, when } from "../../../lib/dom.ts";
import { formatDuration, formatElapsed } from "../../../lib/format.ts";
import { icon } from "../../../lib/icons.ts";
import { computed } from "../../../lib/signal.ts";
import { toolVerbs } from "../../../text/en-session.ts";
import { article, type EntryView } from "../entry-view.ts";
import { doneFromMs, runningFromMs } from "../tool/tool-words.ts";

export const ThoughtEntry: EntryView<"thought"> = (entry, context) => {
  const [, running, done] = toolVerbs.think;
  const verb = () => (entry.value.open ? running : done);
  const isOpen = computed(() => context.opened.isOpen(entry.peek().id, "closed"));
  const time = () => {
    const { at, lastAt, open } = entry.value;
    const elapsed = (open ? seconds.value : Date.parse(lastAt)) - Date.parse(at);
    if (open) return elapsed >= runningFromMs ? formatElapsed(elapsed) : "";
    return elapsed >= doneFromMs ? formatDuration(elapsed) : "";
  };
  return article(
    "entry-tool",
    verb,
    h(
      "div",
      { class: "tool", "data-state": () => (entry.value.open ? "running" : "done") },
      h(
        "button",
        {
          type: "button",
          class: "tool-row",
          "aria-expanded": () => isOpen.value,
          onclick: () => context.opened.toggle(entry.peek().id, "closed"),
        },
        icon("more"),
        h("span", { class: "tool-verb" }, verb),
        h("span", { class: "tool-object tool-thought", dir: "auto" }, () => lastLine(entry.value.text)),
        h("span", { class: "tool-time" }, time),
      ),
      when(
        () => isOpen.value,
        () =>
          h(
            "div",
            { class: "tool-body" },
            h("p", { class: "thought-text", dir: "auto" }, () => entry.value.text),
          ),
      ),
    ),
  );
};

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
