/** Search over all sessions. */
import * as z from "zod";
import { SearchResults } from "../../../protocol/search.ts";
import { longestQuery } from "../../../sessions/search/search-lines.ts";
import { deviceOf } from "../../callers/authorisation.ts";
import { givenUp } from "../../given-up.ts";
import { jsonContent, route } from "../../route-table.ts";

const searchQuery = z.object({
  /** Taken literally; case does not count, and white space counts as one space. */
  q: z.string().trim().min(1).max(longestQuery),
  /** Of sessions. */
  limit: z.coerce.number().int().min(1).max(50).default(20),
  /** Only in this session, and then up to fifty places of it. */
  session: z.string().max(64).optional(),
});

export const searchRoutes = [
  route(
    {
      method: "get",
      path: "/api/search",
      right: "read",
      summary: "Sessions whose titles, prompts, answers, commands or file names hold a text",
      request: { query: searchQuery },
      responses: { 200: { description: "The newest of them.", content: jsonContent(SearchResults) } },
    },
    async (context, parts) => {
      const { q, limit, session: sessionId } = context.req.valid("query");
      const signal = givenUp(context.req.raw);
      const found = await parts.sessions.search({ query: q, limit, sessionId, signal }, deviceOf(context).id);
      return context.json(found, 200);
    },
  ),
];
