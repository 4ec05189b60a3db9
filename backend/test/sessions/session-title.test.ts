/** What a session is called after its first prompt. */
import { expect, test } from "vitest";
import { titleOf } from "../../src/sessions/session-title.ts";

const pasted = '<pasted lines="2">\nTypeError: x is undefined\n  at main.ts:3\n</pasted>';

test.each([
  ["words beside a paste", ["Why?", pasted], "Why?"],
  ["a paste alone: what stands in it", [pasted], "TypeError: x is undefined at main.ts:3"],
  ["a file alone: its name", ['<file name="server.log" lines="1">\none\n</file>'], "server.log"],
  ["a paste that holds an end itself", ['<pasted-2 lines="1">\n</pasted> x\n</pasted-2>'], "</pasted> x"],
  ["a long first line: cut between words", ["word ".repeat(20)], `${"word ".repeat(11).trim()}…`],
  ["nothing", [" "], null],
] as const)("%s", (_, texts, title) => {
  expect(titleOf(texts.map((text) => ({ type: "text", text })))).toBe(title);
});
