/** Settings of this device: how the page looks and behaves here, and what is stored in this browser. */
import { h } from "../../lib/dom.ts";
import { signal } from "../../lib/signal.ts";
import { countKept } from "../../state/kept-sessions.ts";
import { draftKeys } from "../../state/outbox/drafts.ts";
import { choose, clearStored, countStored, settings } from "../../state/settings.ts";
import { text } from "../../text/en.ts";
import { showBar } from "../frame/bars.ts";
import { Choice } from "../settings/choice.ts";

const words = text.settings;

export function DeviceSection(): HTMLElement {
  const { theme, textSize, density, leftHand, haptics, letterKeys } = settings;
  return h(
    "div",
    { class: "settings-section" },
    Choice({
      label: words.theme,
      values: theme.values,
      nameOf: (value) => words.themes[value],
      current: () => theme.signal.value,
      choose: (value) => choose(theme, value),
    }),
    Choice({
      label: words.textSize,
      values: textSize.values,
      nameOf: (value) => words.textSizes[value],
      current: () => textSize.signal.value,
      choose: (value) => choose(textSize, value),
    }),
    Choice({
      label: words.density,
      values: density.values,
      nameOf: (value) => words.densities[value],
      current: () => density.signal.value,
      choose: (value) => choose(density, value),
    }),
    Choice({
      label: words.leftHand,
      values: leftHand.values,
      nameOf: (value) => words.switches[value],
      current: () => leftHand.signal.value,
      choose: (value) => choose(leftHand, value),
    }),
    "vibrate" in navigator
      ? Choice({
          label: words.haptics,
          values: haptics.values,
          nameOf: (value) => words.switches[value],
          current: () => haptics.signal.value,
          choose: (value) => choose(haptics, value),
        })
      : null,
    Choice({
      label: words.letterKeys,
      values: letterKeys.values,
      nameOf: (value) => words.switches[value],
      current: () => letterKeys.signal.value,
      choose: (value) => choose(letterKeys, value),
    }),
    Stored(),
  );
}

function Stored(): HTMLElement {
  const countTexts = () => ({ settings: countStored(), drafts: draftKeys().length });
  const counts = signal({ ...countTexts(), sessions: 0 });
  void countKept().then((sessions) => {
    counts.value = { ...counts.peek(), sessions };
  });
  const clear = () => {
    clearStored();
    counts.value = { ...countTexts(), sessions: 0 };
    showBar({ sentence: words.cleared });
  };
  return h(
    "section",
    { class: "settings-stored" },
    h("h2", { class: "section-title" }, words.stored),
    h("p", null, () => words.storedCount(counts.value)),
    h("p", { class: "muted" }, words.clearHint),
    h("button", { type: "button", class: "button", onclick: clear }, words.clear),
  );
}
