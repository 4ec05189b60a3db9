/** What this device alone decides: how the page looks and behaves here. Kept in this browser, applied at once. */

import { readStored, storedNames, writeStored } from "../lib/browser/storage.ts";
import { effect, type Signal, signal } from "../lib/signal.ts";
import { wipeKept } from "./kept-sessions.ts";

export type Theme = "system" | "light" | "dark";
type TextSize = "normal" | "large" | "larger";
/** How much of the tool rows a transcript shows. */
export type Density = "folded" | "every_row" | "text_only";
export type Switch = "on" | "off";

interface Setting<T extends string> {
  readonly name: string;
  readonly values: readonly [T, ...T[]];
  readonly signal: Signal<T>;
}

const theme = setting<Theme>("theme", ["system", "light", "dark"]);
const textSize = setting<TextSize>("textSize", ["normal", "large", "larger"]);
const density = setting<Density>("density", ["folded", "every_row", "text_only"]);
const haptics = setting<Switch>("haptics", ["on", "off"]);
/** The hand that holds the phone: rows of buttons are mirrored for the left one. */
const leftHand = setting<Switch>("leftHand", ["off", "on"]);
const letterKeys = setting<Switch>("letterKeys", ["on", "off"]);

/** Every setting of this device, by name: its choices (the first one is where it starts) and its value. */
export const settings = { theme, textSize, density, leftHand, haptics, letterKeys } as const;

/** Sets and keeps a setting. */
export function choose<T extends string>(which: Setting<T>, value: T): void {
  which.signal.value = value;
  writeStored(which.name, value === which.values[0] ? null : value);
}

const rootSizes: Readonly<Record<TextSize, string>> = { normal: "100%", large: "112.5%", larger: "125%" };
/** What a person wrote and has not sent, and the session that it is meant for. */
const unsent = ["draft.", "outbox", "newSession"];

/** Keeps the document's theme, text size and browser colour like the settings. Call it once. */
export function applySettings(): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const paint = () => {
    // The page's own colour, whatever the theme made of it.
    const { backgroundColor } = getComputedStyle(document.body);
    for (const meta of document.querySelectorAll('meta[name="theme-color"]'))
      meta.setAttribute("content", backgroundColor);
  };
  system.addEventListener("change", paint);
  effect(() => {
    const root = document.documentElement;
    if (theme.signal.value === "system") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme.signal.value);
    root.toggleAttribute("data-left-hand", leftHand.signal.value === "on");
    root.style.setProperty("font-size", rootSizes[textSize.signal.value]);
    paint();
  });
}

/** A short buzz where the device can and the person wants it; milliseconds on, off, on. */
export function vibrate(pattern: number | number[]): void {
  if (haptics.signal.peek() === "on") navigator.vibrate?.(pattern);
}

/** What is stored in this browser beside unsent text: how many things. */
export function countStored(): number {
  return storedNames().filter(isSent).length;
}

/** Forgets what is stored here, except unsent text; the sessions that are kept go too. */
export function clearStored(): void {
  void wipeKept("keep on");
  for (const name of storedNames().filter(isSent)) writeStored(name, null);
  for (const each of Object.values(settings)) reset(each);
}

function isSent(name: string): boolean {
  return !unsent.some((kept) => name.startsWith(kept));
}

function reset<T extends string>(which: Setting<T>): void {
  which.signal.value = which.values[0];
}

function setting<T extends string>(name: string, values: readonly [T, ...T[]]): Setting<T> {
  const stored = readStored(name);
  return { name, values, signal: signal<T>(values.find((value) => value === stored) ?? values[0]) };
}
