/** What the agent says: Markdown on the page itself, without a bubble. */
import { h } from "../../../lib/dom.ts";
import { lazy } from "../../../lib/lazy.ts";
import { computed } from "../../../lib/signal.ts";
import { session as words } from "../../../text/en-session.ts";
import { article, clockOf, type EntryView } from "../entry-view.ts";
import { CodeBlock } from "./code-block.ts";

/** Markdown is a chunk of its own; until it is there, the text stands as it was written. */
const markdown = lazy(() => import("../../../lib/markdown/markdown.ts"));

/** Starts fetching what the first text will need. */
export function prefetchMarkdown(): void {
  // Without it texts stay plain, and the next one tries again.
  markdown.load().catch(() => undefined);
}

export const AgentEntry: EntryView<"agent"> = (entry) => {
  const text = computed(() => entry.value.text);
  const isOpen = computed(() => entry.value.open);
  // A text grows with every frame; writing out its time is slow, and it stays the same.
  const at = computed(() => entry.value.at);
  const element = article(
    "entry-agent",
    () => `${words.agent}, ${clockOf(at.value)}`,
    () => {
      const module = markdown.get();
      if (module === null)
        return h("div", { class: "markdown markdown-plain", dir: "auto" }, () => text.value);
      const parts = { codeBlock: CodeBlock, imageLabel: words.image };
      return module.Markdown({ text: () => text.value, isOpen: () => isOpen.value }, parts);
    },
  );
  return element;
};
