/** The prompt that asks for nothing but a compaction: a turn of its own, which the model is never told of. */
import type { ContentBlock } from "../backend/src/protocol/content.ts";

/** Whether a person only wants the conversation summed up. */
export function isCompaction(prompt: readonly ContentBlock[]): boolean {
  const [only, ...rest] = prompt;
  return only?.type === "text" && rest.length === 0 && only.text.trim() === "/compact";
}
