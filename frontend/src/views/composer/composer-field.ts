/** The field that a person writes in: as high as its lines, up to a limit. */
import { h } from "../../lib/dom.ts";
import { effect, onCleanup, type Signal } from "../../lib/signal.ts";
import { hasFinePointer } from "../../lib/viewport.ts";
import { composer as words } from "../../text/en-session.ts";

const maximumLines = 6;
const maximumLinesDesk = 10;
/** Then the style sheet alone makes it grow, without measuring the page at every letter. */
const growsByItself = CSS.supports("field-sizing", "content");

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
    if (!growsByItself) grow(field);
    return undefined;
  });
  if (!growsByItself) followSize(field);
  return field;
}

/** Only in the page does it know how wide it is; it changes with the window, the text size and a rotation. */
function followSize(field: HTMLTextAreaElement): void {
  const sizes = new ResizeObserver(() => grow(field));
  const frame = requestAnimationFrame(() => {
    if (field.parentElement !== null) sizes.observe(field.parentElement);
  });
  onCleanup(() => {
    cancelAnimationFrame(frame);
    sizes.disconnect();
  });
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
