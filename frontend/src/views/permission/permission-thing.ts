/** The thing that is asked about, whole: it scrolls inside when it is long, and knows whether its end has been seen. */
import { type Child, h } from "../../lib/dom.ts";
import { computed, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { canDecide } from "../../state/access/device.ts";
import { permission as words } from "../../text/en-permission.ts";
import { RegionDiff } from "../review/diff-view.ts";
import type { Question } from "./question.ts";
import { isSeenElsewhere } from "./seen-elsewhere.ts";
import { countHidden, visibleText } from "./visible-text.ts";

interface PermissionThing {
  readonly element: HTMLElement;
  /** All of it has been on the screen. Stays true. */
  readonly isSeen: ReadonlySignal<boolean>;
}

const lineHeight = 20;
/** Rounding of sub-pixel scroll positions. */
const slack = 4;

/** Draws the command, the diff, the path, or whatever else the question is about. */
export function permissionThing(question: Question): PermissionThing {
  const isSeenHere = signal(false);
  const isSeen = computed(() => isSeenHere.value || isSeenElsewhere(question.digest));
  const linesBelow = signal(0);
  const isDrawn = signal(false);
  const diffs = question.content.filter((each) => each.type === "diff");
  // A diff is a tab stop by itself.
  const scroller = h("div", {
    class: "permission-thing",
    tabindex: diffs.length > 0 ? null : 0,
    role: "group",
  });
  const measure = () => {
    const below = belowIn(scroller) + covered(scroller);
    linesBelow.value = below <= slack ? 0 : Math.ceil(below / lineHeight);
    // What is not laid out has no height, and has not been on any screen.
    if (isDrawn.peek() && scroller.clientHeight > 0 && below <= slack) isSeenHere.value = true;
  };
  const drawn = () => {
    isDrawn.value = true;
    measure();
  };
  if (diffs.length > 0) scroller.append(RegionDiff(diffs, drawn));
  else {
    scroller.append(...plainThing(question));
    isDrawn.value = true;
  }
  scroller.addEventListener("scroll", measure, { passive: true });
  const sizes = new ResizeObserver(measure);
  sizes.observe(scroller);
  let docks: Element | null = null;
  onCleanup(() => {
    sizes.disconnect();
    docks?.removeEventListener("scroll", measure);
  });
  // Once it stands in the page.
  queueMicrotask(() => {
    docks = scroller.closest(".docks");
    if (docks === null) return;
    docks.addEventListener("scroll", measure, { passive: true });
    sizes.observe(docks);
  });
  const element = h(
    "div",
    { class: "permission-body" },
    scroller,
    (): Child =>
      linesBelow.value === 0
        ? null
        : h(
            "button",
            { type: "button", class: "permission-more", onclick: () => scrollOn(scroller) },
            h("span", null, () => words.moreLines(linesBelow.value)),
            h("span", { class: "muted" }, () => (isSeen.value || !canDecide() ? "" : words.readToEnd)),
          ),
    HiddenNote(question),
  );
  return { element, isSeen };
}

function plainThing(question: Question): readonly Node[] {
  if (question.subject.type === "fetch") return [Address(question.subject.url)];
  const text = thingText(question);
  const isCommand = question.subject.type === "command";
  return [
    h(
      "pre",
      { class: "permission-text" },
      h("code", null, visibleText(text, isCommand ? "command" : "prose")),
    ),
  ];
}

/** The exact text of what would happen. */
function thingText(question: Question): string {
  const { subject } = question;
  const told = question.content.flatMap((each) =>
    each.type === "content" && each.content.type === "text" ? [each.content.text] : [],
  );
  switch (subject.type) {
    case "command":
      return subject.command;
    case "edit":
    case "read":
      return [subject.path, ...told].join("\n");
    case "fetch":
      return [subject.url, ...told].join("\n");
    case "question":
      return subject.question;
    case "plan":
      return subject.plan;
    case "other":
      return [subject.title, ...told].join("\n");
  }
}

/** An address, its host standing out: that is where it goes. */
function Address(url: string): HTMLElement {
  const host = URL.parse(url)?.host ?? "";
  const start = host === "" ? -1 : url.indexOf(host);
  const code =
    start < 0
      ? h("code", null, visibleText(url, "prose"))
      : h(
          "code",
          null,
          h("span", { class: "muted" }, visibleText(url.slice(0, start), "prose")),
          h("strong", { class: "address-host" }, visibleText(host, "prose")),
          visibleText(url.slice(start + host.length), "prose"),
        );
  return h("pre", { class: "permission-text" }, code);
}

function HiddenNote(question: Question): Child {
  const diffs = question.content.flatMap((each) =>
    each.type === "diff" ? [each.oldText ?? "", each.newText] : [],
  );
  const isCommand = question.subject.type === "command";
  const count =
    diffs.length > 0
      ? diffs.reduce((sum, text) => sum + countHidden(text, "prose"), 0)
      : countHidden(thingText(question), isCommand ? "command" : "prose");
  return count === 0 ? null : h("p", { class: "permission-hidden" }, words.hidden(count));
}

/** What is left to scroll in it. */
function belowIn({ clientHeight, scrollHeight, scrollTop }: HTMLElement): number {
  return scrollHeight - clientHeight - scrollTop;
}

/** What of it lies beneath that edge. */
function covered(scroller: HTMLElement): number {
  const docks = scroller.closest(".docks");
  return docks === null ? 0 : Math.max(0, scroller.getBoundingClientRect().bottom - edgeOf(scroller, docks));
}

/** The lower edge of what is seen of it: that of the docks, or of the buttons that stay there in a low window. */
function edgeOf(scroller: HTMLElement, docks: Element): number {
  const card = scroller.closest(".permission-card");
  const over = card?.querySelectorAll(".permission-more, .permission-actions, .permission-receipt") ?? [];
  const edges = [...over].map((each) => each.getBoundingClientRect().top);
  return Math.min(docks.getBoundingClientRect().bottom, ...edges);
}

function scrollOn(scroller: HTMLElement): void {
  const docks = scroller.closest(".docks");
  const isWhole = belowIn(scroller) <= slack;
  const below = isWhole ? covered(scroller) : belowIn(scroller);
  const isInDocks = isWhole && docks !== null;
  const shown = isInDocks
    ? edgeOf(scroller, docks) - docks.getBoundingClientRect().top
    : scroller.clientHeight;
  // A line stays for the eye to go on from; the last step goes to the very end.
  const top = below <= shown ? below : Math.max(lineHeight, shown - lineHeight);
  (isWhole ? docks : scroller)?.scrollBy({ top });
}
