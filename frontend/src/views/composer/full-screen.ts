/** The composer over the whole session: one step in the history, so that Back closes it and nothing else. */
import { type Child, h } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { openLayer } from "../../state/navigation.ts";
import { composer as words } from "../../text/en-composer.ts";

interface FullScreen {
  readonly isOpen: ReadonlySignal<boolean>;
  open(): void;
  /** The same as Back; nothing when it is not open. */
  close(): void;
}

/** Closed at first. */
export function fullScreen(): FullScreen {
  const isOpen = signal(false);
  let leave = (): void => undefined;
  return {
    isOpen,
    open() {
      if (isOpen.peek()) return;
      isOpen.value = true;
      leave = openLayer(() => {
        isOpen.value = false;
      });
    },
    close() {
      if (isOpen.peek()) leave();
    },
  };
}

/** The corner icon: there once the text is tall, and for as long as the whole screen is the field's. */
export function FullScreenButton(options: {
  readonly full: FullScreen;
  readonly isTall: ReadonlySignal<boolean>;
  readonly field: HTMLElement;
}): Child {
  const { full, isTall, field } = options;
  const label = () => (full.isOpen.value ? words.smaller : words.fullScreen);
  const press = () => {
    if (full.isOpen.peek()) full.close();
    else full.open();
    // The cursor is where it was.
    field.focus({ preventScroll: true });
  };
  return (): Child =>
    isTall.value || full.isOpen.value
      ? h(
          "button",
          {
            type: "button",
            class: "icon-button composer-corner",
            "aria-label": label,
            title: label,
            // The tap must not close the keyboard before it counts.
            onpointerdown: (event) => event.preventDefault(),
            onclick: press,
          },
          () => icon(full.isOpen.value ? "shrink" : "expand"),
        )
      : null;
}
