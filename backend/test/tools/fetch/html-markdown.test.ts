import { expect, test } from "vitest";
import { htmlToMarkdown } from "../../../src/tools/fetch/html-markdown.ts";

const base = new URL("https://example.org/a/");

test.each([
  ["headings and paragraphs", "<h1>A</h1><p>one</p><p>two<br>three</p>", "# A\n\none\n\ntwo\nthree"],
  ["folded white space", "<p>  a\n  b  </p>", "a b"],
  [
    "links, made whole",
    '<a href="../x?a=1&amp;b=2">x</a> <a href="#y">y</a> <a href="javascript:z()">z</a>',
    "[x](https://example.org/x?a=1&b=2) y z",
  ],
  [
    "lists in lists",
    "<ul><li>a<ol><li>b</li><li>c</li></ol></li><li>d</li></ul>",
    "- a\n  1. b\n  2. c\n- d",
  ],
  [
    "code",
    "<p>use <code>a &lt; b</code></p><pre><code>if (a)\n  b();\n</code></pre>",
    "use `a < b`\n\n```\nif (a)\n  b();\n```",
  ],
  [
    "tables",
    "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td><p>2</p></td></tr></table>",
    "| a | b |\n| 1 | 2 |",
  ],
  ["entities", "&amp;&#65;&#x42;&nbsp;&unknown;&#0;", "&AB &unknown;"],
  [
    "what is never shown",
    "a<script>if (a < b) {}</script><style>x</style><!-- <p>no</p> --><svg><text>no</text></svg>b",
    "ab",
  ],
  ["a title", "<head><title>The &amp; title</title></head><body><p>x", "# The & title\n\nx"],
  ["pictures by their words", '<img src="x" alt="a cat">', "[picture: a cat]"],
  ["quoted brackets", '<a title="a > b" href="x">y</a>', "[y](https://example.org/a/x)"],
  ["signs that begin no tag", "1 < 2 and a <3", "1 < 2 and a <3"],
  ["an unfinished tag", "a <b", "a"],
])("shows %s", async (_what, html, markdown) => {
  expect(await htmlToMarkdown(html, base)).toBe(markdown);
});

test.each(["<!", "<title", "<a href=", "<script", "<", "<p>", "<ul><li>", "&#", "<a b='", " ", "<head>"])(
  "two megabytes of %j are read in time",
  async (piece) => {
    const startedAt = performance.now();
    await htmlToMarkdown(piece.repeat(2_000_000 / piece.length), base);
    await htmlToMarkdown(`<pre>${piece.repeat(500_000 / piece.length)}`, base);
    expect(performance.now() - startedAt).toBeLessThan(8_000);
  },
);

test("INJ-04: a page that grows by its own address becomes at most four million characters", async () => {
  const deep = new URL(`https://example.org/${"p".repeat(400)}/`);
  const markdown = await htmlToMarkdown("<a href=x>y</a>".repeat(30_000), deep);
  expect(markdown.length).toBeGreaterThan(3_990_000);
  expect(markdown.length).toBeLessThan(4_010_000);
});

test("INJ-04: a link that is longer than 500 characters is shown by its words alone", async () => {
  const deep = new URL(`https://example.org/${"p".repeat(3_900)}/`);
  expect(await htmlToMarkdown("<a href=x>words</a>", deep)).toBe("words");
  expect(await htmlToMarkdown("<a href=/x>words</a>", deep)).toBe("[words](https://example.org/x)");
});

test("RES-01: while a large page is read other work goes on", async () => {
  let turns = 0;
  const other = () => {
    turns += 1;
    waiting = setImmediate(other);
  };
  let waiting = setImmediate(other);
  await htmlToMarkdown("<p>x".repeat(100_000), base);
  clearImmediate(waiting);
  expect(turns).toBeGreaterThanOrEqual(6);
});
