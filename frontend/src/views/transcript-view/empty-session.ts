/** A session in which nothing was said yet: where it is, what it has read, and three ways to begin. */

import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { computed } from "../../lib/signal.ts";
import { loadProjects, projects } from "../../state/projects.ts";
import { empty as words } from "../../text/en-composer.ts";
import { AskHint, Examples } from "../first-words.ts";
import type { SessionContext } from "../session/session-context.ts";

/** Drawn while the transcript has no entries. */
export function EmptySession(context: SessionContext): HTMLElement {
  const summary = () => context.session.summary.value;
  const project = computed(() => projects.value?.find((each) => each.id === summary()?.project.id) ?? null);
  const branch = () => project.value?.branch ?? summary()?.project.branch ?? null;
  if (projects.peek() === null) void loadProjects();
  return h(
    "div",
    { class: "empty-session" },
    h("h2", { dir: "auto" }, () => summary()?.project.name ?? ""),
    (): Child =>
      branch() === null
        ? null
        : h(
            "p",
            { class: "empty-fact" },
            icon("branch", words.branch),
            h("span", { class: "mono one-line" }, branch()),
          ),
    (): Child => {
      const files = project.value?.instructions ?? [];
      return files.length === 0
        ? null
        : h("p", { class: "empty-fact" }, icon("read"), h("span", null, words.instructions(files)));
    },
    Examples({ model: () => summary()?.model ?? null, onTry: context.tryExample }),
    AskHint(() => context.session.transcript.value.mode === "ask"),
  );
}
