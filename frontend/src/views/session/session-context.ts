/** What the parts of one session screen share. */
import type { OpenSession } from "../../state/session/open-session.ts";
import type { OpenedRows } from "./opened-rows.ts";

export interface SessionContext {
  readonly session: OpenSession;
  readonly opened: OpenedRows;
  /** Says a sentence in the bar above the composer. */
  say(sentence: string): void;
  /** Opens the diff of a turn, at a file where one is named. */
  review(turnId: string, file?: string): void;
  /** Puts a text into the composer, after what stands there. */
  fill(text: string): void;
  /** Goes on with an interrupted or stopped turn. */
  continueTurn(): void;
  /** Opens the sheet with the models, beside what opened it where that is told. */
  chooseModel(anchor?: HTMLElement): void;
}
