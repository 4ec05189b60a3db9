/** Chips: what is set, in a few words; a tap opens the sheet that changes it. */
import type { SessionMode } from "../api/types.ts";
import { h } from "../lib/dom.ts";
import { type IconName, icon } from "../lib/icons.ts";
import { modelName } from "../state/models.ts";
import { text } from "../text/en.ts";

export interface ChipOptions {
  /** What it is, for a screen reader: "Mode". */
  readonly label: string;
  readonly value: () => string;
  readonly icon?: IconName;
  readonly isCaution?: () => boolean;
  readonly open: () => void;
}

/** One chip, 36 px to see and 44 to touch. It never takes the keyboard away from the field beside it. */
export function Chip(options: ChipOptions): HTMLElement {
  return h(
    "button",
    {
      type: "button",
      class: () => (options.isCaution?.() ? "chip chip-caution" : "chip"),
      "aria-label": () => `${options.label}: ${options.value()}`,
      "aria-haspopup": "dialog",
      onpointerdown: (event) => event.preventDefault(),
      onclick: options.open,
    },
    options.icon && icon(options.icon),
    h("span", { class: "one-line" }, options.value),
  );
}

/** The mode's chip; *Auto* is amber. */
export function ModeChip(mode: () => SessionMode, open: () => void): HTMLElement {
  return Chip({
    label: text.newSession.mode,
    value: () => text.mode.names[mode()],
    isCaution: () => mode() === "auto",
    open,
  });
}

/** The model's chip, with the model's name alone. */
export function ModelChip(model: () => string | null, open: () => void): HTMLElement {
  return Chip({
    label: text.newSession.model,
    value: () => modelName(model()) ?? text.newSession.noModel,
    open,
  });
}
