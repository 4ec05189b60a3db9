/** What is pasted into the field: pictures, and texts too long to stand between the words, go beside it. */
import { lineCount } from "../../state/outbox/attached-text.ts";
import { addAttachment } from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import type { AttachTarget } from "./attach-files.ts";

/** A text with more lines than this is no part of a sentence. */
export const mostFieldLines = 40;

interface PastingOptions {
  readonly target: () => AttachTarget;
  /** False: nothing can be added now; a text goes into the field. */
  readonly isOffered: () => boolean;
  /** The part cannot be fetched now. */
  readonly onLost: () => void;
}

/** Follows the field for as long as it is there. */
export function followPaste(field: HTMLElement, { target, isOffered, onLost }: PastingOptions): void {
  field.addEventListener("paste", (event) => {
    if (!isOffered()) return;
    const data = event.clipboardData;
    const pictures = [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    const text = (data?.getData("text/plain") ?? "").replaceAll("\r\n", "\n");
    // A table that is copied comes as a picture of itself too.
    if (text === "" && pictures.length > 0) {
      event.preventDefault();
      void import("./attach-files.ts").then((part) => part.attachFiles(pictures, target()), onLost);
    } else if (lineCount(text) > mostFieldLines) {
      event.preventDefault();
      attachText(text, target());
    }
  });
}

function attachText(text: string, { key, say }: AttachTarget): void {
  const bytes = new TextEncoder().encode(text).length;
  if (!addAttachment(key, { name: "", bytes, source: "pasted", text })) say(words.tooMuch);
}
