/** Whether the machine has another version of this page than the one that is open. Reloading is the person's to do. */

import { type ReadonlySignal, signal } from "../lib/signal.ts";
import { comparePageVersion } from "./page-version.ts";

const updated = signal(false);

/** True: what is open here is an older page than the machine's. */
export const isPageUpdated: ReadonlySignal<boolean> = updated;

/** Asks the machine once; when it does not answer, what was known holds. */
export async function checkPageVersion(): Promise<void> {
  const version = await comparePageVersion();
  if (version !== "gone") updated.value = version === "updated";
}

/** Asks whenever the page is shown again. Call it once; `connection.ts` asks when the machine comes back. */
export function followPageVersion(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void checkPageVersion();
  });
}
