/** What the model thought: one muted line that opens to the whole. */

import { seconds } from "../../../lib/clock.ts";
import { h } from "../../../lib/dom.ts";
import { formatDuration, formatElapsed } from "../../../lib/format.ts";
import { toolVerbs } from "../../../text/en-session.ts";
import { article, type EntryView } from "../entry-view.ts";
import { FoldRow } from "../fold-row.ts";
import { doneFromMs, runningFromMs } from "../tool/tool-words.ts";

export const ThoughtEntry: EntryView<"thought"> = (entry, context) => {
  const [, running, done] = toolVerbs.think;
  const verb = () => (entry.value.open ? running : done);
  const time = () => {
    const { at, lastAt, open } = entry.value;
    const elapsed = (open ? seconds.value : Date.parse(lastAt)) - Date.parse(at);
    if (open) return elapsed >= runningFromMs ? formatElapsed(elapsed) : "";
    return elapsed >= doneFromMs ? formatDuration(elapsed) : "";
  };
  return article(
    "entry-tool",
    verb,
    FoldRow(
      {
        id: entry.peek().id,
        state: () => (entry.value.open ? "running" : "done"),
        icon: () => "think",
        verb,
        object: () =>
          h("span", { class: "tool-object tool-thought", dir: "auto" }, lastLine(entry.value.text)),
        time,
        body: () =>
          h(
            "div",
            { class: "tool-body" },
            h("p", { class: "thought-text", dir: "auto" }, () => entry.value.text),
          ),
      },
      context,
    ),
  );
};

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
