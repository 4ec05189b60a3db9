/** Which models can be used now, and the original stateless chat. */

import type { Context } from "hono";
import * as z from "zod";
import { isEnough } from "../../access/rights.ts";
import { ModelListing } from "../../protocol/catalogue.ts";
import type { Device } from "../../protocol/device.ts";
import { pairedDevice } from "../callers/authorisation.ts";
import { ChatAnswer, ChatRequest, completeChat, resolveChat, streamChat } from "../chat-completion.ts";
import { givenUp } from "../given-up.ts";
import type { ServerEnvironment, ServerParts } from "../parts.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";
import { signedInToken } from "../sign-in/signed-in-token.ts";
import { sealedToken } from "../sign-in/visitor.ts";
import type { EventStream } from "../streams/event-stream.ts";
import { openEventStream } from "../streams/open-event-stream.ts";

type RequestContext = Context<ServerEnvironment>;

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
    async (context, parts) =>
      context.json(parts.redaction.value(await parts.catalogue.list(givenUp(context.req.raw))), 200),
  ),
  route(
    {
      method: "post",
      path: "/api/chat",
      right: "chat",
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
      const key = await signedInToken(context, parts);
      const asked = { request: await resolveChat(body, parts), key };
      if (body.stream === true) return streamChat(asked, parts, await openChatStream(context, parts));
      return context.json(await completeChat(asked, parts, givenUp(context.req.raw)), 200);
    },
  ),
];

/** A browser that comes by `gh_token` alone reads as the device that the cookie was given to, and no longer than that one. */
async function openChatStream(context: RequestContext, parts: ServerParts): Promise<EventStream> {
  // A device that may chat by its own rights is not tied to whoever is signed in with GitHub.
  if (mayChat(pairedDevice(context))) return openEventStream(context, parts);
  const identified = await parts.gitHub?.identify(sealedToken(context, parts));
  const owner = identified?.type === "user" ? identified.device : null;
  const stream = openEventStream(context, parts);
  const forget = parts.devices.onReduced((reducedId) => {
    if (reducedId === owner) stream.close();
  });
  stream.closed.addEventListener("abort", forget);
  // It may have been signed out while the model was looked for.
  if (owner === null || parts.devices.find(owner) === null) stream.close();
  return stream;
}

function mayChat(device: Device | null): boolean {
  return device !== null && isEnough(device.rights, "approve");
}
