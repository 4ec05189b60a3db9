/** Makes a session of a file that was exported, here or on another machine. */
import { api, ask } from "../../api/client.ts";
import type { Failure, Project, SessionSummary } from "../../api/types.ts";
import { newIdentifier } from "../../lib/browser/identifiers.ts";
import { applySummary } from "./session-list.ts";

/** Why there is no session: the file is none that can be read, is too large, or what the machine said. */
export type ImportProblem = "not_json" | "too_large" | Failure;

/** The machine takes no more in one request. */
const importLimitBytes = 33_554_432;

/** Ids of files that got no answer: trying again finds the same session instead of making a second one. */
const ids = new Map<string, string>();

/** Sends the file's content. The answer is the new session, or why there is none. */
export async function importSession(
  file: File,
  project: Project,
): Promise<{ readonly session: SessionSummary } | { readonly problem: ImportProblem }> {
  if (file.size > importLimitBytes) return { problem: "too_large" };
  const content = await readJson(file);
  if (content === null) return { problem: "not_json" };
  const key = [project.id, file.name, file.size, file.lastModified].join(" ");
  const id = ids.get(key) ?? newIdentifier();
  ids.set(key, id);
  const body = { id, project: project.id, session: content };
  // A large file over a slow line takes longer than any other call may.
  const outcome = await ask(api.POST("/api/sessions/import", { body, fetch: (request) => fetch(request) }));
  if (!outcome.ok && (outcome.failure === "unreachable" || outcome.failure.status >= 500))
    return { problem: outcome.failure };
  ids.delete(key);
  if (!outcome.ok) return { problem: outcome.failure };
  applySummary(outcome.data);
  return { session: outcome.data };
}

/** Forgets what was tried. */
export function forgetImports(): void {
  ids.clear();
}

async function readJson(file: File): Promise<object | null> {
  try {
    const content: unknown = JSON.parse(await file.text());
    return typeof content === "object" ? content : null;
  } catch {
    // Not JSON, or no longer to be read: either way it is no exported session.
    return null;
  }
}
