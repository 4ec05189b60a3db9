/** What a session has left running in the background: who may decide on commands sees it, and can end it. */
import * as z from "zod";
import { BackgroundJob } from "../../../protocol/job.ts";
import { ApiError } from "../../errors.ts";
import { jsonContent, route } from "../../route-table.ts";
import { sessionOf } from "./session-path.ts";

export const jobRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/jobs",
      right: "read",
      summary: "Commands of this session that run in the background, the oldest first",
      request: { params: z.object({ id: z.string() }) },
      responses: { 200: { description: "Those that run.", content: jsonContent(z.array(BackgroundJob)) } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      return context.json(parts.redaction.value([...parts.jobs.running(session.id)]), 200);
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
