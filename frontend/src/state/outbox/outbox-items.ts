/** What waits on this device: prompts and decisions, each under one id however often it is sent. */
import type { OpenQuestion } from "../../../../transcript/transcript.ts";
import type { ContentBlock, Delivery, Failure, GrantScope, PermissionOptionKind } from "../../api/types.ts";

/** phone: waits here. machine: its line is on disk there. refused: the machine said no, `failure` says why. */
export type OutboxPhase = "phone" | "machine" | "refused";

interface ItemBase {
  /** The prompt's id, or the request's. */
  readonly id: string;
  readonly sessionId: string;
  readonly phase: OutboxPhase;
  readonly failure: Failure | null;
  /** As whom it was said; null: this page did not know yet, or an older page wrote it. */
  readonly deviceId: string | null;
  /** What is older is sent first. */
  readonly order: number;
}

export interface PromptItem extends ItemBase {
  readonly kind: "prompt";
  readonly content: readonly ContentBlock[];
  readonly delivery: Delivery;
}

export interface DecisionItem extends ItemBase {
  readonly kind: "decision";
  readonly option: { readonly optionId: string; readonly kind: PermissionOptionKind };
  /** Of exactly what was on the screen. */
  readonly digest: string;
  readonly grant: GrantScope | null;
  readonly feedback: string | null;
  /** What was asked, for a list that does not show the question; null: it was decided on an older page. */
  readonly subject: OpenQuestion["request"]["subject"] | null;
}

export type OutboxItem = PromptItem | DecisionItem;

/** The item in a stored value, or null; what an older page stored lacks the order, and is older than all that has one. */
export function readItem(value: unknown): OutboxItem | null {
  if (typeof value !== "object" || value === null) return null;
  const known = { order: 0, subject: null, deviceId: null, ...value };
  return isItem(known) ? known : null;
}

/** Written by this page alone: what is asked here is only whether it is one of its items at all. */
function isItem(value: object): value is OutboxItem {
  if (!("kind" in value && "id" in value && "sessionId" in value && "phase" in value)) return false;
  return value.kind === "prompt" ? "content" in value : value.kind === "decision" && "digest" in value;
}
