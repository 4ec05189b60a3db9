/** What an opened tool row shows, by what the call is. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { type Child, h } from "../../../lib/dom.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as words } from "../../../text/en-session.ts";
import { type DiffRegion, RegionDiff } from "../../review/diff-view.ts";
import { CopyButton } from "../text/copy-button.ts";
import { OutputBlock, outputNodes } from "./output-block.ts";
import { outputOf, toolState } from "./tool-words.ts";

/** The body of a call; live while the call runs. */
export function ToolBody(entry: ReadonlySignal<ToolEntry>): HTMLElement {
  const kind = entry.peek().kind;
  const body = h("div", { class: "tool-body" });
  if (kind === "execute") body.append(CommandBody(entry));
  else body.append(ContentBody(entry));
  return body;
}

function CommandBody(entry: ReadonlySignal<ToolEntry>): HTMLElement {
  const command = computed(() => commandOf(entry.value));
  const folder = computed(() => folderOf(entry.value));
  const parts = computed(() => {
    const { output, content } = entry.value;
    return output.length > 0
      ? output
      : contentText(content).map((text) => ({ stream: "stdout" as const, text }));
  });
  return h(
    "div",
    null,
    h(
      "div",
      { class: "command-head" },
      h(
        "pre",
        { class: "command-text" },
        h("code", null, () => command.value),
      ),
      CopyButton(() => command.value),
    ),
    (): Child =>
      folder.value === null ? null : h("p", { class: "command-folder one-line" }, words.in(folder.value)),
    OutputBlock({
      parts: () => parts.value,
      skippedBytes: () => entry.value.skippedBytes,
      isRunning: () => toolState(entry.value) === "running",
    }),
  );
}

function ContentBody(entry: ReadonlySignal<ToolEntry>): HTMLElement {
  const content = computed(() => entry.value.content);
  return h("div", null, (): Child => {
    const regions = content.value.filter((each): each is DiffRegion & typeof each => each.type === "diff");
    const texts = contentText(content.value);
    const pictures = content.value.flatMap((each) =>
      each.type === "content" && each.content.type === "image" ? [each.content] : [],
    );
    if (pictures.length > 0) return pictures.map(Picture);
    if (regions.length === 0 && texts.length === 0) return h("p", { class: "output-empty" }, words.nothing);
    // A diff says it better than the sentence that the model got with it.
    if (regions.length > 0 && toolState(entry.peek()) !== "failed") return RegionDiff(regions);
    return texts.map((text) => h("pre", { class: "tool-text", tabindex: 0 }, outputNodes(text)));
  });
}

function Picture(image: { readonly mimeType: string; readonly data: string }): HTMLElement {
  return h("img", {
    class: "tool-picture",
    src: `data:${image.mimeType};base64,${image.data}`,
    alt: words.picture,
  });
}

/** The whole command, as it was to be run. */
export function commandOf(entry: ToolEntry): string {
  const { rawInput } = entry;
  const isNamed = typeof rawInput === "object" && rawInput !== null && "command" in rawInput;
  return isNamed && typeof rawInput.command === "string" ? rawInput.command : entry.title;
}

function folderOf(entry: ToolEntry): string | null {
  const output = outputOf(entry.rawOutput);
  // The project's own folder goes without saying.
  return output?.type === "execute" && output.cwd !== "." ? output.cwd : null;
}

function contentText(content: ToolEntry["content"]): readonly string[] {
  return content.flatMap((each) =>
    each.type === "content" && each.content.type === "text" ? [each.content.text] : [],
  );
}
