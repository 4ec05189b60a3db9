/** The sheet with all files of a review, and how they look. */
import type { FileDiff } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { fileStatus, review as words } from "../../text/en-review.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";
import { ToolObject } from "../entries/tool/tool-entry.ts";
import { LookRows } from "./review-look.ts";

/** Opens the list; a tap shows the file. */
export function openJumpList(options: {
  readonly diffs: readonly FileDiff[];
  readonly index: number;
  readonly show: (index: number) => void;
}): void {
  openSheet({
    title: words.jump,
    content: (close) => [
      h(
        "ul",
        { class: "option-list" },
        options.diffs.map((diff, index) =>
          h(
            "li",
            null,
            h(
              "button",
              {
                type: "button",
                class: "option-row jump-row",
                "aria-current": index === options.index ? "true" : null,
                onclick: () => {
                  close();
                  options.show(index);
                },
              },
              h("span", { class: "file-letter", "aria-hidden": "true" }, fileStatus[diff.file.status].letter),
              h("span", { class: "visually-hidden" }, fileStatus[diff.file.status].word),
              ToolObject({ object: diff.file.path, isPath: true }),
              h("span", { class: "tool-result numbers" }, ChangeCounts(diff.file)),
              index === options.index ? icon("check") : null,
            ),
          ),
        ),
      ),
      h("div", { class: "look-rows" }, LookRows()),
    ],
  });
}
