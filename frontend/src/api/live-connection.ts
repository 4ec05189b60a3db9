/** Finding, among all that a browser keeps, a connection to the machine that is alive. */

/** A connection from before a sleep may be dead without a word: then the next one is tried, of all that a browser has. */
const probeEveryMs = 150;
const probesAtMost = 6;
const answerMs = 10_000;

/**
 * Asks for next to nothing until there is an answer, over one connection after the other; the others are given up with
 * what was asked over them, so that what is asked next goes over the one that lives. False: none does.
 */
export async function findConnection(signal: AbortSignal): Promise<boolean> {
  const over = limited(signal);
  const probe = async (_: unknown, index: number): Promise<void> => {
    if (index > 0) await wait(index * probeEveryMs, over.signal);
    await fetch("/api/health", { cache: "no-store", signal: over.signal });
  };
  try {
    await Promise.any(Array.from({ length: probesAtMost }, probe));
    return true;
  } catch {
    // Each of them failed, or it was given up.
    return false;
  } finally {
    over.end();
  }
}

/** A signal that is aborted with the given one, when an answer takes too long, or by `end`. */
function limited(outer: AbortSignal): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  const timer = setTimeout(abort, answerMs);
  outer.addEventListener("abort", abort);
  return {
    signal: controller.signal,
    end() {
      clearTimeout(timer);
      outer.removeEventListener("abort", abort);
      abort();
    },
  };
}

/** The JSON that answers a GET; null: there is none, or a refusal. */
export async function askOnce(address: string, signal: AbortSignal): Promise<unknown> {
  const over = limited(signal);
  const headers = { accept: "application/json" };
  try {
    const response = await fetch(address, { headers, cache: "no-store", signal: over.signal });
    return response.ok ? await response.json() : null;
  } catch {
    // Not reached.
    return null;
  } finally {
    over.end();
  }
}

function wait(waitMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, waitMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
