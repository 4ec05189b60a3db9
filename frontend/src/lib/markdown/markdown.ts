/**
 * Markdown as nodes: never as markup. Raw HTML is shown as text, addresses pass an allow-list, images are not loaded.
 * Code blocks and links to other hosts are drawn by whoever asks, so this file knows no product.
 */
import type { MarkedToken, Token, Tokens } from "marked";
import { h } from "../dom.ts";
import { effect, type Owned, owned, untracked } from "../signal.ts";
import { emptyParse, type MarkdownBlock, parseMarkdown } from "./markdown-blocks.ts";

export interface CodeBlockSource {
  readonly code: string;
  readonly language: string;
  /** False while its text may still grow. */
  readonly isComplete: boolean;
}

export interface MarkdownParts {
  codeBlock(source: CodeBlockSource): Node;
  /** Words for an image that is not loaded. */
  imageLabel(image: { readonly alt: string; readonly host: string }): string;
}

interface Drawn {
  readonly raw: string;
  readonly open: boolean;
  readonly scope: Owned<Node>;
}

interface Wanted {
  readonly blocks: readonly MarkdownBlock[];
  readonly parts: MarkdownParts;
}

/** Table cells up to this length are not broken. */
const shortCell = 20;
/** How deep quotes, lists and emphasis are drawn; what is nested deeper is shown as text. */
const maximumDepth = 24;

/** Draws a live Markdown text. Blocks whose source did not change keep their nodes. */
export function Markdown(
  source: { readonly text: () => string; readonly isOpen: () => boolean },
  parts: MarkdownParts,
): HTMLElement {
  const root = h("div", { class: "markdown" });
  let parse = emptyParse;
  let drawn: readonly Drawn[] = [];
  effect(() => {
    const text = source.text();
    const isOpen = source.isOpen();
    untracked(() => {
      parse = parseMarkdown(text, isOpen, parse);
      drawn = redraw(root, drawn, { blocks: parse.blocks, parts });
    });
    return () => undefined;
  });
  return root;
}

function redraw(root: HTMLElement, drawn: readonly Drawn[], wanted: Wanted): readonly Drawn[] {
  const { blocks, parts } = wanted;
  const same = blocks.findIndex((block, index) => !isSame(drawn[index], block));
  const kept = same === -1 ? blocks.length : same;
  for (const each of drawn.slice(kept)) {
    each.scope.dispose();
    each.scope.value.parentNode?.removeChild(each.scope.value);
  }
  const added = blocks.slice(kept).map((block) => {
    const scope = owned(() => drawBlock(block.token, { parts, depth: 0, open: block.open }));
    root.append(scope.value);
    return { raw: block.token.raw, open: block.open, scope };
  });
  return [...drawn.slice(0, kept), ...added];
}

/** Only code is drawn differently while it is open. */
function isSame(drawn: Drawn | undefined, block: MarkdownBlock): boolean {
  if (drawn === undefined || drawn.raw !== block.token.raw) return false;
  return drawn.open === block.open || block.token.type !== "code";
}

interface Place {
  readonly parts: MarkdownParts;
  readonly depth: number;
  readonly open: boolean;
}

function drawAll(tokens: readonly Token[] | undefined, place: Place): readonly Node[] {
  const inner = { ...place, depth: place.depth + 1 };
  return (tokens ?? []).map((token) => drawBlock(token, inner));
}

function drawBlock(token: Token, place: Place): Node {
  if (place.depth > maximumDepth) return text(token.raw);
  // Without extensions marked makes no other tokens than its own.
  const known = token as MarkedToken;
  switch (known.type) {
    case "paragraph":
      return h("p", { dir: "auto" }, drawAll(known.tokens, place));
    case "heading":
      return heading(known, place);
    case "code":
      return code(known, place);
    case "blockquote":
      return h("blockquote", { dir: "auto" }, drawAll(known.tokens, place));
    case "list":
      return listOf(known, place);
    case "list_item":
      return h("li", { dir: "auto" }, drawAll(known.tokens, place));
    case "table":
      return table(known, place);
    case "hr":
      return h("hr");
    case "strong":
    case "em":
    case "del":
      return h(known.type, null, drawAll(known.tokens, place));
    case "codespan":
      return h("code", null, known.text);
    case "br":
      return h("br");
    case "link":
      return link(known, place);
    case "image":
      return image(known, place);
    case "escape":
      return text(known.text);
    case "text":
      return plain(known, place);
    case "html":
      return place.depth === 0 ? h("p", { dir: "auto" }, known.raw.trim()) : text(known.raw);
    case "checkbox":
    case "space":
    case "def":
      return text("");
  }
}

