/**
 * What a person said on this device until the machine has it: prompts in order, decisions, each under one id however
 * often it is sent. It survives a reload; nothing in it is ever sent under a second id.
 */
import { api, ask } from "../../api/client.ts";
import type {
  ContentBlock,
  Delivery,
  Failure,
  GrantScope,
  PermissionOptionKind,
  PermissionRequest,
} from "../../api/types.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { readStoredJson, writeStored } from "../../lib/storage.ts";

/** phone: waits here. machine: its line is on disk there. refused: the machine said no, `failure` says why. */
export type OutboxPhase = "phone" | "machine" | "refused";

interface ItemBase {
  /** The prompt's id, or the request's. */
  readonly id: string;
  readonly sessionId: string;
  readonly phase: OutboxPhase;
  readonly failure: Failure | null;
}

export interface PromptItem extends ItemBase {
  readonly kind: "prompt";
  readonly content: readonly ContentBlock[];
  readonly delivery: Delivery;
}

export interface DecisionItem extends ItemBase {
  readonly kind: "decision";
  readonly option: { readonly optionId: string; readonly kind: PermissionOptionKind };
  /** Of exactly what was on the screen. */
  readonly digest: string;
  readonly grant: GrantScope | null;
  readonly feedback: string | null;
}

export type OutboxItem = PromptItem | DecisionItem;

const storedUnder = "outbox";
const backoffMs = [1000, 2000, 4000, 8000, 15_000];
const refusedStayMs = 8000;
const wakings = ["online", "pageshow"] as const;

const items = signal<readonly OutboxItem[]>(readItems());
const sending = new Set<string>();
let isStarted = false;
let attempt = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;

/** What was said in a session and is not yet in its transcript. */
export function promptsOf(sessionId: string): ReadonlySignal<readonly PromptItem[]> {
  return computed(() =>
    items.value.filter((item): item is PromptItem => item.kind === "prompt" && item.sessionId === sessionId),
  );
}

/** What became so far of this device's own decision of a question; null: it made none. Reading it in a binding follows it. */
export function decisionOn(requestId: string): DecisionItem | null {
  const found = items.value.find((item) => item.kind === "decision" && item.id === requestId);
  return found?.kind === "decision" ? found : null;
}

/** Takes a prompt and sends it as soon as it can; the same id again changes nothing. */
export function submitPrompt(prompt: Pick<PromptItem, "id" | "sessionId" | "content" | "delivery">): void {
  add({ kind: "prompt", phase: "phone", failure: null, ...prompt });
}

/** Takes a decision and sends it; false: it was decided here before, or the request has no option of that kind. */
export function submitDecision(
  sessionId: string,
  request: PermissionRequest,
  decision: { readonly kind: PermissionOptionKind; readonly grant?: GrantScope; readonly feedback?: string },
): boolean {
  const option = request.options.find((each) => each.kind === decision.kind);
  const earlier = items.peek().find((item) => item.id === request.requestId);
  if (option === undefined || (earlier !== undefined && earlier.phase !== "refused")) return false;
  // An earlier try that the machine refused makes room for this one.
  items.value = items.value.filter((item) => item.id !== request.requestId || item.phase !== "refused");
  add({
    kind: "decision",
    id: request.requestId,
    sessionId,
    phase: "phone",
    failure: null,
    option: { optionId: option.optionId, kind: option.kind },
    digest: request.digest,
    grant: decision.grant ?? null,
    feedback: decision.feedback ?? null,
  });
  return true;
}

/** Forgets items: they are in the transcript now, or the person took them back. */
export function dropFromOutbox(isGone: (item: OutboxItem) => boolean): void {
  if (items.peek().some(isGone)) keep(items.peek().filter((item) => !isGone(item)));
}

/** Sends a refused item once more, under the same id. */
export function sendAgain(id: string): void {
  update(id, { phase: "phone", failure: null });
  flush();
}

/**
 * Begins sending, first what was left from before, and tries again whenever the page wakes. Calling it twice does no
 * harm. Until then, and after `stopOutbox`, what is said waits here.
 */
