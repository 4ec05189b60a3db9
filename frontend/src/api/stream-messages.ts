/** Tells what the stream and its pages bring. The tag of a message names its shape, which comes from the same build as
 * this page: what is asked here is only whether it is one at all. */
import type { SessionEvent, SessionSummary } from "./types.ts";

export function isSnapshot(data: unknown): data is { readonly sessions: readonly SessionSummary[] } {
  return hasKey(data, "sessions") && Array.isArray(data.sessions);
}

export function isSummary(data: unknown): data is SessionSummary {
  return hasKey(data, "id") && hasKey(data, "lastSeq");
}

export function isUpdate(data: unknown): data is SessionEvent & { readonly sessionId: string } {
  return hasKey(data, "sessionId") && hasKey(data, "seq") && hasKey(data, "update");
}

export function isOfSession(data: unknown): data is { readonly sessionId: string } {
  return hasKey(data, "sessionId") && typeof data.sessionId === "string";
}

export function isPage(
  data: unknown,
): data is { readonly events: readonly SessionEvent[]; readonly hasMore: boolean } {
  return hasKey(data, "events") && Array.isArray(data.events) && hasKey(data, "hasMore");
}

function hasKey<K extends string>(data: unknown, key: K): data is Readonly<Record<K, unknown>> {
  return typeof data === "object" && data !== null && key in data;
}
