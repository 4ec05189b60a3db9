/** One file's changes as a page that scrolls. */
import type { FileDiff } from "../../api/types.ts";
import { type Child, h } from "../../lib/dom.ts";
import { signal, untracked } from "../../lib/signal.ts";
import { fileStatus, review as words } from "../../text/en-review.ts";
import { ChangeCounts } from "../entries/tool/change-counts.ts";
import { DiffView } from "./diff-view.ts";

/** More changed lines than this are drawn only when asked for. */
const drawnLines = 2000;

/** The page of a file, whatever there is to show of it. */
export function FilePage(diff: FileDiff): HTMLElement {
  const { file } = diff;
  return h(
    "article",
    // A diff is a tab stop by itself.
    { class: "file-page", tabindex: diff.hunks.length > 0 ? null : 0, "aria-label": words.diffOf(file.path) },
    h(
      "p",
      { class: "file-facts numbers" },
      h("span", { class: "file-status" }, fileStatus[file.status].word),
      ChangeCounts(file),
      file.oldPath === undefined || diff.hunks.length === 0
        ? null
        : h("span", { class: "muted" }, words.renamedFrom(file.oldPath)),
    ),
    FileBody(diff),
    diff.truncated ? h("p", { class: "review-note muted" }, words.truncated) : null,
  );
}

function FileBody(diff: FileDiff): Child {
  const { file } = diff;
  if (file.binary) return h("p", { class: "review-note" }, words.binary(file.path));
  if (diff.hunks.length === 0) {
    return h(
      "p",
      { class: "review-note" },
      file.oldPath === undefined ? words.emptyFile : words.renamed(file.oldPath),
    );
  }
  const count = file.added + file.removed;
  const isDrawn = signal(count <= drawnLines);
  return (): Child =>
    isDrawn.value
      ? untracked(() => DiffView({ path: file.path, hunks: diff.hunks }))
      : h(
          "div",
          { class: "review-note" },
          h("p", null, words.large(count)),
          h(
            "button",
            {
              type: "button",
              class: "button",
              onclick: () => {
                isDrawn.value = true;
              },
            },
            words.draw,
          ),
        );
}
