/** Commands that a session has left running on the machine, and ending one. */
import { api, ask } from "../../api/client.ts";
import type { BackgroundJob, Failure } from "../../api/types.ts";

/** Those that run now, or why that is not known. */
export async function fetchJobs(
  id: string,
): Promise<{ readonly jobs: readonly BackgroundJob[] } | { readonly failure: Failure }> {
  const outcome = await ask(api.GET("/api/sessions/{id}/jobs", { params: { path: { id } } }));
  return outcome.ok ? { jobs: outcome.data } : { failure: outcome.failure };
}

/** Ends one. Null: it runs no longer, whoever ended it; otherwise why it could not be ended. */
export async function endJob(id: string, jobId: string): Promise<Failure | null> {
  const path = { id, jobId };
  const outcome = await ask(api.DELETE("/api/sessions/{id}/jobs/{jobId}", { params: { path } }));
  if (outcome.ok) return null;
  return outcome.failure !== "unreachable" && outcome.failure.status === 404 ? null : outcome.failure;
}
