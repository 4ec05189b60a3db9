/** A unified diff as rows: one number column, a sign, the wrapped line. One tab stop; ↑ and ↓ move by line. */
import { h } from "../../lib/dom.ts";
import type { ChangedLine } from "../../lib/markdown/words-diff.ts";
import { onCleanup } from "../../lib/signal.ts";
import { review as words } from "../../text/en-review.ts";
import { visibleText } from "../permission/visible-text.ts";
import { changedLines, type DiffPiece, decorate, plainPieces } from "./diff-lines.ts";

interface DiffHunkView {
  readonly heading: string;
  readonly lines: readonly (ChangedLine & { readonly noNewline?: boolean | undefined })[];
}

/** A region of a file as a tool tells it. */
export interface DiffRegion {
  readonly path: string;
  readonly oldText: string | null;
  readonly newText: string;
  readonly oldLine: number;
  readonly newLine: number;
}

const signs: Readonly<Record<ChangedLine["type"], string>> = { added: "+", removed: "\u2212", context: "" };
const lineWords: Readonly<Record<ChangedLine["type"], string>> = {
  added: words.added,
  removed: words.removed,
  context: words.unchanged,
};

/** Draws hunks at once; colours and word marks come when their chunks are there. */
export function DiffView(diff: {
  readonly path: string;
  readonly hunks: readonly DiffHunkView[];
}): HTMLElement {
  const root = h("div", {
    class: "diff",
    role: "group",
    "aria-label": words.diffOf(diff.path),
    onkeydown: moveByLine,
  });
  for (const [index, hunk] of diff.hunks.entries()) {
    if (index > 0 || hunk.heading !== "")
      root.append(h("div", { class: "diff-heading" }, hunk.heading || "⋯"));
    root.append(...HunkLines(hunk, diff.path));
  }
  root.querySelector(".diff-line")?.setAttribute("tabindex", "0");
  return root;
}

/** Draws the regions that an edit touches. `onDrawn` is called once they are there. */
export function RegionDiff(
  regions: readonly DiffRegion[],
  onDrawn: () => void = () => undefined,
): HTMLElement {
  const root = h("div", { class: "diff-regions" });
  let isWanted = true;
  onCleanup(() => {
    isWanted = false;
  });
  const drawn = regions.map(async (region) => ({
    path: region.path,
    hunks: [{ heading: "", lines: await changedLines(region.oldText ?? "", region.newText, region) }],
  }));
  void Promise.all(drawn).then((diffs) => {
    if (!isWanted) return;
    root.append(...diffs.map((diff) => DiffView(diff)));
    onDrawn();
  });
  return root;
}

function HunkLines(hunk: DiffHunkView, path: string): readonly HTMLElement[] {
  const rows = hunk.lines.map((line) => DiffRow(line, plainPieces(line.text)));
  void decorate(hunk.lines, path).then((decorated) => {
    for (const [index, row] of rows.entries()) {
      row.querySelector(".diff-text")?.replaceChildren(...pieceNodes(decorated[index] ?? []));
    }
  });
  return rows;
}

function DiffRow(line: DiffHunkView["lines"][number], pieces: readonly DiffPiece[]): HTMLElement {
  const number = line.type === "removed" ? line.oldLine : line.newLine;
  const spoken = [lineWords[line.type], String(number ?? ""), line.text.trim()]
    .filter((part) => part !== "")
    .join(", ");
  return h(
    "div",
    { class: "diff-line", "data-type": line.type, tabindex: -1, role: "note", "aria-label": spoken },
    h("span", { class: "diff-number" }, number === undefined ? "" : String(number)),
    h("span", { class: "diff-sign" }, signs[line.type]),
    h("span", { class: "diff-text" }, pieceNodes(pieces)),
    line.noNewline === true ? h("span", { class: "diff-ending" }, words.noNewline) : null,
  );
}

function pieceNodes(pieces: readonly DiffPiece[]): readonly Node[] {
  return pieces.flatMap((piece) => {
    const nodes = visibleText(piece.text, "prose");
    if (piece.role === null && !piece.changed) return nodes;
    const names = [piece.role === null ? "" : `syntax-${piece.role}`, piece.changed ? "word-changed" : ""];
    return [h("span", { class: names.filter((name) => name !== "").join(" ") }, nodes)];
  });
}

/** The current line alone takes part in tabbing. */
function moveByLine(event: KeyboardEvent): void {
  const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  const { currentTarget, target } = event;
  if (step === 0 || !(currentTarget instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  const rows = [...currentTarget.querySelectorAll<HTMLElement>(".diff-line")];
  const next = rows[rows.indexOf(target) + step];
  if (next === undefined) return;
  event.preventDefault();
  target.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
