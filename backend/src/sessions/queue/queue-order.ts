/** The order of the prompts that wait, by id, when a person sends one now. Pure. */
import { queueWithout } from "../../../../transcript/prompt-queue.ts";
import type { QueuedPrompt } from "../../protocol/session.ts";

/** Their ids, in order. */
export function idsOf(prompts: readonly QueuedPrompt[]): string[] {
  return prompts.map((prompt) => prompt.promptId);
}

/** Whether a running turn can take it in: one without content continues a stopped turn, and has nothing to tell a running one. */
export function isSteered(prompt: QueuedPrompt): boolean {
  return prompt.delivery === "steer" && prompt.content.length > 0;
}

/** The order when a prompt goes now: an interrupting one first, a steered one behind those that were sent so before it. */
export function orderWithNow(
  waiting: readonly QueuedPrompt[],
  promptId: string,
  delivery: "steer" | "interrupt",
): string[] {
  const others = queueWithout(waiting, promptId);
  const isEarlier = (prompt: QueuedPrompt) => delivery === "steer" && prompt.delivery !== "queue";
  const later = others.filter((prompt) => !isEarlier(prompt));
  return [...idsOf(others.filter(isEarlier)), promptId, ...idsOf(later)];
}
