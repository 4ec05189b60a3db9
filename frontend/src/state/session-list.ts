/** All sessions of the machine as summaries, grouped as the list shows them; starting and renaming them. */
import { api, ask } from "../api/client.ts";
import type { Failure, Project, SessionMode, SessionSummary } from "../api/types.ts";
import { daysBetween } from "../lib/format.ts";
import { newIdentifier } from "../lib/identifiers.ts";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "../lib/signal.ts";
import { readStored, writeStored } from "../lib/storage.ts";
import { clearDraft, newSessionDraft, readDraft, writeDraft } from "./session/drafts.ts";
import { submitPrompt } from "./session/outbox.ts";

/** A part of the list. `start` is the local midnight of a day of this week, or of a month's first day, for the view to name. */
export type Group =
  | { readonly kind: "needs_you" | "working"; readonly ids: readonly string[] }
  | { readonly kind: "day" | "month"; readonly start: number; readonly ids: readonly string[] };

/** Order changes wait this long after the last touch of the list. */
const restMs = 1000;

const summaries = signal<ReadonlyMap<string, SessionSummary>>(new Map());
const isLoadedSignal = signal(false);
const groupsSignal: Signal<readonly Group[]> = signal([]);
let restsAt = 0;
let restTimer: ReturnType<typeof setTimeout> | null = null;

/** False until the first snapshot has come. */
export const isListLoaded: ReadonlySignal<boolean> = isLoadedSignal;
export const sessionCount: ReadonlySignal<number> = computed(() => summaries.value.size);
/** What needs a person first, then what works, then the rest by day; empty groups are absent. */
export const groups: ReadonlySignal<readonly Group[]> = groupsSignal;
/** How many sessions wait for a person. */
export const needsYouCount: ReadonlySignal<number> = computed(
  () => [...summaries.value.values()].filter(needsYou).length,
);

/** One session's summary; null while it is not known. */
export function summaryOf(sessionId: string): SessionSummary | null {
  return summaries.value.get(sessionId) ?? null;
}

/** The newest sessions, whatever their state. */
export function recentSessions(count: number): SessionSummary[] {
  return [...summaries.value.values()].sort(byUpdate).slice(0, count);
}

/** A session has something that this device has not shown; one in which nothing has run yet has nothing. */
export function isUnread(summary: SessionSummary): boolean {
  const isOver = summary.state === "interrupted" || summary.stopReason !== null || summary.problem !== null;
  const isAtRest = summary.state === "idle" || summary.state === "interrupted";
  return isAtRest && isOver && summary.seenSeq < summary.lastSeq;
}

/** Replaces what is known with the newest sessions of the machine. */
export function applySnapshot(list: readonly SessionSummary[]): void {
  // Older sessions, loaded by page, stay.
  const next = new Map(summaries.peek());
  const newest = list.reduce((oldest, each) => (each.updatedAt < oldest ? each.updatedAt : oldest), "9");
  for (const [id, summary] of next) if (summary.updatedAt >= newest) next.delete(id);
  for (const summary of list) next.set(summary.id, summary);
  summaries.value = next;
  isLoadedSignal.value = true;
}

/** Forgets all: this device was signed out. */
export function forgetSessions(): void {
  summaries.value = new Map();
  isLoadedSignal.value = false;
}

/** Puts one summary in the place of the older one. */
export function applySummary(summary: SessionSummary): void {
  const known = summaries.peek().get(summary.id);
  if (known !== undefined && known.lastSeq > summary.lastSeq) return;
  summaries.value = new Map(summaries.peek()).set(summary.id, summary);
}

/** The finger is on the list: nothing changes places until it has rested. */
export function touchList(): void {
  restsAt = Date.now() + restMs;
}

export interface NewSession {
  readonly project: Project;
  /** `provider/model`; null: the default. */
  readonly model: string | null;
  readonly mode?: SessionMode;
  /** When *Auto* is over; the same one for every try, or a retry would be another session. */
  readonly modeEndsAt?: string;
}

/**
 * Starts a session, and hands the new-session draft to the outbox as its first prompt. The answer is its id, or why
 * there is none; then the draft is kept.
 */
