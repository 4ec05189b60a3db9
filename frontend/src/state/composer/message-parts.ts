/** What a message consists of: its own words, and what goes beside them. Pure. */
import type { ContentBlock } from "../../api/types.ts";
import { besides } from "../../lib/besides.ts";
import { type AttachedText, readAttached } from "../outbox/attached-text.ts";
import type { ImageBlock, NewAttachment } from "../outbox/attachments.ts";

/** The words that a person wrote; links by their names, what goes beside them not at all. */
export function wordsOf(content: readonly ContentBlock[]): string {
  return content
    .flatMap((block) => {
      if (block.type === "text") return readAttached(block) === null ? [block.text] : [];
      return block.type === "resource_link" ? [block.name] : [];
    })
    .join("\n");
}

/** The texts that go beside the words. */
export function textsOf(content: readonly ContentBlock[]): readonly AttachedText[] {
  return content.map(readAttached).filter((text) => text !== null);
}

/** All of a message that is text, as it was before it was sent. */
export function wholeTextOf(content: readonly ContentBlock[]): string {
  return textsOf(content).reduce((whole, { text }) => besides(whole, text), wordsOf(content));
}

/** What goes beside the words, to be put beside them again. A picture has lost its name; one that is not here stays away. */
export function besideOf(content: readonly ContentBlock[]): readonly NewAttachment[] {
  return content.flatMap((block): readonly NewAttachment[] => {
    if (isImage(block)) return block.data === "" ? [] : [{ name: "", bytes: bytesOf(block), image: block }];
    const text = readAttached(block);
    return text === null ? [] : [{ ...text, bytes: new TextEncoder().encode(text.text).length }];
  });
}

/** Whether a block is a picture. */
export function isImage(block: ContentBlock): block is ImageBlock {
  return block.type === "image";
}

function bytesOf({ data }: ImageBlock): number {
  return Math.floor((data.length * 3) / 4);
}
