/**
 * The queue of a session as this device shows it: the machine's, with what a person has just changed here already in
 * place. What the machine refuses falls back to what the machine says.
 */
import { movedBefore, queueWithout } from "../../../../transcript/prompt-queue.ts";
import { api, ask } from "../../api/client.ts";
import type { ContentBlock, Failure, QueuedPrompt } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { computed, effect, type ReadonlySignal, signal } from "../../lib/signal.ts";
import { submitPrompt } from "../outbox/outbox.ts";
import type { OpenSession } from "./open-session.ts";

type Queue = readonly QueuedPrompt[];
/** Does to a queue what was asked for; doing it twice is the same as once. */
type Wish = (queue: Queue) => Queue;

/** What is written of a message: its words, and the texts beside them. */
export interface EditedText {
  readonly text: string;
  readonly attached: readonly ContentBlock[];
}

/** The actions resolve to null when the machine has done it, otherwise to why not. */
export interface SessionQueue {
  readonly prompts: ReadonlySignal<Queue>;
  /** Gives a message other words and texts; what in it is no text stays. */
  edit(promptId: string, change: EditedText): Promise<Failure | null>;
  /** Moves a message before another one; null: to the end. */
  move(promptId: string, before: string | null): Promise<Failure | null>;
  /** Into the running turn, or in its place. */
  sendNow(promptId: string, delivery: "steer" | "interrupt"): Promise<Failure | null>;
  remove(promptId: string): Promise<Failure | null>;
  /** Sends what was removed once more, to where it stood; null: the end. */
  putBack(prompt: QueuedPrompt, before: string | null): void;
}

/** The stream tells of a change before or soon after its answer; without it, what the stream says holds. */
const streamMs = 2000;

/** Follows a session's queue. */
export function sessionQueue(session: Pick<OpenSession, "id" | "transcript">): SessionQueue {
  const wishes = signal<readonly Wish[]>([]);
  const onMachine = computed(() => session.transcript.value.queue);
  const prompts = computed(() => wishes.value.reduce((queue, wish) => wish(queue), onMachine.value));
  const path = (promptId: string) => ({ path: { id: session.id, promptId } });
  const until = async (wish: Wish, asked: Promise<Failure | null>): Promise<Failure | null> => {
    const before = onMachine.peek();
    const drop = () => {
      wishes.value = wishes.peek().filter((each) => each !== wish);
    };
    wishes.value = [...wishes.peek(), wish];
    const failure = await asked;
    if (failure === null) whenChanged(onMachine, before, drop);
    else drop();
    return failure;
  };
  const patch = async (promptId: string, body: PromptChange): Promise<Failure | null> => {
    const outcome = await ask(
      api.PATCH("/api/sessions/{id}/prompts/{promptId}", { params: path(promptId), body }),
    );
    return outcome.ok ? null : outcome.failure;
  };
  const take = async (promptId: string): Promise<Failure | null> => {
    const outcome = await ask(
      api.DELETE("/api/sessions/{id}/prompts/{promptId}", { params: path(promptId) }),
    );
    return outcome.ok ? null : outcome.failure;
  };
  const move = (promptId: string, before: string | null) =>
    until((queue) => movedBefore(queue, promptId, before), patch(promptId, { before }));
  return {
    prompts,
    edit(promptId, change) {
      const prompt = onMachine.peek().find((each) => each.promptId === promptId);
      const content = withText(prompt, change);
      return until((queue) => edited(queue, promptId, content), patch(promptId, { content }));
    },
    move,
    sendNow: (promptId, now) => patch(promptId, { now }),
    remove: (promptId) => until((queue) => queueWithout(queue, promptId), take(promptId)),
    putBack({ content, delivery }, before) {
      const id = newIdentifier();
      const isNow = delivery === "interrupt";
      submitPrompt({ id, sessionId: session.id, content, delivery: isNow ? "queue" : delivery });
      if (before !== null) whenQueued(onMachine, id, () => void move(id, before));
    },
  };
}

interface PromptChange {
  readonly content?: ContentBlock[];
  readonly before?: string | null;
  readonly now?: "steer" | "interrupt";
}

function edited(queue: Queue, promptId: string, content: ContentBlock[]): Queue {
  return queue.map((prompt) => (prompt.promptId === promptId ? { ...prompt, content } : prompt));
}

function withText(prompt: QueuedPrompt | undefined, { text, attached }: EditedText): ContentBlock[] {
  const words: readonly ContentBlock[] = text === "" ? [] : [{ type: "text", text }];
  const others = (prompt?.content ?? []).filter((block) => block.type !== "text");
  return [...words, ...attached, ...others];
}

/** Once the stream has told of a change, or has not for long. */
function whenChanged(queue: ReadonlySignal<Queue>, before: Queue, act: () => void): void {
  followUntil(queue, (now) => now !== before, act);
}

function whenQueued(queue: ReadonlySignal<Queue>, promptId: string, act: () => void): void {
  const isThere = (now: Queue) => now.some((prompt) => prompt.promptId === promptId);
  followUntil(queue, isThere, () => {
    if (isThere(queue.peek())) act();
  });
}

/** Acts once, when the queue is so, or when it has not come to be so for long. */
function followUntil(queue: ReadonlySignal<Queue>, isSo: (queue: Queue) => boolean, act: () => void): void {
  let isOver = false;
  const end = () => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    stop();
    act();
  };
  const timer = setTimeout(end, streamMs);
  const stop = effect(() => {
    // Not within the effect: acting writes what it reads.
    if (isSo(queue.value)) queueMicrotask(end);
  });
}
