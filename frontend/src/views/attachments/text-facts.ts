/** How much there is of a text that goes with a message, in words. */
import { formatBytes } from "../../lib/format.ts";
import { lineCount } from "../../state/outbox/attached-text.ts";
import type { NewAttachment, TextAttachment } from "../../state/outbox/attachments.ts";
import { counted } from "../../text/counts.ts";
import { attach as words } from "../../text/en-attach.ts";

/** What a tile is called; what was pasted, or was sent before, may have no name of its own. */
export function shownName(attachment: NewAttachment): string {
  return attachment.name || ("image" in attachment ? words.photo : words.pastedText);
}

/** `212 lines, 8 kB`. */
export function factsOf({ text, bytes }: Pick<TextAttachment, "text" | "bytes">): string {
  return words.textFacts(counted(lineCount(text), "line"), formatBytes(bytes));
}
