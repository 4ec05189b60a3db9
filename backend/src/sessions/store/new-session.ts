/** How a new session begins: with which project, agent, model and mode. */
import type { CreateSession } from "../../protocol/session.ts";
import { modeEndOf } from "../mode-end.ts";
import { SessionConflict } from "../session-conflict.ts";
import type { SessionCreated } from "../session-folds.ts";
import type { SessionParts } from "../session-parts.ts";

/** Its first event. Throws ProjectRefused, and `invalid_request` for an agent that is not here. */
export async function creationOf(
  parts: SessionParts,
  request: CreateSession,
  given: { readonly id: string; readonly digest: string },
): Promise<SessionCreated> {
  const engine = engineFor(parts, request.engine);
  const endsAt = modeEndOf(request, parts.now());
  const { id, name, path } = await parts.projects.open(request.project);
  return {
    sessionUpdate: "session_created",
    formatVersion: 1,
    sessionId: given.id,
    project: { id, name, path },
    engine,
    model: request.model ?? null,
    mode: request.mode ?? "ask",
    title: request.title ?? null,
    requestDigest: given.digest,
    ...(endsAt === null ? {} : { _meta: { endsAt } }),
  };
}

/** The engine that is asked for, or the first one. Throws `invalid_request` for one that is not here. */
export function engineFor({ engines }: Pick<SessionParts, "engines">, asked?: string): string {
  const engine = asked ?? engines.keys().next().value;
  if (engine !== undefined && engines.has(engine)) return engine;
  throw new SessionConflict("invalid_request", "There is no such agent here.", { engine: engine ?? null });
}
