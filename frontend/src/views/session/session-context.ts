/** What the parts of one session screen share. */
import type { ContentBlock, QueuedPrompt } from "../../api/types.ts";
import type { ReadonlySignal } from "../../lib/signal.ts";
import type { OpenSession } from "../../state/session/open-session.ts";
import type { OpenedRows } from "../../state/session/opened-rows.ts";
import type { SessionQueue } from "../../state/session/queue.ts";

export interface SessionContext {
  readonly session: OpenSession;
  readonly queue: SessionQueue;
  readonly opened: OpenedRows;
  /** Says a sentence in the bar above the composer. */
  say(sentence: string): void;
  /** Opens the diff of a turn, at a file where one is named. */
  review(turnId: string, file?: string): void;
  /** Puts an example into the composer, after what a person wrote there. */
  tryExample(text: string): void;
  /** Puts what was said into the composer, after what stands there. */
  fill(content: readonly ContentBlock[]): void;
  /** Lets a person change a queued message in the composer; what was written there waits. */
  editQueued(prompt: QueuedPrompt): void;
  /** The queued message that is changed in the composer; null: none is. */
  readonly editedPrompt: ReadonlySignal<string | null>;
  /** Puts what was said into the composer as a message of its own; what was written there waits. */
  writeAgain(content: readonly ContentBlock[]): void;
  /** Scrolls to an entry, and draws what is needed for it. */
  showEntry(entryId: string): void;
  /** Goes on with an interrupted or stopped turn. */
  continueTurn(): void;
  /** Has what came before summed up; false: the machine refused, and that was said. */
  compact(): Promise<boolean>;
  /** Opens the sheet with the models, beside what opened it where that is told. */
  chooseModel(anchor?: HTMLElement): void;
}
