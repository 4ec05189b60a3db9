/** What a session has in the background: whoever may read sees what it says, and who may decide on commands can end it. */
import * as z from "zod";
import { BackgroundJob, BackgroundJobOutput } from "../../../protocol/job.ts";
import { endOf } from "../../../workspace/processes/output-window.ts";
import { ApiError } from "../../errors.ts";
import { jsonContent, route } from "../../route-table.ts";
import { sessionOf } from "./session-path.ts";

/** So much of what a command has said is shown, from its end. */
const shownCharacters = 16_000;
/** Where more came before, so much of the beginning is not shown: it may be the rest of a secret. */
const unsureCharacters = 4_096;

/** Cut only when nothing secret is in it: what is cut in the middle is no longer known for one. */
function withLatest(job: BackgroundJobOutput): BackgroundJobOutput {
  const sure = job.output.length - (job.omitted > 0 ? unsureCharacters : 0);
  const output = endOf(job.output, Math.max(0, Math.min(shownCharacters, sure)));
  return { ...job, output, omitted: job.omitted + job.output.length - output.length };
}

export const jobRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/jobs",
      right: "read",
      summary:
        "Commands of this session in the background, the oldest first: those that run and the last that ended",
      request: { params: z.object({ id: z.string() }) },
      responses: {
        200: { description: "All that are known.", content: jsonContent(z.array(BackgroundJob)) },
      },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      return context.json(parts.redaction.value([...parts.jobs.list(session.id)]), 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/jobs/{jobId}",
      right: "read",
      summary: "A command in the background with the latest of its output",
      request: { params: z.object({ id: z.string(), jobId: z.string() }) },
      responses: {
        200: { description: "At most 16,000 characters.", content: jsonContent(BackgroundJobOutput) },
      },
    },
    async (context, parts) => {
      const { id, jobId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const job = parts.jobs.look(session.id, jobId);
      if (job === null) throw new ApiError(404, "not_found", { detail: "There is no such command." });
      return context.json(withLatest(parts.redaction.value(job)), 200);
    },
  ),
  route(
    {
      method: "delete",
      path: "/api/sessions/{id}/jobs/{jobId}",
      right: "approve",
      summary: "End a command that runs in the background; 404 when it does not run",
      request: { params: z.object({ id: z.string(), jobId: z.string() }) },
      responses: { 204: { description: "Nothing of it is alive." } },
    },
    async (context, parts) => {
      const { id, jobId } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      if (!(await parts.jobs.end(session.id, jobId)))
        throw new ApiError(404, "not_found", { detail: "No such command is running." });
      return context.body(null, 204);
    },
  ),
];
