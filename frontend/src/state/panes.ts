/** How the panes of the desk stand: whether the sessions are hidden, and how wide the work pane is. Remembered here. */

import { readStored, writeStored } from "../lib/browser/storage.ts";
import { type ReadonlySignal, signal } from "../lib/signal.ts";

const hidden = signal(readStored("paneHidden") === "yes");
const width = signal<number | null>(Number(readStored("workWidth")) || null);

export const minimumWorkWidth = 360;

/** The sessions pane was put away with `[`. */
export const isPaneHidden: ReadonlySignal<boolean> = hidden;
/** Of the work pane in px; null: as wide as it comes. */
export const workWidth: ReadonlySignal<number | null> = width;

export function toggleSessionsPane(): void {
  hidden.value = !hidden.value;
  writeStored("paneHidden", hidden.value ? "yes" : null);
}

/** Sets the work pane's width, between 360 px and half of `windowWidth`. */
export function setWorkWidth(wanted: number, windowWidth: number): void {
  width.value = Math.round(Math.max(minimumWorkWidth, Math.min(wanted, windowWidth / 2)));
  writeStored("workWidth", String(width.value));
}
