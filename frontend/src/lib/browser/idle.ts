/** Work that nobody waits for. */

/** Runs `act` once when the page has nothing else to do; browsers without a call for it do it soon. */
export function whenIdle(act: () => void): void {
  if (globalThis.requestIdleCallback === undefined) setTimeout(act);
  else globalThis.requestIdleCallback(() => act());
}
