/** The field that a person writes in: as high as its lines, up to a limit. */
import { h } from "../../lib/dom.ts";
import { effect, type Signal } from "../../lib/signal.ts";
import { hasFinePointer } from "../../lib/viewport.ts";
import { composer as words } from "../../text/en-session.ts";

const maximumLines = 6;
const maximumLinesDesk = 10;

/** Shows `text`; what is typed is for the caller to put there. */
export function ComposerField(options: {
  readonly text: Signal<string>;
  readonly placeholder: () => string;
}): HTMLTextAreaElement {
  const field = h("textarea", {
    class: "composer-text",
    rows: 1,
    dir: "auto",
    "aria-label": words.label,
    placeholder: options.placeholder,
    enterkeyhint: () => (hasFinePointer.value ? "send" : "enter"),
    autocapitalize: "sentences",
  });
  effect(() => {
    if (field.value !== options.text.value) field.value = options.text.value;
    grow(field);
    return undefined;
  });
  // Only in the page does it know how wide it is.
  requestAnimationFrame(() => grow(field));
  return field;
}

/** As high as its lines, up to six on a phone and ten on a desk; then it scrolls. */
function grow(field: HTMLTextAreaElement): void {
  const style = getComputedStyle(field);
  const lineHeight = Number.parseFloat(style.lineHeight) || 24;
  const padding = Number.parseFloat(style.paddingTop) + Number.parseFloat(style.paddingBottom) || 0;
  const lines = hasFinePointer.peek() ? maximumLinesDesk : maximumLines;
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${Math.min(field.scrollHeight, lineHeight * lines + padding)}px`);
}
