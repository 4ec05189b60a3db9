/** What an opened tool row shows, by what the call is. */
import type { ToolEntry } from "../../../../../transcript/transcript.ts";
import { type Child, h, when } from "../../../lib/dom.ts";
import { formatBytes } from "../../../lib/format.ts";
import { computed, type ReadonlySignal } from "../../../lib/signal.ts";
import { tool as words } from "../../../text/en-session.ts";
import { type DiffRegion, RegionDiff } from "../../review/diff-view.ts";
import { CopyButton } from "../text/copy-button.ts";
import { JobOutput } from "./job-output.ts";
import { OutputBlock, outputNodes } from "./output-block.ts";
import { outputOf, toolState } from "./tool-words.ts";

/** The body of a call; live while the call runs, and after it while what it began goes on in the background. */
export function ToolBody(entry: ReadonlySignal<ToolEntry>, sessionId: string): HTMLElement {
  const body = h("div", { class: "tool-body" });
  if (entry.peek().kind === "execute") body.append(CommandBody(entry, sessionId));
  else
    body.append(
      h(
        "div",
        null,
        AskedWords(entry),
        when(
          () => !isAnswered(entry.value),
          () => ContentBody(entry),
        ),
      ),
    );
  return body;
}

/** The line beneath says what was answered, and in better words than the model got. */
function isAnswered(entry: ToolEntry): boolean {
  return entry.tool === "ask" && entry.status === "completed" && askedOf(entry) !== null;
}

/** What a call came to, without what was asked of it. */
export function ResultBody(entry: ReadonlySignal<ToolEntry>): HTMLElement {
  return h("div", { class: "tool-body" }, ContentBody(entry));
}

/** The whole question, or a subagent's whole task: the row has room for its beginning alone. */
export function AskedWords(entry: ReadonlySignal<ToolEntry>): Child {
  const asked = computed(() => askedOf(entry.value));
  return (): Child =>
    asked.value === null
      ? null
      : h(
          "p",
          { class: "tool-asked", dir: "auto", tabindex: 0, role: "group", "aria-label": words.asked },
          asked.value,
        );
}

/** Null: the row says all of it. */
export function askedOf({ tool, rawInput }: Pick<ToolEntry, "tool" | "rawInput">): string | null {
  if ((tool !== "ask" && tool !== "task") || typeof rawInput !== "object" || rawInput === null) return null;
  // Models have names of their own for it; the longest text is what was asked.
  const texts = Object.values(rawInput).filter((value) => typeof value === "string");
  return texts.toSorted((one, other) => other.length - one.length)[0] ?? null;
}

function CommandBody(entry: ReadonlySignal<ToolEntry>, sessionId: string): HTMLElement {
  const command = computed(() => commandOf(entry.value));
  const folder = computed(() => folderOf(entry.value));
  const jobId = computed(() => jobOf(entry.value));
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
    (): Child => {
      const job = jobId.value;
      return job === null
        ? CommandOutput(entry)
        : JobOutput({ sessionId, jobId: job }, () => CommandOutput(entry));
    },
  );
}

function CommandOutput(entry: ReadonlySignal<ToolEntry>): HTMLElement {
  const parts = computed(() => saidBy(entry.value));
  return OutputBlock({
    parts: () => parts.value,
    skipped: () => (entry.value.skippedBytes > 0 ? words.skipped(formatBytes(entry.value.skippedBytes)) : ""),
    isRunning: () => toolState(entry.value) === "running",
  });
}

/** What it has printed; for what prints nothing of its own, the result. The sentences that the model got are not for people. */
function saidBy(entry: ToolEntry): ToolEntry["output"] {
  const { output, content, tool, rawOutput } = entry;
  if (output.length > 0 || (tool === "shell" && outputOf(rawOutput)?.type === "execute")) return output;
  return contentText(content).map((text) => ({ stream: "stdout" as const, text }));
}

/** The job that a command became; `job` itself only looks at one. */
function jobOf({ tool, rawOutput }: ToolEntry): string | null {
  const output = outputOf(rawOutput);
  return tool === "job" || output?.type !== "execute" ? null : (output.jobId ?? null);
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
