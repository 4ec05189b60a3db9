/** What the loop needs from the rules on who may do what. The rules themselves live in `permissions/`. */
import type { PermissionSubject, Reach } from "../protocol/permission.ts";
import type { SessionMode } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import type { ToolAccess } from "./tool.ts";

/** What a planned call would touch, and under which mode. */
export interface AccessQuestion {
  readonly access: ToolAccess;
  /** Absolute, resolved path of the project. */
  readonly root: string;
  readonly mode: SessionMode;
}

/** allow: `by` says which mode or rule. deny: `reason` is told to the model. */
export type Verdict =
  | { readonly type: "allow"; readonly by: Actor; readonly reach: readonly Reach[] }
  | { readonly type: "ask"; readonly reach: readonly Reach[]; readonly dangerous: boolean }
  | { readonly type: "deny"; readonly by: Actor; readonly reason: string };

/** Pure: the same question gets the same verdict. When in doubt it asks. */
export interface PermissionPolicy {
  judge(question: AccessQuestion): Verdict;
}

/** What a person, or a grant of theirs, answered. Silence is never consent: it is `cancelled`. */
export type PermissionAnswer =
  /** `optionId` as the question named it; `feedback`: words that came with it. */
  | { readonly type: "allowed"; readonly optionId?: string; readonly feedback?: string | null }
  | { readonly type: "denied"; readonly feedback: string | null }
  | { readonly type: "cancelled" };

/** Whether it may be allowed for more than once. What takes a file away is asked each time: the same words hide another loss. */
export function isGrantable({
  dangerous,
  subject,
}: {
  readonly dangerous: boolean;
  readonly subject: PermissionSubject;
}): boolean {
  if (dangerous) return false;
  return subject.type !== "edit" || (subject.deleted !== true && subject.moved !== true);
}
