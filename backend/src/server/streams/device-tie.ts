/** Ties an answer that stays open to the server and to the device that reads it. */
import type { Context } from "hono";
import { pairedDevice } from "../callers/authorisation.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";

/** Calls `close` when the server stops, or when the device is signed out or gets lower rights. Returns how to end that. */
export function tieToDevice(
  context: Context<ServerEnvironment>,
  parts: Pick<ServerParts, "devices" | "stopping">,
  close: () => void,
): () => void {
  // With the right `chat` there may be none.
  const device = pairedDevice(context);
  const forget = parts.devices.onReduced((reducedId) => {
    if (reducedId === device?.id) close();
  });
  parts.stopping.addEventListener("abort", close);
  return () => {
    forget();
    parts.stopping.removeEventListener("abort", close);
  };
}
