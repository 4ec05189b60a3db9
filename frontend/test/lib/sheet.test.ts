// @vitest-environment happy-dom
/** Where a popover stands. */
import { afterEach, expect, test, vi } from "vitest";
import { openSheet } from "../../src/lib/sheet.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const windowHeight = 800;

function place(anchorTop: number, panelHeight: number): readonly (string | undefined)[] {
  vi.stubGlobal("innerHeight", windowHeight);
  vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(panelHeight);
  const anchor = document.createElement("button");
  anchor.getBoundingClientRect = () => new DOMRect(20, anchorTop, 40, 40);
  const close = openSheet({ title: "Model", anchor, content: () => "" });
  const dialog = document.querySelector("dialog");
  const placed = [dialog?.dataset.side, dialog?.style.getPropertyValue("--anchor-edge")];
  close();
  return placed;
}

test.each<[string, [number, number], [string, string]]>([
  ["beneath what is high", [100, 300], ["below", "148px"]],
  ["above what is low", [700, 300], ["above", "108px"]],
  ["above what is high enough, where beneath there is no room", [390, 362], ["above", "418px"]],
  ["over what leaves no room on either side, inside the window", [380, 500], ["over", "284px"]],
  ["at the upper edge when it is as high as the window", [380, 900], ["over", "16px"]],
])("stands %s", (_where, [anchorTop, panelHeight], expected) => {
  expect(place(anchorTop, panelHeight)).toEqual(expected);
});
