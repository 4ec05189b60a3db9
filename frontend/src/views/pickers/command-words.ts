/** What a command does, in this page's words where it has some. */
import type { PromptCommand } from "../../state/session/prompt-words.ts";
import { picker as words } from "../../text/en-composer.ts";

/** What it does, what may follow it, and whose it is. */
export function commandDetail({ name, description, source, hint }: PromptCommand): string {
  const own = source === "built-in" ? words.descriptions[name] : undefined;
  return [own ?? description, hint === null ? "" : `‹${hint}›`, words.sources[source] ?? ""]
    .filter((part) => part !== "")
    .join(" · ");
}
