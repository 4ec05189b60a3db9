/** Pages of a session's log. */
import { api, ask } from "../../api/client.ts";
import { isPage } from "../../api/stream-messages.ts";
import type { Outcome, SessionEvent } from "../../api/types.ts";

export interface EventPage {
  readonly events: readonly SessionEvent[];
  readonly hasMore: boolean;
}

interface EventRange {
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

/** Positions are exclusive. With `before` the newest events before it are meant, else the oldest. */
export async function fetchEvents(id: string, query: EventRange): Promise<Outcome<EventPage>> {
  const asked = api.GET("/api/sessions/{id}/events", {
    params: { path: { id }, query },
    headers: { accept: "application/json" },
  });
  const outcome = await ask<unknown>(asked);
  if (!outcome.ok) return outcome;
  // The same address also answers as a stream.
  return isPage(outcome.data) ? { ok: true, data: outcome.data } : { ok: false, failure: "unreachable" };
}
