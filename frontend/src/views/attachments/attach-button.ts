/** The composer's `+`: what it opens comes when it is first wanted. */
import { type Child, h, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import { text } from "../../text/en.ts";
import { attach as words } from "../../text/en-attach.ts";
import type { ComposerWords } from "../composer/composer-words.ts";
import type { ComposerPicker } from "../pickers/composer-picker.ts";
import type { AttachTarget } from "./attach-files.ts";

interface AttachOptions {
  readonly target: () => AttachTarget;
  readonly begin: (letter: "@" | "/") => (() => void) | null;
  /** The part cannot be fetched now. */
  readonly onLost: () => void;
}

/** A button of 44 px; it never takes the keyboard away from the field. */
function AttachButton({ target, begin, onLost }: AttachOptions): HTMLElement {
  const open = async () => {
    const part = await import("./attach-sheet.ts").catch(() => null);
    if (part === null) onLost();
    else part.openAttachSheet({ ...target(), anchor: button, begin });
  };
  const button = h(
    "button",
    {
      type: "button",
      class: "icon-button composer-add",
      "aria-label": words.open,
      "aria-haspopup": "dialog",
      title: words.open,
      onpointerdown: (event) => event.preventDefault(),
      onclick: () => void open(),
    },
    icon("plus"),
  );
  return button;
}

/** Pictures that are pasted into the field go beside the words. */
function followPaste(field: HTMLElement, target: () => AttachTarget, onLost: () => void): void {
  field.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])].filter((file) => file.type.startsWith("image/"));
    if (files.length === 0) return;
    event.preventDefault();
    void import("./attach-files.ts").then((part) => part.attachFiles(files, target()), onLost);
  });
}

interface AddingOptions {
  readonly field: HTMLTextAreaElement;
  /** What is written in the field, and the key that it is kept under. */
  readonly written: Pick<ComposerWords, "key" | "text" | "change">;
  /** False: nothing can be added now. */
  readonly isOffered: () => boolean;
  readonly lists: Pick<ComposerPicker, "look" | "offers">;
  readonly say: (sentence: string) => void;
}

/** The `+` beside the field. */
export function Adding({ field, written, isOffered, lists, say }: AddingOptions): Child {
  const onLost = () => say(text.failure("unreachable", machineName()));
  const target = () => ({ key: written.key(), say });
  followPaste(field, target, onLost);
  const begin = (letter: "@" | "/") => {
    const said = written.text.peek();
    if (!lists.offers(letter) || (letter === "/" && said !== "")) return null;
    return () => {
      written.change(said === "" || /\s$/.test(said) ? `${said}${letter}` : `${said} ${letter}`);
      const { length } = written.text.peek();
      field.focus();
      field.setSelectionRange(length, length);
      lists.look();
    };
  };
  return when(
    () => canDecide() && isOffered(),
    () => AttachButton({ target, begin, onLost }),
  );
}
