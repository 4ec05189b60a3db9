/** The sheet with all files of a review. */
import type { FileDiff } from "../../api/types.ts";
import { h } from "../../lib/dom.ts";
import { formatAdded, formatRemoved } from "../../lib/format.ts";
import { icon } from "../../lib/icons.ts";
import { openSheet } from "../../lib/sheet.ts";
import { fileStatus, review as words } from "../../text/en-review.ts";
import { ToolObject } from "../entries/tool-entry.ts";

/** Opens the list; a tap shows the file. */
export function openJumpList(options: {
  readonly diffs: readonly FileDiff[];
  readonly index: number;
  readonly show: (index: number) => void;
}): void {
  openSheet({
    title: words.jump,
    content: (close) =>
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
              h(
                "span",
                { class: "tool-result numbers" },
                diff.file.binary
                  ? ""
                  : [
                      h("span", { class: "added-count" }, formatAdded(diff.file.added)),
                      " ",
                      h("span", { class: "removed-count" }, formatRemoved(diff.file.removed)),
                    ],
              ),
              index === options.index ? icon("check") : null,
            ),
          ),
        ),
      ),
  });
}
