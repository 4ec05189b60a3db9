/** Prompts without the bytes of their pictures, for lists; and with them again, when such a one comes back edited. Pure. */
import type { ContentBlock } from "../backend/src/protocol/content.ts";
import type { QueueUpdate } from "./prompt-queue.ts";

/** Every picture is still there, and empty. */
export function withoutPictures(content: readonly ContentBlock[]): ContentBlock[] {
  return content.map((block) => (block.type === "image" ? { ...block, data: "" } : block));
}

/** A change of the queue that carries no pictures. */
export function withoutPicturesIn(update: QueueUpdate): QueueUpdate {
  const { edited } = update;
  return edited === undefined
    ? update
    : { ...update, edited: { ...edited, content: withoutPictures(edited.content) } };
}

/** Each empty picture is the next one of `before`; those that are left over there were taken out. */
export function withPicturesOf(
  before: readonly ContentBlock[],
  content: readonly ContentBlock[],
): ContentBlock[] {
  const pictures = before.filter((block) => block.type === "image");
  return content.flatMap((block) => {
    if (block.type !== "image" || block.data !== "") return [block];
    const picture = pictures.shift();
    return picture === undefined ? [] : [picture];
  });
}
