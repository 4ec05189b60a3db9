/** The composer's `+`: what it opens comes when it is first wanted. */
import { type Child, h, when } from "../../lib/dom.ts";
import { icon } from "../../lib/icons.ts";
import { canDecide, machineName } from "../../state/access/device.ts";
import type { ComposerWords } from "../../state/composer/composer-words.ts";
import { text } from "../../text/en.ts";
import { attach as words } from "../../text/en-attach.ts";
import type { ComposerPicker } from "../pickers/composer-picker.ts";
import type { AttachTarget } from "./attach-files.ts";
import { DropCover } from "./dropping.ts";
import { followPaste } from "./pasting.ts";

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

interface AddingOptions {
  readonly field: HTMLTextAreaElement;
  /** What is written in the field, and the key that it is kept under. */
  readonly written: Pick<ComposerWords, "key" | "text" | "change">;
  /** False: nothing can be added now. */
  readonly isOffered: () => boolean;
  readonly lists: Pick<ComposerPicker, "look">;
  readonly say: (sentence: string) => void;
  /** Finds, from within, what files may be dropped on. */
  readonly zone: string;
}

/** The `+` beside the field; what is pasted into it or dropped on its zone goes the same way. */
export function Adding({ field, written, isOffered, lists, say, zone }: AddingOptions): Child {
  const onLost = () => say(text.failure("unreachable", machineName()));
  const isOpen = () => canDecide() && isOffered();
  const target = () => ({ key: written.key(), say });
  followPaste(field, { target, isOffered: isOpen, onLost });
  const begin = (letter: "@" | "/") => {
    const said = written.text.peek();
    if (letter === "/" && said !== "") return null;
    return () => {
      written.change(said === "" || /\s$/.test(said) ? `${said}${letter}` : `${said} ${letter}`);
      const { length } = written.text.peek();
      field.focus();
      field.setSelectionRange(length, length);
      lists.look();
    };
  };
  return [
    DropCover({ zone, target, isOffered: isOpen, onLost }),
    when(isOpen, () => AttachButton({ target, begin, onLost })),
  ];
}
