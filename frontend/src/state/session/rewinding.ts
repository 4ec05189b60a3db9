/** Going back to before a turn: what it would do, doing it, and taking that or a compaction back. */
import { api, ask } from "../../api/client.ts";
import type { Failure, Outcome, RewindAnswer, RewindPreview, RewindScope } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";

/** What a person has chosen in a preview. */
export interface ChosenRewind {
  readonly turnId: string;
  readonly scope: RewindScope;
  /** The files that go back. */
  readonly paths: readonly string[];
  readonly digest: string;
}

type Request =
  | { readonly turnId: string; readonly scope: RewindScope; readonly preview: true }
  | {
      readonly id: string;
      readonly turnId: string;
      readonly scope: RewindScope;
      readonly paths?: string[];
      readonly digest: string;
    }
  | { readonly id: string; readonly undoes: number };

/** Ids of what got no answer: trying again finds what was done instead of doing it twice. */
const triedIds = new Map<string, string>();

/** What it would do. */
export async function previewRewind(sessionId: string, turnId: string): Promise<Outcome<RewindPreview>> {
  const outcome = await post(sessionId, { turnId, scope: "both", preview: true });
  if (!outcome.ok) return outcome;
  return "digest" in outcome.data ? { ok: true, data: outcome.data } : { ok: false, failure: "unreachable" };
}

/** Goes back, as previewed. */
export function rewindTo(sessionId: string, chosen: ChosenRewind): Promise<Outcome<RewindAnswer>> {
  const { turnId, scope, digest } = chosen;
  const paths = scope === "conversation" ? {} : { paths: [...chosen.paths] };
  return once(sessionId, { turnId, scope, ...paths, digest });
}

/** Takes back the rewind, or the compaction, whose event has that seq. */
export function undoRewind(sessionId: string, undoes: number): Promise<Outcome<RewindAnswer>> {
  return once(sessionId, { undoes });
}

/** Whether a failure says that the preview is no longer so. */
export function isChanged(failure: Failure): boolean {
  return failure !== "unreachable" && failure.code === "changed";
}

/** Whether a failure says that a turn runs. */
export function isRunningFailure(failure: Failure): boolean {
  return failure !== "unreachable" && failure.code === "turn_running";
}

type WithoutId<Asked> = Asked extends { readonly id: string } ? Omit<Asked, "id"> : never;

async function once(sessionId: string, request: WithoutId<Request>): Promise<Outcome<RewindAnswer>> {
  const key = JSON.stringify([sessionId, request]);
  const id = triedIds.get(key) ?? newIdentifier();
  triedIds.set(key, id);
  const outcome = await post(sessionId, { id, ...request });
  if (outcome.ok || (outcome.failure !== "unreachable" && outcome.failure.status < 500)) triedIds.delete(key);
  if (!outcome.ok) return outcome;
  return "seq" in outcome.data ? { ok: true, data: outcome.data } : { ok: false, failure: "unreachable" };
}

function post(id: string, body: Request): Promise<Outcome<RewindPreview | RewindAnswer>> {
  return ask(api.POST("/api/sessions/{id}/rewind", { params: { path: { id } }, body }));
}
