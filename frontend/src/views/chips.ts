/** Chips: what is set, in a few words; a tap opens the sheet that changes it. */
import type { Effort, SessionMode } from "../api/types.ts";
import { minutes } from "../lib/clock.ts";
import { h } from "../lib/dom.ts";
import { type IconName, icon } from "../lib/icons.ts";
import { modelName, models } from "../state/models.ts";
import { formatLeft } from "../state/session/auto-mode.ts";
import { text } from "../text/en.ts";
import { effort as effortWords } from "../text/en-effort.ts";

export interface ChipOptions {
  /** What it is, for a screen reader: "Mode". */
  readonly label: string;
  readonly value: () => string;
  readonly icon?: IconName;
  readonly isCaution?: () => boolean;
  /** `chip` is where a sheet stands beside. */
  readonly open: (chip: HTMLElement) => void;
}

/** One chip, 36 px to see and 44 to touch. It never takes the keyboard away from the field beside it. */
export function Chip(options: ChipOptions): HTMLElement {
  const chip = h(
    "button",
    {
      type: "button",
      class: () => (options.isCaution?.() ? "chip chip-caution" : "chip"),
      "aria-label": () => `${options.label}: ${options.value()}`,
      "aria-haspopup": "dialog",
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => options.open(chip),
    },
    options.icon && icon(options.icon),
    h("span", { class: "one-line" }, options.value),
  );
  return chip;
}

/** The mode's chip; *Auto* is amber, and says what is left of it. */
export function ModeChip(
  mode: () => SessionMode,
  open: ChipOptions["open"],
  endsAt: () => string | null,
): HTMLElement {
  const value = () => {
    const end = mode() === "auto" ? endsAt() : null;
    const name = text.mode.names[mode()];
    // The tick may be some seconds old when the end is new.
    const now = Math.max(minutes.value, Date.now());
    return end === null ? name : `${name} · ${formatLeft(Date.parse(end) - now)}`;
  };
  return Chip({
    label: text.newSession.mode,
    value,
    isCaution: () => mode() === "auto",
    open,
  });
}

/** The model's chip: the model's name alone, and how hard it thinks where that was chosen. */
export function ModelChip(
  model: () => string | null,
  open: ChipOptions["open"],
  effort: () => Effort | null = () => null,
): HTMLElement {
  // Without an answer from the machine nobody knows that there is none.
  const name = () =>
    modelName(model()) ?? (models.value === null ? text.newSession.defaultModel : text.newSession.noModel);
  const value = () => {
    const chosen = effort();
    return chosen === null ? name() : `${name()} · ${effortWords.names[chosen]}`;
  };
  return Chip({ label: text.newSession.model, value, open });
}