function text(data: string): Text {
  return document.createTextNode(data);
}

function plain(token: Tokens.Text, place: Place): Node {
  const content = token.tokens === undefined ? [text(token.text)] : drawAll(token.tokens, place);
  if (place.depth === 0) return h("p", { dir: "auto" }, content);
  const fragment = document.createDocumentFragment();
  fragment.append(...content);
  return fragment;
}

/** Screen readers hear one level below the entry's own heading. */
function heading(token: Tokens.Heading, place: Place): Node {
  const level = Math.min(token.depth, 4);
  const children = drawAll(token.tokens, place);
  if (level === 1) return h("h4", { dir: "auto", class: "markdown-title" }, children);
  return h(level === 2 ? "h5" : "h6", { dir: "auto" }, children);
}

function code(token: Tokens.Code, place: Place): Node {
  const language = (token.lang ?? "").trim().split(/\s/)[0] ?? "";
  return place.parts.codeBlock({ code: token.text, language, isComplete: !place.open });
}

function listOf(token: Tokens.List, place: Place): Node {
  const items = token.items.map((item) => {
    const box = item.task
      ? h("span", { class: "markdown-task", "data-checked": item.checked === true })
      : null;
    const state = item.task ? h("span", { class: "visually-hidden" }, item.checked ? "☑ " : "☐ ") : null;
    return h(
      "li",
      { dir: "auto", class: item.task ? "task" : null },
      box,
      state,
      drawAll(item.tokens, place),
    );
  });
  if (!token.ordered) return h("ul", null, items);
  const start = typeof token.start === "number" && token.start !== 1 ? { start: String(token.start) } : null;
  const element = h("ol", null, items);
  if (start !== null) element.setAttribute("start", start.start);
  return element;
}

function table(token: Tokens.Table, place: Place): Node {
  const cell = (tag: "th" | "td") => (each: Tokens.TableCell) => {
    const element = h(
      tag,
      {
        dir: "auto",
        class: each.text.length <= shortCell ? "short" : null,
        scope: tag === "th" ? "col" : null,
      },
      drawAll(each.tokens, place),
    );
    if (each.align !== null) element.style.setProperty("text-align", each.align);
    return element;
  };
  // A scrolling region without a tab stop cannot be read with a keyboard.
  return h(
    "div",
    { class: "markdown-table", tabindex: 0, role: "group" },
    h(
      "table",
      null,
      h("thead", null, h("tr", null, token.header.map(cell("th")))),
      h(
        "tbody",
        null,
        token.rows.map((row) => h("tr", null, row.map(cell("td")))),
      ),
    ),
  );
}

function link(token: Tokens.Link, place: Place): Node {
  const children = drawAll(token.tokens, place);
  const target = allowedAddress(token.href);
  if (target === null) return h("span", null, children);
  const host = target.protocol === "mailto:" ? "" : target.host;
  const isBare = host === "" || token.text.includes(host);
  return h(
    "span",
    null,
    h("a", { href: target.href, target: "_blank", rel: "noopener noreferrer" }, children),
    isBare ? null : h("span", { class: "markdown-host" }, ` (${host})`),
  );
}

function image(token: Tokens.Image, place: Place): Node {
  const target = allowedAddress(token.href);
  const host = target?.host ?? "";
  const label = place.parts.imageLabel({ alt: token.text, host });
  if (target === null || host === "") return h("span", { class: "markdown-image" }, label);
  return h(
    "a",
    { class: "markdown-image", href: target.href, target: "_blank", rel: "noopener noreferrer" },
    label,
  );
}

/** Only whole web and mail addresses; anything else in a model's text is not a link. */
export function allowedAddress(href: string): URL | null {
  if (!/^(?:https?:\/\/|mailto:)/i.test(href)) return null;
  return URL.canParse(href) ? new URL(href) : null;
}
