/** Starting the demo from the page: the scripted model and a fresh copy of the sample project. */
import { api, ask } from "../api/client.ts";
import type { Failure } from "../api/types.ts";
import { loadModels } from "./models.ts";
import { loadProjects } from "./projects.ts";
import { prepareSession } from "./sessions/session-list.ts";

/** Starts it and opens a session with `prompt` in its composer, not sent. The answer is its id, or why there is none. */
export async function startDemo(prompt: string): Promise<{ id: string } | { failure: Failure }> {
  const demo = await ask(api.POST("/api/demo", { body: {} }));
  if (!demo.ok) return { failure: demo.failure };
  const session = await prepareSession({ project: demo.data.project, model: demo.data.model }, prompt);
  await Promise.all([loadModels(), loadProjects()]);
  return session;
}
