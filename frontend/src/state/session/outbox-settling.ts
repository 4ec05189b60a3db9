/** What was said here leaves the outbox once the log has told of it. */
import type { Transcript } from "../../../../transcript/transcript.ts";
import { dropFromOutbox } from "../outbox/outbox.ts";

/** As much of an event as is looked at. */
export interface ToldEvent {
  readonly update: { readonly sessionUpdate: string; readonly promptId?: unknown };
}

interface Told {
  readonly transcript: Transcript;
  /** The events that it was made of last: what came and went among them is nowhere in it. */
  readonly told: readonly ToldEvent[];
}

/** Lets go of what the machine has told of: it needs no second picture as something unsent. */
export function settleOutbox(sessionId: string, { transcript, told }: Told): void {
  const { entries, rewound, queue, questions } = transcript;
  const queued = new Set(
    told.flatMap(({ update }) => (update.sessionUpdate === "prompt_queued" ? [update.promptId] : [])),
  );
  const isPrompt = (id: string) =>
    queued.has(id) ||
    entries.some((entry) => entry.id === id) ||
    rewound.some((entry) => entry.id === id) ||
    queue.some((prompt) => prompt.promptId === id);
  const isOpen = (id: string) => questions.some((question) => question.request.requestId === id);
  dropFromOutbox((item) => {
    if (item.sessionId !== sessionId) return false;
    return item.kind === "prompt" ? isPrompt(item.id) : item.phase === "machine" && !isOpen(item.id);
  });
}