export function startOutbox(): void {
  isStarted = true;
  for (const type of wakings) window.addEventListener(type, retryNow);
  document.addEventListener("visibilitychange", retryNow);
  flush();
}

/** Ends sending: this device may not come in, for now. What waits is kept. */
export function stopOutbox(): void {
  isStarted = false;
  clearTimeout(retryTimer);
  for (const type of wakings) window.removeEventListener(type, retryNow);
  document.removeEventListener("visibilitychange", retryNow);
}

function retryNow(): void {
  attempt = 0;
  flush();
}

function add(item: OutboxItem): void {
  if (items.peek().some((each) => each.id === item.id)) return;
  keep([...items.peek(), item]);
  flush();
}

/** One at a time in a session, so that prompts arrive in the order in which they were written. */
function flush(): void {
  clearTimeout(retryTimer);
  if (!isStarted) return;
  for (const item of items.peek()) {
    const lane = item.kind === "prompt" ? item.sessionId : item.id;
    if (item.phase !== "phone" || sending.has(lane)) continue;
    sending.add(lane);
    void sendItem(item).then((isAnswered) => {
      sending.delete(lane);
      if (isAnswered) flush();
      else retryLater();
    });
  }
}

function retryLater(): void {
  const wait = backoffMs[Math.min(attempt, backoffMs.length - 1)] ?? 15_000;
  attempt += 1;
  clearTimeout(retryTimer);
  retryTimer = setTimeout(flush, wait * (0.8 + Math.random() * 0.4));
}

/** False: there was no answer, or one that says "later". */
async function sendItem(item: OutboxItem): Promise<boolean> {
  const failure = item.kind === "prompt" ? await sendPrompt(item) : await sendDecision(item);
  if (failure === null) {
    attempt = 0;
    update(item.id, { phase: "machine" });
    return true;
  }
  if (failure === "unreachable" || failure.status >= 500 || failure.status === 429 || failure.status === 401)
    return false;
  update(item.id, { phase: "refused", failure });
  // A question that cannot be decided any more says so for a while; a prompt stays until the person does something.
  if (item.kind === "decision")
    setTimeout(
      () => dropFromOutbox((each) => each.id === item.id && each.phase === "refused"),
      refusedStayMs,
    );
  return true;
}

async function sendPrompt(item: PromptItem): Promise<Failure | null> {
  const outcome = await ask(
    api.POST("/api/sessions/{id}/prompts", {
      params: { path: { id: item.sessionId } },
      body: { id: item.id, content: [...item.content], delivery: item.delivery },
    }),
  );
  return outcome.ok ? null : outcome.failure;
}

async function sendDecision(item: DecisionItem): Promise<Failure | null> {
  const outcome = await ask(
    api.POST("/api/sessions/{id}/permissions/{requestId}", {
      params: { path: { id: item.sessionId, requestId: item.id } },
      body: {
        optionId: item.option.optionId,
        digest: item.digest,
        ...(item.grant === null ? {} : { grant: { scope: item.grant } }),
        ...(item.feedback === null ? {} : { feedback: item.feedback }),
      },
    }),
  );
  return outcome.ok ? null : outcome.failure;
}

function update(id: string, change: Partial<Pick<OutboxItem, "phase" | "failure">>): void {
  keep(items.peek().map((item) => (item.id === id ? { ...item, ...change } : item)));
}

/** What the machine has needs no keeping here. */
function keep(next: readonly OutboxItem[]): void {
  items.value = next;
  const unsent = next.filter((item) => item.phase !== "machine");
  writeStored(storedUnder, unsent.length === 0 ? null : JSON.stringify(unsent));
}

function readItems(): readonly OutboxItem[] {
  const stored = readStoredJson(storedUnder);
  return Array.isArray(stored) ? stored.filter(isItem) : [];
}

function isItem(value: unknown): value is OutboxItem {
  // Written by this file alone; what an older version left behind lacks one of these.
  if (typeof value !== "object" || value === null || !("kind" in value && "id" in value && "phase" in value))
    return false;
  return value.kind === "prompt" ? "content" in value : value.kind === "decision" && "digest" in value;
}
