/**
 * What a person said on this device until the machine has it: prompts in order, decisions, each under one id however
 * often it is sent. It survives the page; nothing in it is ever sent under a second id, whichever tab sends it.
 */
import type { OpenQuestion } from "../../../../transcript/transcript.ts";
import type { GrantScope, PermissionOptionKind } from "../../api/types.ts";
import { computed, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { keepPromptId } from "./drafts.ts";
import type { DecisionItem, OutboxItem, OutboxPhase, PromptItem } from "./outbox-items.ts";
import { type SendResult, sendItem } from "./outbox-sender.ts";
import { forgetItems, onOtherTab, readOutbox, readTexts, storeItem } from "./outbox-store.ts";

const backoffMs = [1000, 2000, 4000, 8000, 15_000];
const refusedStayMs = 8000;
/** What another tab has said is its own to send, unless it is gone. */
const otherTabMs = 15_000;
/** A call that got no answer for so long, while others did, gets none. */
const stalledMs = 2000;
const wakings = ["online", "pageshow", "focus"] as const;

const items = signal<readonly OutboxItem[]>(inOrder(readTexts()));
/** One at a time in a session, so that prompts arrive in the order in which they were written. */
const sending = new Map<string, Sending>();
interface Sending {
  readonly controller: AbortController;
  readonly startedAt: number;
  /** Once there is an answer, or none is waited for any more. */
  readonly done: Promise<void>;
}
/** What may have arrived without an answer; what was found here on opening may have been tried by another page. */
const tried = new Set<string>(items.peek().map(({ id }) => id));
/** What is being written to where it survives: a list that was read meanwhile does not tell of it. */
const writing = new Map<string, number>();
const dropped = new Set<string>();
let run: "stopped" | "loading" | "started" = "stopped";
/** As whom this page sends; null: not known. */
let deviceId: string | null = null;
let attempt = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;

/** What waits on this device, or came back from the machine, oldest first. */
export const waiting: ReadonlySignal<readonly OutboxItem[]> = computed(() =>
  items.value.filter((item) => item.phase !== "machine"),
);

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
  add({ kind: "prompt", phase: "phone", failure: null, deviceId, order: nextOrder(), ...prompt });
}

/** What a person chose: an option by its id, or the first one of a kind. */
type Chosen = { readonly kind: PermissionOptionKind } | { readonly optionId: string };

/** Takes a decision and sends it; false: it was decided here before, or the request has no such option. */
export function submitDecision(
  sessionId: string,
  request: OpenQuestion["request"],
  decision: Chosen & { readonly grant?: GrantScope; readonly feedback?: string },
): boolean {
  const option = request.options.find((each) =>
    "kind" in decision ? each.kind === decision.kind : each.optionId === decision.optionId,
  );
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
    deviceId,
    order: nextOrder(),
    option: { optionId: option.optionId, kind: option.kind },
    digest: request.digest,
    grant: decision.grant ?? null,
    feedback: decision.feedback ?? null,
    subject: request.subject,
  });
  return true;
}

/** Forgets items: they are in the transcript now, or the person took them back. */
export function dropFromOutbox(isGone: (item: OutboxItem) => boolean): void {
  const gone = items.peek().filter(isGone);
  if (gone.length === 0) return;
  items.value = items.peek().filter((item) => !isGone(item));
  // What the machine has was forgotten when it took it.
  forget(gone.filter((item) => item.phase !== "machine"));
}

/**
 * Takes a prompt back to be edited. It may have arrived without an answer: what is sent of it next has its id, so that
 * the two never both run; only where the machine refused that id is the next another prompt.
 */
export function takeBack(prompt: PromptItem): void {
  const isUsed =
    prompt.failure !== null && prompt.failure !== "unreachable" && prompt.failure.code === "id_reused";
  if (!isUsed) keepPromptId(prompt.sessionId, prompt.id);
  dropFromOutbox((item) => item.id === prompt.id);
}

/** Sends a refused item once more, under the same id. */
export function sendAgain(id: string): void {
  update(id, { phase: "phone", failure: null, deviceId });
  flush();
}

/** Puts back, to where it stood, what a person took out of the outbox and wants after all. */
export function putBackIntoOutbox(item: OutboxItem): void {
  add(item);
  items.value = inOrder(items.peek());
}

/** Tries everything that waits at once instead of later. False: nothing of it was answered. */
export async function sendNow(): Promise<boolean> {
  attempt = 0;
  flush();
  await Promise.all([...sending.values()].map(({ done }) => done));
  return run === "started" && attempt === 0;
}

/** The machine is heard again: what was sent before on a connection that may be dead is broken off, and sent anew. */
export function resendStalled(): void {
  attempt = 0;
  for (const { controller, startedAt } of sending.values())
    if (Date.now() - startedAt > stalledMs) controller.abort();
  flush();
}

/**
 * Begins sending, first what was left from before, and tries again whenever the page wakes. Calling it twice does no
 * harm. Until then, and after `stopOutbox`, what is said waits here. What was said before this browser was paired as
 * `asDevice` is handed back: somebody else may have said it.
 */
