/** A text that goes with a message as a block of its own, which says where it came from. Pure. */
import {
  type AttachedText,
  readAttached as readAttachedText,
  writeAttached,
} from "../../../../transcript/attached-text.ts";
import type { ContentBlock } from "../../api/types.ts";

export type { AttachedText } from "../../../../transcript/attached-text.ts";
export { lineCount } from "../../../../transcript/attached-text.ts";

/** The block of a message: the model reads where the text begins, where it ends, and whose it is. */
export function attachedBlock(attached: AttachedText): ContentBlock {
  return { type: "text", text: writeAttached(attached) };
}

/** The text of such a block; null: it is none, or says something else of itself than what stands in it. */
export function readAttached(block: ContentBlock): AttachedText | null {
  return block.type === "text" ? readAttachedText(block.text) : null;
}
