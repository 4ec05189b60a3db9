/** How the list of sessions is grouped and filtered; pure. */
import type { SessionSummary } from "../../api/types.ts";
import { daysBetween } from "../../lib/format.ts";

/** A part of the list. `start` is the local midnight of a day of this week, or of a month's first day, for the view to name. */
export type Group =
  | { readonly kind: "needs_you" | "working" | "pinned"; readonly ids: readonly string[] }
  | { readonly kind: "day" | "month"; readonly start: number; readonly ids: readonly string[] };

export type StatusFilter = "needs_you" | "working" | "unread" | "archived";

/** Which sessions are shown; null: whatever their status, or their project. */
export interface SessionFilter {
  readonly status: StatusFilter | null;
  readonly projectId: string | null;
}

/** The list as it opens. */
export const noFilter: SessionFilter = { status: null, projectId: null };

/** What needs a person, then what works, then what is pinned, then the rest by day; empty groups are absent. */
export function groupSessions(all: readonly SessionSummary[], filter: SessionFilter): Group[] {
  const shown = all.filter((summary) => isShown(summary, filter));
  const waiting = shown.filter(needsYou).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
  const working = shown
    .filter(isWorking)
    .sort((a, b) => ((a.turnStartedAt ?? "") < (b.turnStartedAt ?? "") ? 1 : -1));
  const rest = shown.filter((summary) => !needsYou(summary) && !isWorking(summary)).sort(byUpdate);
  const ids = (list: readonly SessionSummary[]) => list.map((summary) => summary.id);
  return [
    { kind: "needs_you" as const, ids: ids(waiting) },
    { kind: "working" as const, ids: ids(working) },
    { kind: "pinned" as const, ids: ids(rest.filter((summary) => summary.pinned)) },
    ...byPeriod(rest.filter((summary) => !summary.pinned)),
  ].filter((each) => each.ids.length > 0);
}

/** True when the filter lets it through. What is archived is shown only when asked for, or while it waits for a person. */
export function isShown(summary: SessionSummary, { status, projectId }: SessionFilter): boolean {
  if (projectId !== null && summary.project.id !== projectId) return false;
  switch (status) {
    case null:
      return !summary.archived || needsYou(summary);
    case "needs_you":
      return needsYou(summary);
    case "working":
      return isWorking(summary) && !summary.archived;
    case "unread":
      return isUnread(summary) && !summary.archived;
    case "archived":
      return summary.archived;
  }
}

/** A session has something that this device has not shown; one in which nothing has run yet has nothing. */
export function isUnread(summary: SessionSummary): boolean {
  const isOver = summary.state === "interrupted" || summary.stopReason !== null || summary.problem !== null;
  const isAtRest = summary.state === "idle" || summary.state === "interrupted";
  return isAtRest && isOver && summary.seenSeq < summary.lastSeq;
}

/** It waits for a person. */
export function needsYou(summary: SessionSummary): boolean {
  return summary.state === "requires_action";
}

/** For sorting: the newest first. */
export function byUpdate(a: SessionSummary, b: SessionSummary): number {
  return a.updatedAt < b.updatedAt ? 1 : -1;
}

function isWorking(summary: SessionSummary): boolean {
  return summary.state === "running";
}

function byPeriod(rest: readonly SessionSummary[]): Group[] {
  const periods = new Map<number, { kind: "day" | "month"; ids: string[] }>();
  const now = new Date();
  for (const each of rest) {
    const { kind, start } = periodOf(new Date(each.updatedAt), now);
    const period = periods.get(start);
    if (period === undefined) periods.set(start, { kind, ids: [each.id] });
    else period.ids.push(each.id);
  }
  return [...periods].map(([start, { kind, ids }]) => ({ kind, start, ids }));
}

function periodOf(at: Date, now: Date): { kind: "day" | "month"; start: number } {
  if (daysBetween(at, now) < 7) return { kind: "day", start: new Date(at).setHours(0, 0, 0, 0) };
  return { kind: "month", start: new Date(at.getFullYear(), at.getMonth(), 1).getTime() };
}
