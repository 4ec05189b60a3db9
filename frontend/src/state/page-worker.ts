/** The worker that opens this page without a network: only where the browser allows one (https, localhost). */

const address = "/service-worker.js";

interface Policies {
  createPolicy(
    name: string,
    rules: { createScriptURL(text: string): string },
  ): {
    createScriptURL(text: string): string;
  };
}

let isRegistered = false;

/** Registers the worker, once; `onUpdate` hears of each newer one. */
export async function registerPageWorker(onUpdate: () => unknown): Promise<void> {
  if (!hasWorkers() || isRegistered) return;
  isRegistered = true;
  try {
    const registration = await navigator.serviceWorker.register(trustedAddress(), { scope: "/" });
    registration.addEventListener("updatefound", () => {
      // The first one is no news.
      if (navigator.serviceWorker.controller !== null) onUpdate();
    });
  } catch {
    // A certificate that is not trusted, or storage that is refused: the page works without it.
  }
}

/** Throws away everything that the worker keeps, and has it fetch the page's own files anew. Resolves once that is done. */
export async function renewPageCache(): Promise<void> {
  if (!hasWorkers() || globalThis.caches === undefined) return;
  const names = await caches.keys().catch(() => []);
  await Promise.all(names.map((name) => caches.delete(name).catch(() => false)));
  const registration = await navigator.serviceWorker.getRegistration("/").catch(() => undefined);
  registration?.active?.postMessage("renew");
}

function hasWorkers(): boolean {
  return globalThis.isSecureContext === true && "serviceWorker" in navigator;
}

/** The only address that this page ever names as a worker's, through the one policy that its headers allow. */
function trustedAddress(): string {
  const rules = { createScriptURL: () => address };
  return policies()?.createPolicy("voxpilot-worker", rules).createScriptURL(address) ?? address;
}

/** Null: this browser knows no trusted types, and takes a plain text. */
function policies(): Policies | null {
  const found: unknown = Reflect.get(globalThis, "trustedTypes");
  return isPolicies(found) ? found : null;
}

function isPolicies(value: unknown): value is Policies {
  return typeof value === "object" && value !== null && "createPolicy" in value;
}
