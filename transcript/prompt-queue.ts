/** What becomes of a session's queue of prompts; the same for the page, the list and the server. Pure. */
import type { QueuedPrompt } from "../backend/src/protocol/session.ts";
import type { SessionUpdate } from "../backend/src/protocol/session-update.ts";

/** A change that a person made to the queue. */
export type QueueUpdate = Extract<SessionUpdate, { sessionUpdate: "queue_update" }>;

/** The queue after a change: in the order that it names, without those that it does not name. */
export function changedQueue<Prompt extends QueuedPrompt>(
  queue: readonly Prompt[],
  update: QueueUpdate,
): Prompt[] {
  const byId = new Map(queue.map((prompt) => [prompt.promptId, prompt]));
  return update.promptIds.flatMap((promptId) => {
    const prompt = byId.get(promptId);
    return prompt === undefined ? [] : [changedPrompt(prompt, update)];
  });
}

/** The queue with a prompt that was accepted, at its end. */
export function queueWith<Prompt extends QueuedPrompt>(queue: readonly Prompt[], prompt: Prompt): Prompt[] {
  return [...queueWithout(queue, prompt.promptId), prompt];
}

/** The queue without a prompt that was taken up. */
export function queueWithout<Prompt extends QueuedPrompt>(
  queue: readonly Prompt[],
  promptId: string | null,
): Prompt[] {
  return queue.filter((prompt) => prompt.promptId !== promptId);
}

/** The queue with a prompt moved before another one; at its end for null, and when that one does not wait. */
export function movedBefore<Prompt extends QueuedPrompt>(
  queue: readonly Prompt[],
  promptId: string,
  before: string | null,
): readonly Prompt[] {
  if (before === promptId) return queue;
  const moved = queue.filter((prompt) => prompt.promptId === promptId);
  const others = queueWithout(queue, promptId);
  const place = others.findIndex((prompt) => prompt.promptId === before);
  return others.toSpliced(place < 0 ? others.length : place, 0, ...moved);
}

function changedPrompt<Prompt extends QueuedPrompt>(prompt: Prompt, { edited, now }: QueueUpdate): Prompt {
  const { promptId } = prompt;
  return {
    ...prompt,
    ...(edited?.promptId === promptId ? { content: edited.content } : {}),
    ...(now?.promptId === promptId ? { delivery: now.delivery } : {}),
  };
}
