/** The mark: an attitude indicator's aircraft symbol. Its circle is the lamp: lit when a person is wanted. */
import { svg } from "../lib/dom.ts";

/** The mark at `size` px. `isLit` makes the lamp amber. Decoration: the words beside it say what it means. */
export function Mark(size: number, isLit: () => boolean): SVGSVGElement {
  return svg(
    "svg",
    { class: "mark", viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true" },
    svg("path", { class: "mark-wings", d: "M2 11h5.5l4.5 7 4.5-7H22" }),
    svg("circle", { class: "mark-lamp", cx: 12, cy: 6.5, r: 2, "data-lit": isLit }),
  );
}
