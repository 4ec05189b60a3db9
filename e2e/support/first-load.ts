/** What a first load fetches, and which of it the first tap waits for. */
import type { Page } from "playwright-core";

export interface Fetched {
  readonly path: string;
  readonly sentAtMs: number;
  /** As it came over the wire: compressed, with its headers. Null: it is on its way. */
  bytes: number | null;
}

/** Gathers what is asked for from now on; what the cache answers costs nothing, and is not among it. */
export async function gatherFetched(page: Page): Promise<() => readonly Fetched[]> {
  const network = await page.context().newCDPSession(page);
  await network.send("Network.enable");
  await network.send("Network.clearBrowserCache");
  const fetched = new Map<string, Fetched>();
  network.on("Network.requestWillBeSent", ({ requestId, request, wallTime }) => {
    const path = new URL(request.url).pathname;
    // The stream never ends.
    if (path !== "/api/events") fetched.set(requestId, { path, sentAtMs: wallTime * 1000, bytes: null });
  });
  network.on("Network.requestServedFromCache", ({ requestId }) => fetched.delete(requestId));
  network.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const one = fetched.get(requestId);
    if (one !== undefined) one.bytes = encodedDataLength;
  });
  return () => [...fetched.values()];
}

/** Taps, and tells when that was drawn: what is sent later, the tap did not wait for. */
export async function tapNewSession(page: Page): Promise<number> {
  const button = page.getByRole("button", { name: "New session" }).first();
  // Types of the browser are none here, and the bench takes this file: everything comes from the element.
  return await button.evaluate(
    (element) =>
      new Promise<number>((resolve) => {
        const { defaultView } = element.ownerDocument;
        if (defaultView === null) return;
        defaultView.requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
        element.dispatchEvent(new defaultView.MouseEvent("click", { bubbles: true, cancelable: true }));
      }),
  );
}
