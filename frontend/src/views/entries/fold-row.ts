/** The row of one line that opens to its body in place: a call, a folded run of calls, a subagent, a thought. */
import { type Child, h, when } from "../../lib/dom.ts";
import { type IconName, icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import type { SessionContext } from "../session/session-context.ts";

interface FoldRowParts {
  /** What the choice of whoever opens or closes it is kept under. */
  readonly id: string;
  /** While nobody has chosen; absent: closed. */
  readonly otherwise?: () => "open" | "closed";
  /** For its colours. */
  readonly state: () => string;
  readonly icon: () => IconName;
  readonly verb: () => string;
  readonly object?: () => Child;
  readonly result?: () => Child;
  readonly time: () => string;
  readonly body: () => Child;
}

/** Draws the row; its body is built when it is opened. */
export function FoldRow(row: FoldRowParts, { opened }: Pick<SessionContext, "opened">): HTMLElement {
  const otherwise = () => row.otherwise?.() ?? "closed";
  const isOpen = computed(() => opened.isOpen(row.id, otherwise()));
  const iconName = computed(row.icon);
  return h(
    "div",
    { class: "tool", "data-state": row.state },
    h(
      "button",
      {
        type: "button",
        class: "tool-row",
        "aria-expanded": () => isOpen.value,
        onclick: () => opened.toggle(row.id, otherwise()),
      },
      () => icon(iconName.value),
      h("span", { class: "tool-verb" }, row.verb),
      row.object ?? h("span", { class: "tool-object" }),
      h("span", { class: "tool-result" }, row.result ?? ""),
      h("span", { class: "tool-time" }, row.time),
    ),
    when(() => isOpen.value, row.body),
  );
}
