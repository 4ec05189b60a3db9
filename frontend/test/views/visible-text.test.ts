import { expect, test } from "vitest";
import { ansiRuns } from "../../src/lib/markdown/ansi.ts";
import { textParts } from "../../src/views/permission/visible-text.ts";

const shown = (text: string, strictness: "command" | "prose" = "command") =>
  textParts(text, strictness)
    .map((part) => part.text)
    .join("");

test("leaves ordinary commands as they are", () => {
  const command = "npm test -- --watch 'a b' | grep -v \"x\" && echo $HOME\n\techo done";
  expect(textParts(command)).toEqual([{ text: command, escaped: false }]);
});

test("writes out what cannot be seen", () => {
  const hidden = [
    "\u202e",
    "\u200b",
    "\u2066",
    "\u00a0",
    "\ufeff",
    "\u001b",
    "\u{e0041}",
    "\u00ad",
    "\r",
    "\ufe0f",
  ];
  expect(hidden.map((character) => shown(`a${character}b`))).toEqual([
    "a<U+202E>b",
    "a<U+200B>b",
    "a<U+2066>b",
    "a<U+00A0>b",
    "a<U+FEFF>b",
    "a<U+001B>b",
    "a<U+E0041>b",
    "a<U+00AD>b",
    "a<U+000D>b",
    "a<U+FE0F>b",
  ]);
});

test("writes out letters that look like Latin ones inside a Latin word", () => {
  expect([shown("r\u043c -rf"), shown("привет мир"), shown("curl \uff45xample.com")]).toEqual([
    "r<U+043C> -rf",
    "привет мир",
    "curl <U+FF45>xample.com",
  ]);
});

test("writes out punctuation that stands in for a shell's in commands, not in prose", () => {
  const text = "rm \u2014rf \u2215tmp";
  expect([shown(text), shown(text, "prose")]).toEqual(["rm <U+2014>rf <U+2215>tmp", text]);
});

test("marks what was written out", () => {
  expect(textParts("a\u200bb")).toEqual([
    { text: "a", escaped: false },
    { text: "<U+200B>", escaped: true },
    { text: "b", escaped: false },
  ]);
});

test("turns colours of a terminal into roles, and makes everything else inert", () => {
  const output =
    "\u001b[31mred\u001b[0m plain \u001b]0;title\u0007\u001b[2J\u001b[1;32mok\u001b[m \u001b[38;5;9mx\u001b]8;;http://a\u001b\\link";
  expect(ansiRuns(output)).toEqual([
    { text: "red", role: "danger", bold: false },
    { text: " plain ", role: null, bold: false },
    { text: "ok", role: "ok", bold: true },
    { text: " ", role: null, bold: false },
    { text: "x", role: null, bold: false },
    { text: "link", role: null, bold: false },
  ]);
});

test("shows of a progress line only what was written last", () => {
  expect(
    ansiRuns("10 %\r50 %\r100 %\ndone\r\n")
      .map((run) => run.text)
      .join(""),
  ).toBe("100 %\ndone\n");
});
