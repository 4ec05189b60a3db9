/** The sheet to choose how much a session asks. */
import type { SessionMode } from "../api/types.ts";
import { h } from "../lib/dom.ts";
import { openSheet } from "../lib/sheet.ts";
import { device } from "../state/device.ts";
import { text } from "../text/en.ts";
import { OptionRow } from "./option-row.ts";

const modes: readonly SessionMode[] = ["plan", "ask", "edit", "auto"];

/** Opens the sheet; `onChoose` is called with another mode than `current` only. */
export function openModeSheet(options: {
  current: SessionMode;
  onChoose: (mode: SessionMode) => void;
}): void {
  openSheet({
    title: text.mode.title,
    content: (close) =>
      h(
        "ul",
        { class: "option-list" },
        modes.map((mode) =>
          OptionRow({
            name: text.mode.names[mode],
            line: text.mode.lines[mode],
            isCurrent: mode === options.current,
            refusal: mayChoose(mode) ? null : text.mode.notAllowed,
            choose: () => {
              close();
              if (mode !== options.current) options.onChoose(mode);
            },
          }),
        ),
      ),
  });
}

/** Letting the agent act alone needs every right. */
function mayChoose(mode: SessionMode): boolean {
  const rights = device.peek()?.rights ?? "full";
  return rights === "full" || (rights === "approve" && (mode === "plan" || mode === "ask"));
}
