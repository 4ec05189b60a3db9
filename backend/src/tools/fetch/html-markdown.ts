/**
 * Turns a web page into Markdown that a model can read: text, headings, links, lists, tables and code. Linear in its input, and it
 * pauses: node-html-markdown 2.0 took 5 s for 6 KB of `<b>` that is never closed, eight times as long for twice as much, in one go.
 */
import { setImmediate } from "node:timers/promises";

const dropped = new Set([
  "script",
  "style",
  "noscript",
  "template",
  "svg",
  "title",
  "iframe",
  "object",
  "select",
  "nav",
]);
const blocks = new Set(
  "address article aside blockquote body dd details div dl dt fieldset figcaption figure footer form header hr li main ol p section summary table tbody tfoot thead tr ul".split(
    " ",
  ),
);
const mostNested = 200;
const settledLength = 2_000;
/** A page's links are made whole by its address: a short page could become one of any size. */
const longestMarkdown = 4_000_000;
const longestAddress = 500;
/** Characters of the page between two pauses, in which the server does its other work. */
const stretch = 50_000;

/** `base` is where links are relative to. The page's title comes first; after four million characters it ends. */
export async function htmlToMarkdown(html: string, base: URL): Promise<string> {
  const title = plainText(/<title[^>]{0,200}>([^<]{0,500})/i.exec(html.slice(0, 200_000))?.[1] ?? "");
  const writer = new MarkdownWriter(base);
  let pauseAt = stretch;
  for (const token of tokens(html)) {
    writer.take(token);
    if (writer.length > longestMarkdown) break;
    if (token.end < pauseAt) continue;
    pauseAt = token.end + stretch;
    await setImmediate();
  }
  const body = writer.text();
  return title === "" || body.startsWith(`# ${title}`) ? body : `# ${title}\n\n${body}`;
}

/** `end`: where in the page it ends. */
type Token = { readonly end: number } & (
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "open" | "close"; readonly name: string; readonly attributes: string }
);

/** What stands between `<` and `>`; contents of what is never shown are skipped at once. */
function* tokens(html: string): Generator<Token> {
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf("<", at);
    if (open < 0) break;
    if (open > at) yield { type: "text", text: html.slice(at, open), end: open };
    if (html.startsWith("<!--", open)) {
      const end = html.indexOf("-->", open + 4);
      at = end < 0 ? html.length : end + 3;
      continue;
    }
    const tag = /^<(\/?)([a-z][a-z0-9-]*)/i.exec(html.slice(open, open + 64));
    if (tag === null) {
      const isMarkup = html[open + 1] === "!" || html[open + 1] === "?";
      const end = isMarkup ? html.indexOf(">", open) : open;
      if (!isMarkup) yield { type: "text", text: "<", end: open + 1 };
      at = end < 0 ? html.length : end + 1;
      continue;
    }
    const [whole, slash, raw = ""] = tag;
    const end = tagEnd(html, open + whole.length);
    const name = raw.toLowerCase();
    const attributes = html.slice(open + whole.length, end);
    at = end + 1;
    yield { type: slash === "/" ? "close" : "open", name, attributes, end: at };
    if (slash === "" && dropped.has(name) && !attributes.endsWith("/")) at = afterElement(html, name, at);
  }
  if (at < html.length) yield { type: "text", text: html.slice(at), end: html.length };
}

/** The `>` that is not in a quoted value. */
function tagEnd(html: string, from: number): number {
  let quote = "";
  for (let at = from; at < html.length; at += 1) {
    const character = html.charAt(at);
    if (quote !== "") quote = character === quote ? "" : quote;
    else if (character === ">") return at;
    else if (character === '"' || character === "'") quote = character;
  }
  return html.length;
}

/** Elements of one kind that are never closed hide nothing but their own text. */
function afterElement(html: string, name: string, from: number): number {
  const close = new RegExp(`</${name}\\b[^>]{0,100}>`, "gi");
  close.lastIndex = from;
  return close.exec(html) === null ? html.length : close.lastIndex;
}

/** Gathers Markdown block by block. */
class MarkdownWriter {
  readonly #base: URL;
  readonly #lists: { kind: "ul" | "ol"; count: number }[] = [];
  readonly #links: (string | null)[] = [];
  readonly #done: string[] = [];
  #out = "";
  #doneLength = 0;
  #isCode = false;
  #isCell = false;

  constructor(base: URL) {
    this.#base = base;
  }

  get length(): number {
    return this.#doneLength + this.#out.length;
  }

