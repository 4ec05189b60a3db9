/** When `/` and `@` open their lists, what a choice writes, and what counts as a command. */
import { expect, test } from "vitest";
import { commandName, triggerAt, withChoice } from "../../src/views/pickers/trigger.ts";

test.each([
  ["/", 1, { letter: "/", letters: "", start: 0 }],
  ["/rev", 4, { letter: "/", letters: "rev", start: 0 }],
  ["/review src", 11, null],
  ["say /rev", 8, null],
  ["/etc/hosts", 10, null],
  ["@", 1, { letter: "@", letters: "", start: 0 }],
  ["look at @src/au and", 15, { letter: "@", letters: "src/au", start: 8 }],
  ["me@example.com", 14, null],
  ["two\n@a", 6, { letter: "@", letters: "a", start: 4 }],
  ["@a b", 4, null],
])("‘%s’ with the cursor at %i", (text, cursor, trigger) => {
  expect(triggerAt(text, cursor)).toEqual(trigger);
});

test.each([
  ["/new", "new"],
  ["/review the parser", "review"],
  ["  /help  ", "help"],
  ["/etc/hosts is wrong", null],
  ["/ is the root", null],
  ["what does /new do", null],
  ["/release-notes\nfor 2.0", "release-notes"],
])("the command of ‘%s’ is %s", (text, name) => {
  expect(commandName(text)).toBe(name);
});

test("a choice takes the place of what was written, with a space behind it", () => {
  expect(withChoice("look @au now", { letter: "@", letters: "au", start: 5 }, "src/auth.ts")).toEqual({
    text: "look @src/auth.ts now",
    cursor: 18,
  });
  expect(withChoice("/re", { letter: "/", letters: "re", start: 0 }, "review")).toEqual({
    text: "/review ",
    cursor: 8,
  });
});
