/** Says what is waited for, once it takes longer than 400 ms; until then nothing. */
import { h } from "../../lib/dom.ts";
import { onCleanup, signal } from "../../lib/signal.ts";

const patienceMs = 400;

/** A muted line that appears late. */
export function Waiting(sentence: string): HTMLElement {
  const isLate = signal(false);
  const timer = setTimeout(() => {
    isLate.value = true;
  }, patienceMs);
  onCleanup(() => clearTimeout(timer));
  return h("p", { class: "waiting muted" }, () => (isLate.value ? sentence : null));
}
