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

test("WEB-10: writes out what cannot be seen", () => {
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

test("WEB-10: no character of the classes Cc, Cf, Zl, Zp, Co and Cn, and no odd space, is left as it is", () => {
  const invisible = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Zs}]/u;
  const left: string[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    // Ten planes in which nothing is assigned: a part of them will do.
    if (code >= 0x40000 && code < 0xe0000 && code % 101 !== 0) continue;
    const character = String.fromCodePoint(code);
    const isVariation = (code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef);
    if (character === " " || character === "\n" || character === "\t") continue;
    if (!isVariation && code !== 0x1d173 && !invisible.test(character)) continue;
    if (shown(`a${character}b`) !== `a<U+${code.toString(16).toUpperCase().padStart(4, "0")}>b`)
      left.push(code.toString(16));
  }
  expect(left).toEqual([]);
});

test("WEB-10: writes out letters that look like Latin ones inside a Latin word", () => {
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

test("WEB-09: turns colours of a terminal into roles, and makes everything else inert", () => {
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
