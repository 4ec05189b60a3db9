/** The page's two live regions: polite for what came to an end or is asked, assertive for a decision that failed. */
import { h } from "./dom.ts";

const polite = h("div", { class: "visually-hidden", role: "status", "aria-live": "polite" });
const assertive = h("div", { class: "visually-hidden", role: "alert", "aria-live": "assertive" });

/** Both regions, to be put in the page before anything is said. */
export function liveRegions(): readonly HTMLElement[] {
  return [polite, assertive];
}

/** Says a sentence once, when the reader pauses. */
export function announce(sentence: string): void {
  say(polite, sentence);
}

/** Says a sentence at once. */
export function announceNow(sentence: string): void {
  say(assertive, sentence);
}

function say(region: HTMLElement, sentence: string): void {
  // The same sentence twice must be a change, or readers keep silent.
  region.textContent = region.textContent === sentence ? `${sentence}\u00a0` : sentence;
}
