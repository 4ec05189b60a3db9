/** A request whose client has gone before it was answered. */

/** Aborts then, with an `AbortError` as its reason: the HTTP server's own is a mere string, which no error handler is given. */
export function givenUp({ signal }: Request): AbortSignal {
  const controller = new AbortController();
  if (signal.aborted) controller.abort();
  else signal.addEventListener("abort", () => controller.abort(), { once: true });
  return controller.signal;
}
