/** All sessions of the machine as summaries, grouped as the list shows them; and starting one. */
import { api, ask } from "../../api/client.ts";
import type { Failure, Project, SessionMode, SessionSummary, Spent } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { readStored, writeStored } from "../../lib/browser/storage.ts";
import { batch, computed, effect, type ReadonlySignal, signal, untracked } from "../../lib/signal.ts";
import { attachmentsOf, blockOf, clearAttachments, promptIdOfAttachments } from "../outbox/attachments.ts";
import { clearDraft, newSessionDraft, readDraft, writeDraft } from "../outbox/drafts.ts";
import { submitPrompt } from "../outbox/outbox.ts";
import {
  byUpdate,
  type Group,
  groupSessions,
  needsYou,
  noFilter,
  type SessionFilter,
} from "./session-groups.ts";

/** Order changes wait this long after the last touch of the list. */
const restMs = 1000;
/** So many newest sessions a snapshot holds; behind them stand older ones that are pinned or wait for a person. */
const newestCount = 200;

/** The place of one session in the order of all: by time, the newest first, then by id. */
export interface ListEdge {
  readonly before: string;
  readonly beforeId: string;
}

const nothingSpent: Spent = { tokens: 0, cost: 0, stepsWithoutTokens: 0, stepsWithoutCost: 0 };

function plus(one: Spent, other: Spent = nothingSpent): Spent {
  return {
    tokens: one.tokens + other.tokens,
    cost: one.cost + other.cost,
    stepsWithoutTokens: one.stepsWithoutTokens + other.stepsWithoutTokens,
    stepsWithoutCost: one.stepsWithoutCost + other.stepsWithoutCost,
  };
}

const summaries = signal<ReadonlyMap<string, SessionSummary>>(new Map());
const isLoadedSignal = signal(false);
const removedSignal = signal<ReadonlySet<string>>(new Set());
const edgeSignal = signal<ListEdge | null>(null);
const settledCount = signal(0);
let restsAt = 0;

/** False until the first snapshot has come. */
export const isListLoaded: ReadonlySignal<boolean> = isLoadedSignal;
export const sessionCount: ReadonlySignal<number> = computed(() => summaries.value.size);
/** How many sessions wait for a person. */
export const needsYouCount: ReadonlySignal<number> = computed(
  () => [...summaries.value.values()].filter(needsYou).length,
);
/** What was asked today by the machine's days, which are UTC's; older sessions were not asked anything today. */
export const spentToday: ReadonlySignal<Spent> = computed(() => {
  const today = new Date().toISOString().slice(0, 10);
  const parts = [...summaries.value.values()].map(({ spentInDay }) => spentInDay);
  return parts
    .filter((part) => part?.day === today)
    .reduce((sum, part) => plus(sum, part?.spent), nothingSpent);
});
/** What lies behind this may not be known yet; null: everything is. */
export const listEdge: ReadonlySignal<ListEdge | null> = edgeSignal;
/** The projects that have sessions, the most recently used first. */
export const sessionProjects: ReadonlySignal<readonly SessionSummary["project"][]> = computed(() => {
  const known = new Map<string, SessionSummary["project"]>();
  for (const { project } of [...summaries.value.values()].sort(byUpdate))
    if (!known.has(project.id)) known.set(project.id, project);
  return [...known.values()];
});

/** All that is known, grouped. Order changes wait for the finger; another filter, or one's own act, counts at once. */
export function followGroups(filter: () => SessionFilter): ReadonlySignal<readonly Group[]> {
  const shown = signal<readonly Group[]>([]);
  let last: readonly [SessionFilter, number] | null = null;
  effect(() => {
    const wanted = filter();
    const next = groupSessions([...summaries.value.values()], wanted);
    const isAtOnce = last === null || last[0] !== wanted || last[1] !== settledCount.value;
    last = [wanted, settledCount.value];
    const put = () => {
      if (JSON.stringify(next) !== JSON.stringify(shown.peek())) shown.value = next;
    };
    if (!isAtOnce) return onceRested(put);
    put();
    return undefined;
  });
  return shown;
}

/** What `read` says, as it was when the finger last rested: what stands in the list keeps its height under one. */
export function followRested<T>(read: () => T): ReadonlySignal<T> {
  const shown = signal(untracked(read));
  effect(() => {
    const next = read();
    return onceRested(() => {
      shown.value = next;
    });
  });
  return shown;
}

/** Runs `put` once the finger has rested, which may be at once; the answer takes it back. */
function onceRested(put: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const look = () => {
    const wait = restsAt - Date.now();
    if (wait > 0) timer = setTimeout(look, wait);
    else put();
  };
  look();
  return () => clearTimeout(timer);
}

