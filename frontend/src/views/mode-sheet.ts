/** The sheet to choose how much a session asks. */
import type { SessionMode } from "../api/types.ts";
import { deviceKind } from "../lib/browser/this-device.ts";
import { type Child, h } from "../lib/dom.ts";
import { openSheet } from "../lib/sheet.ts";
import { signal } from "../lib/signal.ts";
import { device } from "../state/access/device.ts";
import type { AutoSpan } from "../state/session/auto-mode.ts";
import { text } from "../text/en.ts";
import { Loaded } from "./frame/loaded.ts";
import { OptionRow } from "./option-row.ts";

const modes: readonly SessionMode[] = ["plan", "ask", "edit", "auto"];

/** Opens the sheet; `onChoose` is called with another mode than `current` only, or with a new end of *Auto*. */
export function openModeSheet(
  options: {
    current: SessionMode;
    /** `span`: how long *Auto* holds; null for the others. */
    onChoose: (mode: SessionMode, span: AutoSpan | null) => void;
  },
  anchor?: HTMLElement,
): void {
  const isAuto = signal(false);
  openSheet({
    title: text.mode.title,
    anchor,
    content: (close) => (): Child => {
      if (isAuto.value)
        return Loaded(async () => {
          const { AutoChoice } = await import("./auto-choice.ts");
          return () =>
            AutoChoice((span) => {
              close();
              options.onChoose("auto", span);
            });
        });
      return h(
        "ul",
        { class: "option-list" },
        modes.map((mode) =>
          OptionRow({
            name: text.mode.names[mode],
            line: text.mode.lines[mode],
            isCurrent: mode === options.current,
            refusal: mayChoose(mode) ? null : text.mode.notAllowed(text.devices[deviceKind()]),
            choose: () => {
              if (mode === "auto") {
                isAuto.value = true;
                return;
              }
              close();
              if (mode !== options.current) options.onChoose(mode, null);
            },
          }),
        ),
      );
    },
  });
}

/** Letting the agent act alone needs every right. */
function mayChoose(mode: SessionMode): boolean {
  const rights = device.peek()?.rights ?? "full";
  return rights === "full" || (rights === "approve" && (mode === "plan" || mode === "ask"));
}
