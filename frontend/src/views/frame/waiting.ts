/** Says what is waited for, once it takes longer than 400 ms; until then nothing. From 10 s on it says how long. */
import { seconds } from "../../lib/clock.ts";
import { h } from "../../lib/dom.ts";
import { formatElapsed } from "../../lib/format.ts";
import { onCleanup, signal } from "../../lib/signal.ts";
import { text } from "../../text/en.ts";

const patienceMs = 400;
const longMs = 10_000;

/** A muted line that appears late. */
export function Waiting(sentence: string): HTMLElement {
  const isLate = signal(false);
  const isLong = signal(false);
  const startedAt = Date.now();
  const timers = [
    setTimeout(() => {
      isLate.value = true;
    }, patienceMs),
    setTimeout(() => {
      isLong.value = true;
    }, longMs),
  ];
  onCleanup(() => {
    for (const timer of timers) clearTimeout(timer);
  });
  return h("p", { class: "waiting muted numbers" }, () => {
    if (!isLate.value) return null;
    return isLong.value ? text.waited(sentence, formatElapsed(seconds.value - startedAt)) : sentence;
  });
}
