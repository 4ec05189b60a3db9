/** A command's output: a fixed block that follows its end until somebody scrolls it. */
import type { OutputPart } from "../../../../../transcript/transcript.ts";
import { h, when } from "../../../lib/dom.ts";
import { ansiRuns } from "../../../lib/markdown/ansi.ts";
import { ScrollAnchor } from "../../../lib/scroll-anchor.ts";
import { openSheet } from "../../../lib/sheet.ts";
import { effect } from "../../../lib/signal.ts";
import { tool as words } from "../../../text/en-session.ts";
import { CopyButton } from "../text/copy-button.ts";

/** The block shows the end of longer output; *Open full* shows all of it. */
const shownCharacters = 16_000;

interface OutputSource {
  readonly parts: () => readonly OutputPart[];
  /** How much of the output is not there, in words; empty: it is whole. */
  readonly skipped: () => string;
  readonly isRunning: () => boolean;
}

/** Draws live output. */
export function OutputBlock(source: OutputSource): HTMLElement {
  const pre = h("pre", { class: "output-text" });
  const scroller = h(
    "div",
    { class: "output-scroll", tabindex: 0, role: "group", "aria-label": words.output },
    pre,
  );
  const whole = () => textOf(source.parts());
  new ScrollAnchor(scroller, pre);
  effect(() => {
    pre.replaceChildren(...outputNodes(whole().slice(-shownCharacters)));
    return undefined;
  });
  const isEmpty = () => source.parts().length === 0;
  return h(
    "div",
    { class: "output-block" },
    when(
      isEmpty,
      () =>
        h("p", { class: "output-empty" }, () =>
          source.isRunning() ? words.waitingForOutput : words.noOutput,
        ),
      () => [
        scroller,
        h(
          "div",
          { class: "output-actions" },
          h(
            "button",
            { type: "button", class: "link-button", onclick: () => openFull(whole()) },
            words.openFull,
          ),
          CopyButton(whole),
          h("span", { class: "muted" }, source.skipped),
        ),
      ],
    ),
  );
}

function openFull(text: string): void {
  openSheet({
    title: words.output,
    anchor: null,
    content: () => h("pre", { class: "output-full", tabindex: 0 }, outputNodes(text)),
  });
}

/** Text of parts, whatever stream they came by: in the order in which they came. */
export function textOf(parts: readonly OutputPart[]): string {
  return parts.map((part) => part.text).join("");
}

/** Nodes for output: colours by role, everything else inert. */
export function outputNodes(text: string): readonly Node[] {
  return ansiRuns(text).map((run) => {
    if (run.role === null && !run.bold) return document.createTextNode(run.text);
    const names = [run.role === null ? "" : `ansi-${run.role}`, run.bold ? "ansi-bold" : ""];
    return h("span", { class: names.filter((name) => name !== "").join(" ") }, run.text);
  });
}