/** The list as it opens. */
export const groups: ReadonlySignal<readonly Group[]> = followGroups(() => noFilter);

/** One session's summary; null while it is not known. */
export function summaryOf(sessionId: string): SessionSummary | null {
  return summaries.value.get(sessionId) ?? null;
}

/** True once it is known that the machine no longer has it. */
export function isRemoved(sessionId: string): boolean {
  return removedSignal.value.has(sessionId);
}

/** The newest sessions, whatever their state. */
export function recentSessions(count: number): SessionSummary[] {
  return [...summaries.value.values()].sort(byUpdate).slice(0, count);
}

/** Replaces what is known with the newest sessions of the machine, and all that are pinned or wait for a person. */
export function applySnapshot(list: readonly SessionSummary[]): void {
  const newest = list.slice(0, newestCount);
  const edge = lastOf(newest);
  const next = new Map(summaries.peek());
  // Older sessions, loaded by page, stay; of those that would be in a snapshot whatever their age, only what is in it.
  for (const [id, summary] of next)
    if (!isBehind(summary, edge) || summary.pinned || needsYou(summary)) next.delete(id);
  for (const summary of list) next.set(summary.id, summary);
  summaries.value = next;
  edgeSignal.value = newest.length < newestCount ? null : edge;
  isLoadedSignal.value = true;
}

/** Adds a page of older sessions to what is known. */
export function applyPage(list: readonly SessionSummary[]): void {
  const next = new Map(summaries.peek());
  for (const summary of list)
    if ((next.get(summary.id)?.lastSeq ?? 0) <= summary.lastSeq) next.set(summary.id, summary);
  summaries.value = next;
}

/** Puts the newest page in the place of what was as new; of what lies behind it nothing is said. */
export function applyNewest(list: readonly SessionSummary[]): void {
  const edge = lastOf(list);
  const known = new Set(list.map((summary) => summary.id));
  const gone = [...summaries.peek().values()].filter(
    (summary) => !known.has(summary.id) && !isBehind(summary, edge),
  );
  batch(() => {
    if (gone.length > 0) {
      const next = new Map(summaries.peek());
      for (const { id } of gone) next.delete(id);
      summaries.value = next;
    }
    applyPage(list);
  });
}

/** Forgets all: this device was signed out. */
export function forgetSessions(): void {
  summaries.value = new Map();
  removedSignal.value = new Set();
  edgeSignal.value = null;
  isLoadedSignal.value = false;
}

/** Null: of an empty list. */
function lastOf(list: readonly SessionSummary[]): ListEdge | null {
  return list.reduce<ListEdge | null>(
    (last, each) =>
      last !== null && !isBehind(each, last) ? last : { before: each.updatedAt, beforeId: each.id },
    null,
  );
}

function isBehind(summary: SessionSummary, edge: ListEdge | null): boolean {
  if (edge === null || summary.updatedAt > edge.before) return false;
  return summary.updatedAt < edge.before || summary.id > edge.beforeId;
}

/** Forgets one: the machine no longer has it. */
export function forgetSession(sessionId: string): void {
  removedSignal.value = new Set(removedSignal.peek()).add(sessionId);
  if (!summaries.peek().has(sessionId)) return;
  const next = new Map(summaries.peek());
  next.delete(sessionId);
  summaries.value = next;
}

/** Puts one summary in the place of the older one. */
export function applySummary(summary: SessionSummary): void {
  const known = summaries.peek().get(summary.id);
  // What was under way when it was deleted comes late.
  if (removedSignal.peek().has(summary.id)) return;
  if (known !== undefined && known.lastSeq > summary.lastSeq) return;
  summaries.value = new Map(summaries.peek()).set(summary.id, summary);
}

/** The finger is on the list: nothing changes places until it has rested. */
export function touchList(): void {
  restsAt = Date.now() + restMs;
}

/** A person has asked for what changes now: it takes its place at once. */
export function settleList(): void {
  restsAt = 0;
  settledCount.value += 1;
}

interface NewSession {
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
  const promptId = draft?.promptId ?? promptIdOfAttachments(newSessionDraft);
  const created = await createSession(wanted);
  if ("failure" in created || promptId === null) return created;
  const words = draft === null ? [] : [{ type: "text" as const, text: draft.text }];
  submitPrompt({
    id: promptId,
    sessionId: created.id,
    content: [...words, ...attachmentsOf(newSessionDraft).map(blockOf)],
    delivery: "queue",
  });
  clearDraft(newSessionDraft);
  clearAttachments(newSessionDraft);
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
