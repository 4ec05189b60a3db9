/** What helps to write the first prompt: the lists behind `/` and `@`, and what goes with it. It comes after the field. */

import { besides } from "../../lib/besides.ts";
import type { Child } from "../../lib/dom.ts";
import { computed, type Owned, owned, type ReadonlySignal } from "../../lib/signal.ts";
import { machineName } from "../../state/access/device.ts";
import { attachmentsOf, loadAttachments } from "../../state/outbox/attachments.ts";
import { newSessionDraft } from "../../state/outbox/drafts.ts";
import { findFiles, loadProjectCommands, type PromptCommand } from "../../state/session/prompt-words.ts";
import { text } from "../../text/en.ts";
import { picker as words } from "../../text/en-composer.ts";
import { Adding } from "../attachments/attach-button.ts";
import { AttachmentTiles } from "../attachments/attachment-tiles.ts";
import { composerPicker } from "../pickers/composer-picker.ts";
import { commandName } from "../pickers/trigger.ts";

export interface WritingHelpOptions {
  readonly field: HTMLTextAreaElement;
  readonly prompt: ReadonlySignal<string>;
  readonly change: (text: string) => void;
  /** Null: none is chosen. */
  readonly projectId: () => string | null;
  readonly isOffered: () => boolean;
  readonly say: (sentence: string) => void;
}

export interface WritingHelp {
  /** Stands above the field. */
  readonly above: Child;
  /** Stands beside it. */
  readonly beside: Child;
  /** True: the key was meant for a list. */
  takeKey(event: KeyboardEvent): boolean;
  /** Why this text must not be sent: it begins with a command that is not known. Null: it may. */
  refusalOf(written: string): Promise<string | null>;
}

/** The help with an owner of its own: it comes when the field has long been drawn. */
export function ownedWritingHelp(options: WritingHelpOptions): Owned<WritingHelp> {
  return owned(() => writingHelp(options));
}

function writingHelp({ field, prompt, change, projectId, isOffered, say }: WritingHelpOptions): WritingHelp {
  const commands = knownCommands(projectId);
  const files = async (letters: string) => {
    const id = projectId();
    return id === null ? null : await findFiles(id, letters);
  };
  void loadAttachments();
  const lists = composerPicker({ field, text: prompt, place: { commands, files }, change });
  return {
    above: [
      lists.element,
      AttachmentTiles({
        attachments: computed(() => attachmentsOf(newSessionDraft)),
        intoField: (more) => {
          change(besides(prompt.peek(), more));
          field.focus();
        },
        onLost: () => say(text.failure("unreachable", machineName())),
      }),
    ],
    beside: Adding({
      field,
      written: { key: () => newSessionDraft, text: prompt, change },
      isOffered,
      lists,
      say,
      zone: "dialog",
    }),
    takeKey: lists.takeKey,
    async refusalOf(written) {
      const name = commandName(written);
      if (name === null) return null;
      const known = await commands();
      if (known === null) return words.unreachable(machineName());
      return known.some((command) => command.name === name) ? null : words.unknown(name);
    },
  };
}

/** Those of the project that is chosen, asked for once. */
function knownCommands(projectId: () => string | null): () => Promise<readonly PromptCommand[] | null> {
  const known = new Map<string, readonly PromptCommand[]>();
  return async () => {
    const id = projectId();
    if (id === null) return null;
    const found = known.get(id) ?? (await loadProjectCommands(id));
    if (found !== null) known.set(id, found);
    return found;
  };
}
