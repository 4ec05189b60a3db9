/** How much may wait in a session: its queue stands whole in every list that shows the session. */
import type { ContentBlock } from "../../protocol/content.ts";
import type { QueuedPrompt } from "../../protocol/session.ts";
import { SessionConflict } from "../session-conflict.ts";

const mostPrompts = 50;
const mostCharacters = 16_000_000;

/** Throws `queue_full` when `content` does not fit beside what waits. */
export function assertFits(content: readonly ContentBlock[], others: readonly QueuedPrompt[]): void {
  const characters = [...others.map((prompt) => prompt.content), content].reduce(
    (sum, blocks) => sum + JSON.stringify(blocks).length,
    0,
  );
  if (others.length < mostPrompts && (others.length === 0 || characters <= mostCharacters)) return;
  throw new SessionConflict(
    "queue_full",
    "Too much waits in this session already. Remove a prompt, or wait until one is taken up.",
    { mostPrompts, mostCharacters },
  );
}
