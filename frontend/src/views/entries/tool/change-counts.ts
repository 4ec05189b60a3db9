/** `+43 −6`: lines added and removed; nothing where no line changed. */
import { type Child, h } from "../../../lib/dom.ts";
import { formatAdded, formatRemoved } from "../../../lib/format.ts";

/** Two spans with a space between them; a file that is not text, or was only moved, has none. */
export function ChangeCounts(change: {
  readonly added: number;
  readonly removed: number;
  readonly binary?: boolean;
}): Child {
  if (change.binary === true || change.added + change.removed === 0) return null;
  return [
    h("span", { class: "added-count" }, formatAdded(change.added)),
    " ",
    h("span", { class: "removed-count" }, formatRemoved(change.removed)),
  ];
}
