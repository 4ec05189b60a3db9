/** The edge of the work pane, draggable from 1440 px on; the arrow keys move it too. */

import { viewportWidth } from "../../lib/browser/viewport.ts";
import { h } from "../../lib/dom.ts";
import { effect } from "../../lib/signal.ts";
import { minimumWorkWidth, setWorkWidth, workWidth } from "../../state/panes.ts";
import { text } from "../../text/en.ts";

const standardWidth = 464;
const step = 16;

export function PaneDivider(): HTMLElement {
  effect(() => {
    const width = workWidth.value;
    if (width === null) document.documentElement.style.removeProperty("--work-width");
    else
      document.documentElement.style.setProperty(
        "--work-width",
        `${Math.min(width, viewportWidth.value / 2)}px`,
      );
  });
  const divider = h("div", {
    class: "pane-divider",
    role: "separator",
    tabindex: 0,
    "aria-orientation": "vertical",
    "aria-label": text.sessions.divider,
    "aria-valuemin": minimumWorkWidth,
    "aria-valuemax": () => Math.round(viewportWidth.value / 2),
    "aria-valuenow": () => workWidth.value ?? standardWidth,
    onpointerdown: (event) => divider.setPointerCapture(event.pointerId),
    onpointermove: (event) => {
      if (divider.hasPointerCapture(event.pointerId))
        setWorkWidth(window.innerWidth - event.clientX, window.innerWidth);
    },
    onkeydown: (event) => {
      const by = event.key === "ArrowLeft" ? step : event.key === "ArrowRight" ? -step : 0;
      if (by !== 0) setWorkWidth((workWidth.peek() ?? standardWidth) + by, window.innerWidth);
    },
  });
  return divider;
}
