/** The place of the lists behind `/` and `@`: they come when one of the two is first written. */
import { h } from "../../lib/dom.ts";
import { effect, onCleanup, type ReadonlySignal } from "../../lib/signal.ts";
import { findFiles, loadCommands } from "../../state/session/prompt-words.ts";
import type { SessionContext } from "../session/session-context.ts";
import type { Picker, PickerPlace } from "./picker.ts";
import { triggerAt } from "./trigger.ts";

interface ComposerPickerOptions {
  readonly field: HTMLTextAreaElement;
  /** What the field shows, however it came to change: by a letter, or because it was sent. */
  readonly text: ReadonlySignal<string>;
  readonly place: PickerPlace;
  readonly change: (text: string) => void;
}

export interface ComposerPicker {
  readonly element: HTMLElement;
  /** True: the key was meant for the list. */
  takeKey(event: KeyboardEvent): boolean;
  /** Looks anew at what is written. */
  look(): void;
}

/** Follows the field. Without its part of the page nothing is offered, and writing goes on. */
export function composerPicker(options: ComposerPickerOptions): ComposerPicker {
  const { field, text } = options;
  const element = h("div", { class: "picker-anchor" });
  let picker: Picker | null = null;
  let isLeft = false;
  let isComing = false;
  const load = async () => {
    if (isComing) return;
    isComing = true;
    const part = await import("./picker.ts").catch(() => null);
    isComing = false;
    if (part === null || isLeft) return;
    const made = part.ownedPicker(options);
    onLeave.push(made.dispose);
    picker = made.value;
    element.append(picker.element);
    look();
  };
  const onLeave: (() => void)[] = [];
  onCleanup(() => {
    isLeft = true;
    for (const leave of onLeave) leave();
  });
  const look = () => {
    const isHere = document.activeElement === field && field.selectionStart === field.selectionEnd;
    const trigger = isHere ? triggerAt(field.value, field.selectionStart) : null;
    if (picker !== null) picker.show(trigger);
    else if (trigger !== null) void load();
  };
  effect(() => {
    void text.value;
    // The field shows it by then.
    queueMicrotask(look);
  });
  field.addEventListener("click", look);
  field.addEventListener("blur", () => picker?.show(null));
  return {
    element,
    takeKey: (event) => picker?.takeKey(event) ?? false,
    look,
  };
}

/** The lists of a session that there is. */
export function sessionPlace({ session }: Pick<SessionContext, "session">): PickerPlace {
  let known: Awaited<ReturnType<typeof loadCommands>> = null;
  return {
    async commands() {
      known ??= await loadCommands(session.id, session.transcript.peek().commands);
      return known;
    },
    async files(letters) {
      const project = session.transcript.peek().project ?? session.summary.peek()?.project ?? null;
      return project === null ? null : await findFiles(project.id, letters);
    },
  };
}
