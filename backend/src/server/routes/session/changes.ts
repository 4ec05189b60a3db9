/** What a turn changed in the project's files. */
import * as z from "zod";
import { TurnChanges } from "../../../protocol/changes.ts";
import { jsonContent, route } from "../../route-table.ts";
import { turnChanges } from "../../turn-changes.ts";
import { sessionOf } from "./session-path.ts";

export const changeRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/changes",
      right: "read",
      summary: "The diff of a turn, between the checkpoints of its start and its end",
      request: {
        params: z.object({ id: z.string() }),
        query: z.object({ turn: z.string(), file: z.string().optional() }),
      },
      responses: { 200: { description: "Summary and diffs.", content: jsonContent(TurnChanges) } },
    },
    async (context, parts) => {
      const { turn, file } = context.req.valid("query");
      const session = await sessionOf(context.req.valid("param").id, parts);
      return context.json(
        await turnChanges({ session, turnId: turn, path: file, checkpoints: parts.checkpoints }),
        200,
      );
    },
  ),
];