export async function startSession(wanted: NewSession): Promise<{ id: string } | { failure: Failure }> {
  const draft = readDraft(newSessionDraft);
  const created = await createSession(wanted);
  if ("failure" in created || draft === null) return created;
  submitPrompt({
    id: draft.promptId,
    sessionId: created.id,
    content: [{ type: "text", text: draft.text }],
    delivery: "queue",
  });
  clearDraft(newSessionDraft);
  writeStored("newSession", null);
  return created;
}

/** Opens a session with `text` in its composer, not sent. */
export async function prepareSession(
  wanted: NewSession,
  text: string,
): Promise<{ id: string } | { failure: Failure }> {
  const created = await createSession(wanted);
  if ("id" in created) {
    writeDraft(created.id, text);
    writeStored("newSession", null);
  }
  return created;
}

/** Gives a session another title. Null: done; otherwise why not. */
export async function renameSession(id: string, title: string): Promise<Failure | null> {
  const outcome = await ask(api.PATCH("/api/sessions/{id}", { params: { path: { id } }, body: { title } }));
  if (!outcome.ok) return outcome.failure;
  applySummary(outcome.data);
  return null;
}

/** The id is kept until the prompt is in, so that a retry finds the same session instead of making a second one. */
async function createSession(wanted: NewSession): Promise<{ id: string } | { failure: Failure }> {
  const shape = JSON.stringify([wanted.project.id, wanted.model, wanted.mode ?? null, wanted.modeEndsAt]);
  const stored = readStored("newSession");
  const id = stored?.endsWith(` ${shape}`) ? stored.slice(0, stored.indexOf(" ")) : newIdentifier();
  writeStored("newSession", `${id} ${shape}`);
  const body = {
    id,
    project: wanted.project.id,
    ...(wanted.model === null ? {} : { model: wanted.model }),
    ...(wanted.mode === undefined ? {} : { mode: wanted.mode }),
    ...(wanted.modeEndsAt === undefined ? {} : { modeEndsAt: wanted.modeEndsAt }),
  };
  const outcome = await ask(api.POST("/api/sessions", { body }));
  if (!outcome.ok) return { failure: outcome.failure };
  applySummary(outcome.data);
  return { id: outcome.data.id };
}

effect(() => {
  const next = group([...summaries.value.values()]);
  if (restTimer !== null) clearTimeout(restTimer);
  const wait = restsAt - Date.now();
  if (wait > 0) restTimer = setTimeout(() => regroup(), wait);
  else setGroups(next);
});

function regroup(): void {
  const wait = restsAt - Date.now();
  if (wait > 0) restTimer = setTimeout(regroup, wait);
  else setGroups(group([...summaries.peek().values()]));
}

function setGroups(next: readonly Group[]): void {
  if (JSON.stringify(next) !== JSON.stringify(groupsSignal.peek())) groupsSignal.value = next;
}

function group(all: readonly SessionSummary[]): Group[] {
  const waiting = all.filter(needsYou).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1));
  const working = all
    .filter(isWorking)
    .sort((a, b) => ((a.turnStartedAt ?? "") < (b.turnStartedAt ?? "") ? 1 : -1));
  const rest = all.filter((summary) => !needsYou(summary) && !isWorking(summary)).sort(byUpdate);
  const periods = new Map<number, { kind: "day" | "month"; list: SessionSummary[] }>();
  for (const each of rest) {
    const { kind, start } = periodOf(new Date(each.updatedAt), new Date());
    const list = periods.get(start)?.list ?? [];
    periods.set(start, { kind, list: [...list, each] });
  }
  const ids = (list: readonly SessionSummary[]) => list.map((summary) => summary.id);
  return [
    { kind: "needs_you" as const, ids: ids(waiting) },
    { kind: "working" as const, ids: ids(working) },
    ...[...periods].map(([start, { kind, list }]) => ({ kind, start, ids: ids(list) })),
  ].filter((each) => each.ids.length > 0);
}

function periodOf(at: Date, now: Date): { kind: "day" | "month"; start: number } {
  if (daysBetween(at, now) < 7) return { kind: "day", start: new Date(at).setHours(0, 0, 0, 0) };
  return { kind: "month", start: new Date(at.getFullYear(), at.getMonth(), 1).getTime() };
}

function needsYou(summary: SessionSummary): boolean {
  return summary.state === "requires_action";
}

function isWorking(summary: SessionSummary): boolean {
  return summary.state === "running";
}

function byUpdate(a: SessionSummary, b: SessionSummary): number {
  return a.updatedAt < b.updatedAt ? 1 : -1;
}
