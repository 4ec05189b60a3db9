/** Going back to before a turn, and taking that back: a person's own act, with the full right. */
import * as z from "zod";
import { RewindAnswer, RewindPreview, RewindRequest } from "../../../protocol/rewind.ts";
import { auditActor } from "../../callers/audit-actor.ts";
import { actorOf, deviceOf } from "../../callers/authorisation.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";
import { sessionOf } from "./session-path.ts";

export const rewindRoutes = [
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/rewind",
      right: "full",
      summary:
        "Go back to before a turn, or take that back; with `preview` nothing is changed. 409 while a turn runs, and when the files are no longer as previewed",
      request: { params: z.object({ id: z.string() }), body: jsonBody(RewindRequest) },
      responses: {
        200: {
          description: "What would be done, or what was; the same id always gets the same answer.",
          content: jsonContent(z.union([RewindPreview, RewindAnswer])),
        },
      },
    },
    async (context, parts) => {
      const { id } = context.req.valid("param");
      const session = await sessionOf(id, parts);
      const request = context.req.valid("json");
      if ("preview" in request) return context.json(await session.previewRewind(request), 200);
      const { answer, isRepeated } = await session.rewind(request, actorOf(deviceOf(context)));
      if (!isRepeated)
        await parts.audit.record(auditActor(context, parts), {
          kind: "session_rewound",
          session: id,
          seq: answer.seq,
          files: answer.done.length,
          undoes: "undoes" in request ? request.undoes : null,
        });
      return context.json(answer, 200);
    },
  ),
];
