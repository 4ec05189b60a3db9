/** Finds the session that a path names. */
import type { Session } from "../../sessions/session.ts";
import { ApiError } from "../errors.ts";
import type { ServerParts } from "../parts.ts";

/** The session of this id; 404 when there is none. */
export async function sessionOf(id: string, parts: ServerParts): Promise<Session> {
  const session = await parts.sessions.find(id);
  if (session === null)
    throw new ApiError(404, "session_not_found", { detail: "There is no session of that id." });
  return session;
}