export function startOutbox(asDevice: string | null = null): void {
  if (run !== "stopped") return;
  run = "loading";
  deviceId = asDevice;
  for (const type of wakings) window.addEventListener(type, wake);
  document.addEventListener("visibilitychange", wake);
  void reread().then(() => {
    if (run !== "loading") return;
    run = "started";
    for (const item of items.peek()) if (isFromEarlier(item)) update(item.id, earlierPairing);
    for (const item of items.peek()) if (item.phase === "refused") leaveLater(item);
    flush();
  });
}

const earlierPairing = {
  phase: "refused",
  failure: { status: 409, code: "earlier_pairing", detail: "", data: {} },
} as const;

function isFromEarlier({ phase, deviceId: said }: OutboxItem): boolean {
  return phase === "phone" && said !== null && deviceId !== null && said !== deviceId;
}

/** Ends sending: this device may not come in, for now. What waits is kept. */
export function stopOutbox(): void {
  run = "stopped";
  clearTimeout(retryTimer);
  for (const type of wakings) window.removeEventListener(type, wake);
  document.removeEventListener("visibilitychange", wake);
}

onOtherTab(() => {
  void reread().then(() => {
    if (run === "started" && waiting.peek().some((item) => item.phase === "phone")) flushIn(otherTabMs);
  });
});

/** Another tab may have sent meanwhile what waits here too. */
function wake(): void {
  if (document.visibilityState === "hidden") return;
  attempt = 0;
  void reread().then(flush);
}

function add(item: OutboxItem): void {
  if (items.peek().some((each) => each.id === item.id)) return;
  dropped.delete(item.id);
  items.value = [...items.peek(), item];
  store(item);
  flush();
}

function flush(): void {
  if (run !== "started") return;
  clearTimeout(retryTimer);
  for (const item of items.peek()) {
    const lane = item.kind === "prompt" ? item.sessionId : item.id;
    if (item.phase !== "phone" || sending.has(lane)) continue;
    const controller = new AbortController();
    const wasTried = tried.has(item.id);
    tried.add(item.id);
    const done = sendItem(item, { wasTried, signal: controller.signal }).then((result) => {
      sending.delete(lane);
      settle(item, result);
    });
    sending.set(lane, { controller, startedAt: Date.now(), done });
  }
}

function settle(item: OutboxItem, result: SendResult): void {
  if (result === "later") {
    flushIn(backoffMs[Math.min(attempt, backoffMs.length - 1)] ?? otherTabMs);
    attempt += 1;
    return;
  }
  if (result === "taken") {
    attempt = 0;
    update(item.id, { phase: "machine" });
  } else {
    update(item.id, { phase: "refused", failure: result.refused });
    leaveLater(item);
  }
  flush();
}

function flushIn(waitMs: number): void {
  clearTimeout(retryTimer);
  if (run === "started") retryTimer = setTimeout(flush, waitMs * (0.8 + Math.random() * 0.4));
}

/** A question that cannot be decided any more says so for a while; a prompt stays until the person does something. */
function leaveLater(item: OutboxItem): void {
  if (item.kind !== "decision") return;
  setTimeout(() => {
    // Said to nobody: it waits for somebody who looks.
    if (document.visibilityState === "hidden") leaveLater(item);
    else dropFromOutbox((each) => each.id === item.id && each.phase === "refused");
  }, refusedStayMs);
}

function update(
  id: string,
  change: Partial<Pick<OutboxItem, "deviceId" | "failure">> & { readonly phase: OutboxPhase },
): void {
  const item = items.peek().find((each) => each.id === id);
  if (item === undefined) return;
  const next = { ...item, ...change };
  items.value = items.peek().map((each) => (each === item ? next : each));
  // What the machine has needs no keeping here.
  if (next.phase === "machine") forget([next]);
  else store(next);
}

function store(item: OutboxItem): void {
  writing.set(item.id, (writing.get(item.id) ?? 0) + 1);
  void storeItem(item).then(() => {
    const left = (writing.get(item.id) ?? 1) - 1;
    if (left === 0) writing.delete(item.id);
    else writing.set(item.id, left);
  });
}

function forget(gone: readonly OutboxItem[]): void {
  if (gone.length === 0) return;
  for (const { id } of gone) dropped.add(id);
  void forgetItems(new Set(gone.map(({ id }) => id)));
}

/** Takes over what is stored now: what another tab added, what became of it there, and what is no longer there. */
async function reread(): Promise<void> {
  const before = new Map(items.peek().map((item) => [item.id, item]));
  const isBusy = (id: string) => writing.has(id);
  for (const id of writing.keys()) before.delete(id);
  const stored = new Map((await readOutbox()).map((item) => [item.id, item]));
  const known = items.peek().flatMap((item) => {
    const isUntouched = before.get(item.id) === item && !isBusy(item.id) && item.phase !== "machine";
    if (!isUntouched) return [item];
    return stored.get(item.id) ?? [];
  });
  const ids = new Set(known.map(({ id }) => id));
  const found = [...stored.values()].filter(({ id }) => !ids.has(id) && !dropped.has(id));
  for (const { id } of found) tried.add(id);
  const next = inOrder([...known, ...found]);
  if (JSON.stringify(next) !== JSON.stringify(items.peek())) items.value = next;
}

function inOrder(list: readonly OutboxItem[]): readonly OutboxItem[] {
  return [...list].sort((one, other) => one.order - other.order);
}

function nextOrder(): number {
  return Math.max(Date.now(), (items.peek().at(-1)?.order ?? 0) + 1);
}
