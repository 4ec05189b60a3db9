/** The record of who came in and who decided what: a page of it, and the whole as a file. */
import * as z from "zod";
import { AuditEntry, AuditRecord } from "../../../protocol/audit.ts";
import type { ServerParts } from "../../parts.ts";
import { jsonContent, route } from "../../route-table.ts";

export const AuditPage = z
  .object({
    /** Newest first. */
    entries: z.array(AuditEntry),
    /** Older ones that fit the question lie beyond. */
    hasMore: z.boolean(),
  })
  .meta({ id: "AuditPage" });

const kinds = AuditRecord.options.map((option) => option.shape.kind.value);
const pageQuery = z.object({
  /** Only entries with a smaller seq. */
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
  kind: z.enum(kinds).optional(),
});

export const auditRoutes = [
  route(
    {
      method: "get",
      path: "/api/audit",
      right: "full",
      summary: "Who came in and who decided what, newest first",
      request: { query: pageQuery },
      responses: { 200: { description: "A page of it.", content: jsonContent(AuditPage) } },
    },
    async (context, parts) => context.json(await parts.audit.page(context.req.valid("query")), 200),
  ),
  route(
    {
      method: "get",
      path: "/api/audit/export",
      right: "full",
      summary: "The whole record as a file, one JSON entry a line, as it lies on the disk",
      responses: {
        200: { description: "JSON lines.", content: { "application/octet-stream": { schema: z.string() } } },
      },
    },
    (_context, parts) => exportResponse(parts),
  ),
];

function exportResponse({ audit }: ServerParts): Response {
  return new Response(ReadableStream.from(audit.export()), {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": 'attachment; filename="voxpilot-audit.jsonl"',
    },
  });
}