  text(): string {
    const lines = [...this.#done, this.#out].join("").split("\n");
    return lines
      .map((line) => line.trimEnd())
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim();
  }

  take(token: Token): void {
    if (token.type === "text") this.#takeText(token.text);
    else if (token.type === "open") this.#open(token.name, token.attributes);
    else this.#close(token.name);
    if (this.#out.length < settledLength) return;
    // Only the last characters are ever looked at again: so the whole stays linear.
    this.#done.push(this.#out.slice(0, -2));
    this.#doneLength += this.#out.length - 2;
    this.#out = this.#out.slice(-2);
  }

  #takeText(text: string): void {
    const plain = decoded(text);
    if (this.#isCode) {
      this.#out += plain;
      return;
    }
    const folded = plain.replace(/\s+/g, " ");
    const isAfterSpace = (this.#out.at(-1) ?? " ").trim() === "";
    this.#out += isAfterSpace ? folded.trimStart() : folded;
  }

  #break(lines: 1 | 2): void {
    if (this.#isCell || (this.#out === "" && this.#done.length === 0)) return;
    this.#out = this.#out.trimEnd() + "\n".repeat(lines);
  }

  #open(name: string, attributes: string): void {
    const level = /^h([1-6])$/.exec(name)?.[1];
    if (level !== undefined) return this.#begin(`${"#".repeat(Number(level))} `);
    switch (name) {
      case "br":
        this.#out += this.#isCell ? " " : "\n";
        return;
      case "code":
        if (!this.#isCode) this.#out += "`";
        return;
      case "a":
        return this.#openLink(attributes);
      case "img":
        return this.#showPicture(attributes);
      default:
        return this.#openBlock(name);
    }
  }

  #openBlock(name: string): void {
    switch (name) {
      case "hr":
        return this.#begin("---\n\n");
      case "pre":
        this.#begin("```\n");
        this.#isCode = true;
        return;
      case "blockquote":
        return this.#begin("> ");
      case "ul":
      case "ol":
        return this.#openList(name);
      case "li":
        return this.#openItem();
      case "td":
      case "th":
        this.#out += this.#out.endsWith("\n") || this.#out === "" ? "| " : " ";
        this.#isCell = true;
        return;
      case "tr":
        this.#isCell = false;
        return this.#break(1);
      default:
        if (blocks.has(name)) this.#break(2);
    }
  }

  /** A block that begins with this mark. */
  #begin(mark: string): void {
    this.#break(2);
    this.#out += mark;
  }

  #showPicture(attributes: string): void {
    const alternative = plainText(attribute(attributes, "alt"));
    if (alternative !== "") this.#out += `[picture: ${alternative}]`;
  }

  #openList(kind: "ul" | "ol"): void {
    this.#break(this.#lists.length > 0 ? 1 : 2);
    if (this.#lists.length < mostNested) this.#lists.push({ kind, count: 0 });
  }

  #openItem(): void {
    this.#break(1);
    const list = this.#lists.at(-1);
    const indent = "  ".repeat(Math.max(0, this.#lists.length - 1));
    if (list !== undefined) list.count += 1;
    this.#out += list?.kind === "ol" ? `${indent}${list.count}. ` : `${indent}- `;
  }

  #openLink(attributes: string): void {
    const target = decoded(attribute(attributes, "href")).trim();
    const isWritten = target !== "" && !/^(?:#|javascript:|data:)/i.test(target);
    const href =
      isWritten && URL.canParse(target, this.#base.href) ? new URL(target, this.#base.href).href : "";
    const isShown = href !== "" && href.length <= longestAddress;
    this.#links.push(isShown ? href : null);
    if (isShown) this.#out += "[";
  }

  #close(name: string): void {
    switch (name) {
      case "pre":
        this.#isCode = false;
        this.#out = `${this.#out.trimEnd()}\n\`\`\`\n\n`;
        return;
      case "code":
        if (!this.#isCode) this.#out += "`";
        return;
      case "a": {
        const target = this.#links.pop() ?? null;
        if (target !== null) this.#out = `${this.#out.trimEnd()}](${target})`;
        return;
      }
      case "ul":
      case "ol":
        this.#lists.pop();
        this.#break(this.#lists.length > 0 ? 1 : 2);
        return;
      case "td":
      case "th":
        this.#isCell = false;
        this.#out = `${this.#out.trimEnd()} |`;
        return;
      case "tr":
        this.#break(1);
        return;
      default:
        if (name === "table") this.#isCell = false;
        if (blocks.has(name) || /^h[1-6]$/.test(name)) this.#break(name === "li" ? 1 : 2);
    }
  }
}

function attribute(attributes: string, name: string): string {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(
    attributes.slice(0, 8_000),
  );
  return found?.[1] ?? found?.[2] ?? found?.[3] ?? "";
}

function plainText(text: string): string {
  return decoded(text).replace(/\s+/g, " ").trim();
}

const entities: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
  nbsp: " ",
  ndash: "–",
  mdash: "—",
  hellip: "…",
  lsquo: "‘",
  rsquo: "’",
  ldquo: "“",
  rdquo: "”",
  copy: "©",
  laquo: "«",
  raquo: "»",
  times: "×",
  middot: "·",
  bull: "•",
  rarr: "→",
  larr: "←",
};

function decoded(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|([a-z]{2,8}));/gi, (...found: string[]) => {
    const [whole = "", decimal, hex, name] = found;
    if (name !== undefined) return entities[name.toLowerCase()] ?? whole;
    const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      ? String.fromCodePoint(code)
      : "";
  });
}
