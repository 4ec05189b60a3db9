/** What a person does to a session as a whole: renaming, pinning, putting away, forking, exporting, deleting. */
import { api, ask } from "../../api/client.ts";
import type { Failure, SessionSummary, SessionUpdate } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { fetchEvents } from "../session/event-pages.ts";
import { applySummary, forgetSession } from "./session-list.ts";

export type ExportFormat = "markdown" | "json";

interface SessionChange {
  readonly title?: string;
  readonly pinned?: boolean;
  readonly archived?: boolean;
}

const pageLimit = 200;
/** A turn that runs may be long; so far back the one before it is looked for. */
const mostPages = 20;

/** Ids of forks that got no answer: trying again finds the same session instead of making a second one. */
const forkIds = new Map<string, string>();

/** Gives a session another title, pins it, puts it away, or takes that back. Null: done; otherwise why not. */
export async function changeSession(id: string, change: SessionChange): Promise<Failure | null> {
  const outcome = await ask(api.PATCH("/api/sessions/{id}", { params: { path: { id } }, body: change }));
  if (!outcome.ok) return outcome.failure;
  applySummary(outcome.data);
  return null;
}

/** Deletes a session for good, with whatever runs in it. Null: it is gone; otherwise why not. */
export async function deleteSession(id: string): Promise<Failure | null> {
  const outcome = await ask(api.DELETE("/api/sessions/{id}", { params: { path: { id } } }));
  const isGone = outcome.ok || (outcome.failure !== "unreachable" && outcome.failure.status === 404);
  if (!isGone) return outcome.ok ? null : outcome.failure;
  forgetSession(id);
  return null;
}

/** Copies a session through the end of a turn. The answer is the new session, or why there is none. */
export async function forkSession(
  id: string,
  turnId: string,
): Promise<{ readonly session: SessionSummary } | { readonly failure: Failure }> {
  const key = `${id} ${turnId}`;
  const forkId = forkIds.get(key) ?? newIdentifier();
  forkIds.set(key, forkId);
  const outcome = await ask(
    api.POST("/api/sessions/{id}/fork", { params: { path: { id } }, body: { id: forkId, turnId } }),
  );
  if (!outcome.ok && (outcome.failure === "unreachable" || outcome.failure.status >= 500))
    return { failure: outcome.failure };
  forkIds.delete(key);
  if (!outcome.ok) return { failure: outcome.failure };
  applySummary(outcome.data);
  return { session: outcome.data };
}

/** Forgets what was tried. */
export function forgetForks(): void {
  forkIds.clear();
}

/** The turn that ended last; null: none has, as far back as is looked. */
export async function lastTurnOf(
  id: string,
  lastSeq: number,
): Promise<{ readonly turnId: string | null } | { readonly failure: Failure }> {
  let before = lastSeq + 1;
  for (let page = 0; page < mostPages && before > 1; page += 1) {
    const outcome = await fetchEvents(id, { limit: pageLimit, before });
    if (!outcome.ok) return { failure: outcome.failure };
    const { events, hasMore } = outcome.data;
    const end = events.findLast(({ turnId, update }) => turnId !== undefined && isEnd(update));
    if (end?.turnId !== undefined) return { turnId: end.turnId };
    if (!hasMore) break;
    before = events[0]?.from ?? events[0]?.seq ?? 0;
  }
  return { turnId: null };
}

/** Where a session is to be had as a file; the answer comes as an attachment. */
export function exportAddress(id: string, format: ExportFormat): string {
  return `/api/sessions/${encodeURIComponent(id)}/export?format=${format}`;
}

function isEnd(update: SessionUpdate): boolean {
  return (
    update.sessionUpdate === "state_update" && (update.state === "idle" || update.state === "interrupted")
  );
}
