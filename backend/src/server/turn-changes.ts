/** The diff of one turn, between the checkpoints that its log names. */
import type { TurnChanges } from "../protocol/changes.ts";
import type { Session } from "../sessions/session.ts";
import type { Checkpoints } from "../workspace/git/checkpoints.ts";
import { ApiError } from "./errors.ts";

export interface TurnChangesQuery {
  readonly session: Session;
  readonly turnId: string;
  /** Only this file, relative to the project. */
  readonly path: string | undefined;
  readonly checkpoints: Checkpoints;
}

/** What the turn changed; 404 when the turn has no two checkpoints (yet). */
export async function turnChanges({
  session,
  turnId,
  path,
  checkpoints,
}: TurnChangesQuery): Promise<TurnChanges> {
  const trees = session.turnTrees(turnId);
  if (trees === null) {
    throw new ApiError(404, "not_found", {
      detail: "That turn has no checkpoints of its start and its end.",
    });
  }
  const summary = await checkpoints.summarise(session.project, trees.start, trees.end);
  const diffs = await checkpoints.diff(session.project, { fromTree: trees.start, toTree: trees.end, path });
  return { turnId, summary, diffs };
}
