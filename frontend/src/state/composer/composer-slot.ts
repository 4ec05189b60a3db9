/**
 * What the composer's field is for: the session's own draft, a queued message that is being changed, or one to be sent
 * again. Each has its text under a key of its own, so that none is lost for another.
 */

import { besides } from "../../lib/besides.ts";
import { type ReadonlySignal, signal } from "../../lib/signal.ts";
import { clearDraft, draftKeys, readDraft, writeDraft } from "../outbox/drafts.ts";

export type Slot =
  | { readonly kind: "draft" }
  | { readonly kind: "edit"; readonly promptId: string }
  | { readonly kind: "again" };

export interface ComposerSlot {
  readonly current: ReadonlySignal<Slot>;
  /** The key that what is in the field is kept under. */
  key(): string;
  /** Whether something is written there already. */
  isBegun(slot: Slot): boolean;
  /** Turns to another text: what was written there before, else `text`; one to be sent again has both. The answer is it. */
  enter(slot: Slot, text: string): string;
  /** Turns back to the draft, which is the answer; what was written elsewhere stays there. */
  toDraft(): string;
  /** As `toDraft`; what was written elsewhere is sent, or not wanted. */
  leave(): string;
}

/** The slot of a session's composer. What was being changed when the page was left is gone on with. */
export function composerSlot(sessionId: string): ComposerSlot {
  const current = signal<Slot>(leftSlot(sessionId));
  const key = () => keyOf(sessionId, current.peek());
  const toDraft = () => {
    current.value = { kind: "draft" };
    return readDraft(sessionId)?.text ?? "";
  };
  return {
    current,
    key,
    isBegun: (slot) => readDraft(keyOf(sessionId, slot)) !== null,
    enter(slot, text) {
      current.value = slot;
      const written = readDraft(key())?.text ?? null;
      const isMore = written !== null && slot.kind === "again" && written !== text;
      const next = isMore ? besides(written, text) : (written ?? text);
      writeDraft(key(), next);
      return next;
    },
    toDraft,
    leave() {
      if (current.peek().kind !== "draft") clearDraft(key());
      return toDraft();
    },
  };
}

/** No identifier has a full stop in it. */
function keyOf(sessionId: string, slot: Slot): string {
  switch (slot.kind) {
    case "draft":
      return sessionId;
    case "edit":
      return `${sessionId}.edit.${slot.promptId}`;
    case "again":
      return `${sessionId}.again`;
  }
}

function leftSlot(sessionId: string): Slot {
  const start = `${sessionId}.edit.`;
  const edited = draftKeys().find((key) => key.startsWith(start));
  if (edited !== undefined) return { kind: "edit", promptId: edited.slice(start.length) };
  return readDraft(keyOf(sessionId, { kind: "again" })) === null ? { kind: "draft" } : { kind: "again" };
}
