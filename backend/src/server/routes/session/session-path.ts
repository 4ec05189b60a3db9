/** Finds what a request about sessions names: a session, and the project of a new one. */
import { isAbsolute } from "node:path";
import type { Session } from "../../../sessions/session.ts";
import { ApiError } from "../../errors.ts";
import type { ServerParts } from "../../parts.ts";

/** The session of this id; 404 when there is none. */
export async function sessionOf(id: string, parts: ServerParts): Promise<Session> {
  return found(await parts.sessions.find(id));
}

/** What was looked for of a session; 404 when there is none of that id. */
export function found<Part>(part: Part | null): Part {
  if (part === null)
    throw new ApiError(404, "session_not_found", { detail: "There is no session of that id." });
  return part;
}

/** Another folder is opened with the right that `POST /api/projects` needs. An id that is not known opens nothing. */
export async function isKnownProject(project: string, parts: ServerParts): Promise<boolean> {
  if (!isAbsolute(project)) return true;
  return (await parts.projects.list()).some(({ path }) => path === project);
}
