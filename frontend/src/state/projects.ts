/** Folders that the agent may work in. */
import { api, ask } from "../api/client.ts";
import type { Outcome, Project, SessionSummary } from "../api/types.ts";
import { readStored, writeStored } from "../lib/browser/storage.ts";
import { type ReadonlySignal, signal } from "../lib/signal.ts";
import { sessionProjects } from "./sessions/session-list.ts";

const known = signal<readonly Project[] | null>(null);

/** Recent ones first; null until the machine has answered. */
export const projects: ReadonlySignal<readonly Project[] | null> = known;

/** Looks again, branches included. */
export async function loadProjects(): Promise<void> {
  const outcome = await ask(api.GET("/api/projects"));
  if (outcome.ok) known.value = outcome.data.projects;
}

/** Opens a folder by its absolute path; it then is a project. */
export async function openFolder(path: string): Promise<Outcome<Project>> {
  const outcome = await ask(api.POST("/api/projects", { body: { path } }));
  if (outcome.ok) await loadProjects();
  return outcome;
}

/** The project of the last new session, else the first one. Until the machine has answered, of those that have sessions. */
export function preferredProject(): Project | null {
  const list = known.value ?? sessionProjects.value.map(withoutFacts);
  const remembered = readStored("project");
  return list.find((project) => project.id === remembered) ?? list[0] ?? null;
}

function withoutFacts(project: SessionSummary["project"]): Project {
  return { ...project, instructions: [], lastUsedAt: null };
}

/** Remembers what was chosen for the next new session. */
export function rememberProject(id: string): void {
  writeStored("project", id);
}
