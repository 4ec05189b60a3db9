import * as fc from "fast-check";
import { expect, test } from "vitest";
import { OutputWindow, ProgressLines, TerminalText } from "../../../src/workspace/processes/output-window.ts";

test("keeps a quarter from the head and the rest from the tail, and says how much is left out", () => {
  const window = new OutputWindow(8);
  window.push("abcdefghij");
  window.push("klm");
  expect(window.text()).toBe("ab\n\n[… 5 characters left out …]\n\nhijklm");
  expect(window.omitted).toBe(5);
});

test("keeps everything that fits, however it is cut up", async () => {
  const property = fc.property(fc.array(fc.string({ maxLength: 20 }), { maxLength: 20 }), (pieces) => {
    const window = new OutputWindow(400);
    for (const piece of pieces) window.push(piece);
    expect(window.text()).toBe(pieces.join(""));
  });
  await fc.assert(property);
});

test("leaves no half of a character at the seams", () => {
  const window = new OutputWindow(8);
  window.push(`a${"😀".repeat(20)}`);
  expect(window.text()).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/);
});

function plain(...pieces: string[]): string {
  const terminal = new TerminalText();
  return pieces.map((piece) => terminal.plain(piece)).join("") + terminal.rest();
}

const coloured =
  "a\u001b[31mred\u001b[0m b\u001b]0;title\u0007c\u001b(Bd\u001b[2K\u001b7e\r\nf\u0000\u0007g\u009b1mh";

test("removes escape sequences and control characters", () => {
  expect(plain(coloured)).toBe("ared bcde\nfgh");
});

test("removes them wherever the pieces are cut", () => {
  for (let cut = 0; cut <= coloured.length; cut += 1)
    expect(plain(coloured.slice(0, cut), coloured.slice(cut))).toBe("ared bcde\nfgh");
  expect(plain(...coloured)).toBe("ared bcde\nfgh");
});

test("gives up on an escape sequence that never ends", () => {
  expect(plain(`\u001b]0;${"x".repeat(10_000)}`, "\nafter")).toBe("\nafter");
});

function collapsed(...pieces: string[]): string {
  const passed: string[] = [];
  const terminal = new TerminalText();
  const lines = new ProgressLines((text) => passed.push(text));
  for (const piece of pieces) lines.push(terminal.plain(piece));
  lines.push(terminal.rest());
  lines.end();
  return passed.join("");
}

test("collapses progress that rewrites its line", () => {
  expect(collapsed("start\n10%\r50%\r100%\ndone\r\n")).toBe("start\n100%\ndone\n");
  expect(collapsed(..."a\r\nb 1\rb 2\r\nc\r")).toBe("a\nb 2\nc");
});

test("passes on an endless line", () => {
  expect(collapsed("x".repeat(50_000), "y")).toBe(`${"x".repeat(50_000)}y`);
});
