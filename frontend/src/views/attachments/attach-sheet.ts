/** What `+` offers: pictures from the camera, the photos or the clipboard, files of this device, a file to mention, a command. */

import { hasFinePointer } from "../../lib/browser/viewport.ts";
import { h } from "../../lib/dom.ts";
import { attach as words } from "../../text/en-attach.ts";
import { type Action, openActions } from "../session-sheets/action-sheet.ts";
import { type AttachTarget, attachFiles } from "./attach-files.ts";

interface AttachSheet extends AttachTarget {
  readonly anchor: HTMLElement;
  /** Writes the first letter of a list into the field; null: there is no place for it now. */
  readonly begin: (letter: "@" | "/") => (() => void) | null;
}

/** Opens the sheet beside `anchor`. */
export function openAttachSheet({ anchor, begin, ...target }: AttachSheet): void {
  const written = (letter: "@" | "/", name: string): readonly Action[] => {
    const run = begin(letter);
    return run === null ? [] : [{ name, run }];
  };
  openActions({
    title: words.title,
    anchor,
    actions: [
      // On a desk there is no other side to the screen.
      ...(hasFinePointer.peek() ? [] : [{ name: words.camera, run: () => choose(target, "camera") }]),
      { name: words.photos, run: () => choose(target, "photos") },
      { name: words.files, run: () => choose(target, "files") },
      ...(canPaste() ? [{ name: words.paste, run: () => void paste(target) }] : []),
      ...written("@", words.file),
      ...written("/", words.command),
    ],
  });
}

function choose(target: AttachTarget, from: "camera" | "photos" | "files"): void {
  const field = h("input", {
    type: "file",
    accept: from === "files" ? null : "image/*",
    multiple: from !== "camera",
    capture: from === "camera" ? "environment" : null,
  });
  field.addEventListener("change", () => void attachFiles([...(field.files ?? [])], target));
  field.click();
}

function canPaste(): boolean {
  return typeof navigator.clipboard?.read === "function";
}

async function paste(target: AttachTarget): Promise<void> {
  const items = await navigator.clipboard.read().catch(() => []);
  const files: File[] = [];
  for (const item of items) {
    const type = item.types.find((each) => each.startsWith("image/"));
    if (type !== undefined) files.push(new File([await item.getType(type)], "", { type }));
  }
  if (files.length === 0) target.say(words.nothingToPaste);
  else await attachFiles(files, target);
}
