/** Files that a person gave → pictures of the message: made small here, kept with its draft. */
import { makeSmallImage } from "../../lib/browser/small-image.ts";
import { addAttachment } from "../../state/outbox/attachments.ts";
import { attach as words } from "../../text/en-attach.ts";
import { whileWorking } from "./attachment-tiles.ts";

export interface AttachTarget {
  /** The key of the draft that they belong to. */
  readonly key: string;
  readonly say: (sentence: string) => void;
}

/** Takes the files one after the other: two large photos at once are more than a phone has room for. */
export async function attachFiles(files: readonly File[], target: AttachTarget): Promise<void> {
  for (const file of files) {
    const work = attachOne(file, target);
    await whileWorking(work);
    if ((await work) === "full") return;
  }
}

async function attachOne(file: File, { key, say }: AttachTarget): Promise<"taken" | "unreadable" | "full"> {
  const name = nameOf(file);
  const small = await makeSmallImage(file).catch(() => null);
  if (small === null) {
    say(words.notAnImage(name));
    return "unreadable";
  }
  const { mimeType, data, bytes } = small;
  if (addAttachment(key, { name, bytes, image: { type: "image", mimeType, data } })) return "taken";
  say(words.tooMuch);
  return "full";
}

/** What is pasted is called the same by every browser. */
function nameOf({ name }: File): string {
  return name === "" || name === "image.png" ? words.pasted : name;
}
