// @vitest-environment happy-dom
import fc from "fast-check";
import { expect, test } from "vitest";
import { h } from "../../src/lib/dom.ts";
import { allowedAddress, Markdown, type MarkdownParts } from "../../src/lib/markdown/markdown.ts";
import { emptyParse, missingEnd, parseMarkdown } from "../../src/lib/markdown/markdown-blocks.ts";
import { signal } from "../../src/lib/signal.ts";

const parts: MarkdownParts = {
  codeBlock: ({ code, language, isComplete }) =>
    h("pre", { "data-language": language, "data-complete": isComplete }, code),
  imageLabel: ({ alt, host }) => `image ${alt} from ${host}`,
};

/** A finished text, drawn. */
const draw = (text: string) => Markdown({ text: () => text, isOpen: () => false }, parts);

test("draws headings, lists, code, tables and emphasis as elements", () => {
  const root = draw(
    "# Title\n\nSome *soft* and **loud** `code`.\n\n1. one\n2. two\n\n| a | b |\n|---|--:|\n| 1 | 2 |\n\n---\n",
  );
  expect([...root.children].map((child) => child.tagName)).toEqual(["H4", "P", "OL", "DIV", "HR"]);
  expect(root.querySelector("p")?.innerHTML).toBe(
    "Some <em>soft</em> and <strong>loud</strong> <code>code</code>.",
  );
  expect([...root.querySelectorAll("td")].map((cell) => cell.textContent)).toEqual(["1", "2"]);
});

test("WEB-02: shows HTML as text", () => {
  const root = draw('Hello <img src=x onerror="alert(1)"> <b>x</b>\n\n<script>alert(1)</script>\n');
  expect(root.querySelectorAll("img, script, b").length).toBe(0);
  expect(root.textContent).toContain('<img src=x onerror="alert(1)">');
  expect(root.textContent).toContain("<script>alert(1)</script>");
});

test("WEB-04: links to web and mail addresses alone, and shows their host", () => {
  const root = draw(
    "[a](https://example.com/x) [b](javascript:alert(1)) [c](/settings) [d](data:text/html,x) [e](mailto:a@b.c)",
  );
  expect([...root.querySelectorAll("a")].map((link) => link.getAttribute("href"))).toEqual([
    "https://example.com/x",
    "mailto:a@b.c",
  ]);
  expect(root.querySelector(".markdown-host")?.textContent).toBe(" (example.com)");
});

test("WEB-04: opens links without telling where they were opened from", () => {
  const link = draw("https://example.com").querySelector("a");
  expect([link?.getAttribute("rel"), link?.getAttribute("target")]).toEqual([
    "noopener noreferrer",
    "_blank",
  ]);
});

test("WEB-03: never loads an image", () => {
  const root = draw("![a chart](https://example.com/a.png)");
  expect([root.querySelectorAll("img").length, root.textContent]).toEqual([
    0,
    "image a chart from example.com",
  ]);
});

test("shows a text that is nested beyond sense instead of failing", () => {
  const deep = `${">".repeat(5000)} x`;
  expect(draw(deep).textContent).toContain(">");
});

test("keeps the nodes of finished blocks while the last one grows", () => {
  const text = signal("First.\n\nSec");
  const root = Markdown({ text: () => text.value, isOpen: () => true }, parts);
  const first = root.children[0];
  text.value = "First.\n\nSecond **th";
  text.value = "First.\n\nSecond **third**\n\n```ts\nlet a";
  expect(root.children[0]).toBe(first);
  expect([...root.children].map((child) => child.textContent)).toEqual(["First.", "Second third", "let a"]);
});

test("tells a code block when it is complete", () => {
  const text = signal("```ts\nlet a");
  const isOpen = signal(true);
  const root = Markdown({ text: () => text.value, isOpen: () => isOpen.value }, parts);
  const states = [root.querySelector("pre")?.dataset.complete];
  text.value = "```ts\nlet a\n```\n\nDone";
  states.push(root.querySelector("pre")?.dataset.complete);
  expect(states).toEqual(["false", "true"]);
});

test("closes emphasis and code that are still being written", () => {
  expect(["a **bo", "a `co", "a **b** c", "2 ** 3", "```\nx **", "a\n\nb **c"].map(missingEnd)).toEqual([
    "**",
    "`",
    "",
    "",
    "",
    "**",
  ]);
});

test("WEB-04: allows whole addresses with a known scheme alone", () => {
  const allowed = [
    "https://a.b",
    "HTTP://a.b",
    "mailto:x@y.z",
    "javascript:x",
    "//a.b",
    "vbscript:x",
    "https://",
    "file:///etc",
  ].map((address) => allowedAddress(address) !== null);
  expect(allowed).toEqual([true, true, true, false, false, false, false, false]);
});

const markdownText = fc
  .array(
    fc.constantFrom(
      "# Head\n",
      "word ",
      "**bold** ",
      "\n\n",
      "\n",
      "- item\n",
      "1. one\n",
      "```ts\ncode\n```\n",
      "`c` ",
      "> quote\n",
      "| a |\n|---|\n| b |\n",
      "---\n",
      "    indented\n",
    ),
    { maxLength: 30 },
  )
  .map((pieces) => pieces.join(""));

test("the blocks of a text are the same, however it was streamed", () => {
  fc.assert(
    fc.property(markdownText, fc.array(fc.nat(200), { maxLength: 8 }), (text, cuts) => {
      const streamed = [...cuts]
        .sort((a, b) => a - b)
        .reduce((parse, cut) => parseMarkdown(text.slice(0, cut), true, parse), emptyParse);
      const kinds = (parse: typeof emptyParse) =>
        parse.blocks.map((block) => [block.token.type, block.start]);
      expect(kinds(parseMarkdown(text, true, streamed))).toEqual(kinds(parseMarkdown(text, false)));
    }),
  );
});

test("a mark that began like a list goes on with the block before it", () => {
  const text = "- item\n**bold** ";
  const streamed = parseMarkdown(text.slice(0, 8), true);
  expect(parseMarkdown(text, true, streamed).blocks.map((block) => block.token.type)).toEqual(["list"]);
});

test("whatever is streamed is drawn without failing", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.nat(200), (text, cut) => {
      const shown = signal(text.slice(0, cut));
      const root = Markdown({ text: () => shown.value, isOpen: () => true }, parts);
      shown.value = text;
      expect(root.querySelectorAll("script, img, iframe, [onerror], [style]").length).toBe(0);
    }),
  );
});
