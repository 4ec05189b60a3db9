/** What a person said here that the log has not yet: beneath the transcript, or behind what waits for the turn's end. */
import { computed, type ReadonlySignal } from "../../lib/signal.ts";
import { promptsOf } from "../outbox/outbox.ts";
import type { PromptItem } from "../outbox/outbox-items.ts";
import type { OpenSession } from "./open-session.ts";

interface OwnPrompts {
  /** What begins a turn, goes into one, or came back. */
  readonly said: ReadonlySignal<readonly PromptItem[]>;
  /** What will wait for the end of the turn that runs. */
  readonly queued: ReadonlySignal<readonly PromptItem[]>;
}

/** Follows them for one session. */
export function ownPrompts(session: Pick<OpenSession, "id" | "transcript">): OwnPrompts {
  const prompts = promptsOf(session.id);
  const isBusy = computed(() => {
    const { state } = session.transcript.value;
    return state === "running" || state === "requires_action";
  });
  const isQueued = ({ delivery, phase }: PromptItem) =>
    isBusy.value && delivery === "queue" && phase !== "refused";
  // An empty prompt only says "go on": there is nothing to show of it.
  const shown = computed(() => prompts.value.filter((prompt) => prompt.content.length > 0));
  return {
    said: computed(() => shown.value.filter((prompt) => !isQueued(prompt))),
    queued: computed(() => shown.value.filter(isQueued)),
  };
}

/** Whether an empty prompt, which only says "go on", is on its way. */
export function isContinuing(sessionId: string): ReadonlySignal<boolean> {
  const prompts = promptsOf(sessionId);
  return computed(() =>
    prompts.value.some(({ content, phase }) => content.length === 0 && phase !== "refused"),
  );
}
