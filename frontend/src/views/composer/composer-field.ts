/** The field that a person writes in: as high as its lines, up to a limit. */

import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { h } from "../../lib/dom.ts";
import { effect, onCleanup, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { composer as words } from "../../text/en-composer.ts";

interface ComposerFieldParts {
  readonly element: HTMLTextAreaElement;
  /** Its text has so many lines that a whole screen is worth having for it. */
  readonly isTall: ReadonlySignal<boolean>;
}

const tallFrom = 3;
/** No line of any field is as short as this. */
const surelyOneLine = 16;
const maximumLines = 6;
const maximumLinesDesk = 10;
/** Then the style sheet alone makes it grow, without measuring the page at every letter. */
const growsByItself = CSS.supports("field-sizing", "content");

/** Shows `text`; what is typed is for the caller to put there. `isFull`: the style sheet alone says how high it is. */
export function ComposerField(options: {
  readonly text: ReadonlySignal<string>;
  readonly placeholder: () => string;
  readonly isFull: ReadonlySignal<boolean>;
}): ComposerFieldParts {
  const { text, isFull } = options;
  const element = h("textarea", {
    class: "composer-text",
    rows: 1,
    dir: "auto",
    "aria-label": words.label,
    placeholder: options.placeholder,
    enterkeyhint: () => (hasFinePointer.value ? "send" : "enter"),
    autocapitalize: "sentences",
  });
  const resize = () => {
    if (isFull.peek()) element.style.removeProperty("height");
    else grow(element);
  };
  effect(() => {
    if (element.value !== text.value) element.value = text.value;
    const isSized = !growsByItself && isFull.value !== null;
    if (isSized) resize();
    return undefined;
  });
  if (!growsByItself) followSize(element, resize);
  return { element, isTall: followLines(element, text) };
}

/** Whether the text is tall, looked at after a frame was drawn: then nothing has to be laid out for it. */
function followLines(field: HTMLTextAreaElement, text: ReadonlySignal<string>): ReadonlySignal<boolean> {
  const isTall = signal(false);
  let frame = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const measure = () => {
    isTall.value = field.scrollHeight > sizesOf(field).lineHeight * (tallFrom - 0.5);
  };
  const schedule = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = requestAnimationFrame(() => {
      timer = setTimeout(measure);
    });
  };
  effect(() => {
    if (text.value.length < surelyOneLine && !text.value.includes("\n")) isTall.value = false;
    else schedule();
    return undefined;
  });
  const sizes = new ResizeObserver(schedule);
  sizes.observe(field);
  onCleanup(() => {
    sizes.disconnect();
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });
  return isTall;
}

/** Only in the page does it know how wide it is; it changes with the window, the text size and a rotation. */
function followSize(field: HTMLTextAreaElement, resize: () => void): void {
  const sizes = new ResizeObserver(resize);
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
  const { lineHeight, border } = sizesOf(field);
  const lines = hasFinePointer.peek() ? maximumLinesDesk : maximumLines;
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${Math.min(field.scrollHeight, lineHeight * lines) + border}px`);
}

/** It has no padding above and beneath its lines, but a border. */
function sizesOf(field: HTMLTextAreaElement): { readonly lineHeight: number; readonly border: number } {
  const style = getComputedStyle(field);
  return {
    lineHeight: Number.parseFloat(style.lineHeight) || 24,
    border: Number.parseFloat(style.borderTopWidth) + Number.parseFloat(style.borderBottomWidth) || 0,
  };
}
