/** What the style sheets must not ask of a page that changes with every token. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const folder = new URL("../../../frontend/src/styles/", import.meta.url);
const sheets = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".css"),
);
/** What holds the transcript: each new word would be looked at by a `:has()` of theirs, and style all that is in them. */
const holders =
  /(?:(?<![\w.-])(?:html|body)|:root|#app|\.(?:app-frame|panes|main-pane|session|session-body|transcript|transcript-scroll))(?![\w-])/;

/** Selectors whose `:has()` hangs on one of the holders. */
function costlySelectors(css: string): readonly string[] {
  const compounds = css.match(/[^\s{},;>+~]*:has\(/g) ?? [];
  return compounds.filter((compound) => holders.test(compound));
}

test.each(sheets)("%s asks nothing that holds the transcript what is in it", (name) => {
  expect(costlySelectors(readFileSync(new URL(name, folder), "utf8"))).toEqual([]);
});

test.each([
  [".panes:has([data-connection]) .mark {}", [".panes:has("]],
  ['.panes[data-nav="shown"]:has(.work-pane) {}', ['.panes[data-nav="shown"]:has(']],
  [".transcript > .entry, .session:has(dialog) p {}", [".session:has("]],
  [".session-foot:has(.docks) {}", []],
  ["body:has(.panes) {}", ["body:has("]],
  [".permission-body:not(:has(.more)) {}", []],
  [".grant-chips:not(:has(.chip)) {}", []],
] as const)("of %s it finds %j", (css, found) => {
  expect(costlySelectors(css)).toEqual(found);
});
