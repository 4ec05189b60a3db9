// @vitest-environment happy-dom
/** Searching in a sheet in vain. */
import { expect, test } from "vitest";
import { append, h } from "../../src/lib/dom.ts";
import { owned, signal, untracked } from "../../src/lib/signal.ts";
import { NoMatch, SheetSearch } from "../../src/views/sheet-search.ts";

test("what matches nothing is named, and Clear empties the field and goes back to it", () => {
  const words = signal("renwe");
  const sheet = owned(() => {
    const dialog = h("dialog", null, SheetSearch("Search", words));
    append(dialog, () => (words.value === "" ? null : untracked(() => NoMatch(words))));
    return dialog;
  }).value;
  document.body.append(sheet);
  const field = sheet.querySelector("input");
  expect([sheet.querySelector("p")?.textContent, field?.value]).toEqual([
    "Nothing matches ‘renwe’.",
    "renwe",
  ]);
  sheet.querySelector("button")?.click();
  expect([words.peek(), field?.value, document.activeElement === field, sheet.querySelector("p")]).toEqual([
    "",
    "",
    true,
    null,
  ]);
});
