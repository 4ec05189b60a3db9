/** Which models can be used now, and the original stateless chat. */

import * as z from "zod";
import { ModelListing } from "../../protocol/catalogue.ts";
import { ChatAnswer, ChatRequest, completeChat, resolveChat, streamChat } from "../chat-completion.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";
import { openEventStream } from "../streams/open-event-stream.ts";

const ChatChunk = z.object({ delta: z.string() }).meta({ id: "ChatChunk" });

export const modelRoutes = [
  route(
    {
      method: "get",
      path: "/api/models",
      right: "read",
      summary: "What can be used now, per provider, with the reason where it cannot",
      responses: { 200: { description: "Looked at just now.", content: jsonContent(ModelListing) } },
    },
    async (context, parts) => context.json(await parts.catalogue.list(context.req.raw.signal), 200),
  ),
  route(
    {
      method: "post",
      path: "/api/chat",
      right: "approve",
      summary: "Stateless completion: messages in, one message out, or its pieces with `stream`",
      request: { body: jsonBody(ChatRequest) },
      responses: {
        200: {
          description:
            "The whole message, or server-sent events: `delta` pieces, then `done` with the whole answer.",
          content: { ...jsonContent(ChatAnswer), "text/event-stream": { schema: ChatChunk } },
        },
      },
    },
    async (context, parts) => {
      const body = context.req.valid("json");
      const request = await resolveChat(body, parts);
      if (body.stream === true) return streamChat(request, parts, openEventStream(context, parts));
      return context.json(await completeChat(request, parts, context.req.raw.signal), 200);
    },
  ),
];
