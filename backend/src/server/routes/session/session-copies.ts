/** Sessions that become others: forked from a turn, exported as a file, imported from one. */
import * as z from "zod";
import { ForkSession, ImportSession, SessionSummary } from "../../../protocol/session.ts";
import type { Session } from "../../../sessions/session.ts";
import { exportJson } from "../../../sessions/transfer/export/export-json.ts";
import { exportMarkdown } from "../../../sessions/transfer/export/export-markdown.ts";
import { actorOf, assertRight, deviceOf } from "../../callers/authorisation.ts";
import { jsonBody, jsonContent, route } from "../../route-table.ts";
import { tieToDevice } from "../../streams/device-tie.ts";
import { textStream } from "../../streams/text-stream.ts";
import { isKnownProject, sessionOf } from "./session-path.ts";

const byId = z.object({ id: z.string() });
const ExportFormat = z.enum(["markdown", "json"]);

const importLimit = {
  maxBytes: 32 * 1024 * 1024,
  withinMs: 120_000,
  isRaw: true,
  advice: "Fork the session from an earlier turn where it comes from, and export that one.",
} as const;

const exports = {
  markdown: { write: exportMarkdown, type: "text/markdown; charset=utf-8", ending: "md" },
  json: { write: exportJson, type: "application/json", ending: "json" },
} as const;

export const sessionCopyRoutes = [
  route(
    {
      method: "post",
      path: "/api/sessions/{id}/fork",
      right: "approve",
      summary: "Copy a session through the end of a turn into a new one; the same id and body gives the same",
      request: { params: byId, body: jsonBody(ForkSession) },
      responses: { 201: { description: "The new session.", content: jsonContent(SessionSummary) } },
    },
    async (context, parts) => {
      const device = deviceOf(context);
      const { id } = context.req.valid("param");
      const fork = await parts.sessions.fork(id, context.req.valid("json"), actorOf(device));
      return context.json(fork.summary(device.id), 201);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/export",
      right: "read",
      summary: "A session as a file: Markdown for people, JSON for an import",
      request: { params: byId, query: z.object({ format: ExportFormat.default("markdown") }) },
      responses: {
        200: {
          description: "An attachment, as long as the session is.",
          content: {
            "text/markdown": { schema: z.string() },
            "application/json": { schema: z.unknown() },
          },
        },
      },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      const { write, type, ending } = exports[context.req.valid("query").format];
      const headers = {
        "content-type": type,
        "content-disposition": `attachment; filename="${fileName(session)}.${ending}"`,
        "cache-control": "no-store",
      };
      const tie = (close: () => void) => tieToDevice(context, parts, close);
      return textStream(write(session, new Date()), headers, tie);
    },
  ),
  route(
    {
      method: "post",
      path: "/api/sessions/import",
      right: "approve",
      bodyLimit: importLimit,
      isOneAtATime: true,
      summary: "Make a session of an exported one; the same id and body gives the same answer",
      request: { body: jsonBody(ImportSession) },
      responses: { 201: { description: "The session.", content: jsonContent(SessionSummary) } },
    },
    async (context, parts) => {
      const { bytes, digest: bodyDigest } = context.get("rawBody");
      const file = await parts.sessions.openImport({ bytes, signal: parts.stopping });
      try {
        const { project } = file.head;
        if (!(await isKnownProject(project, parts))) assertRight(context.get("authentication"), "full");
        const device = deviceOf(context);
        const session = await parts.sessions.import(file, { bodyDigest, by: actorOf(device) });
        return context.json(session.summary(device.id), 201);
      } finally {
        await file.close();
      }
    },
  ),
];

/** Letters that every system takes. */
function fileName(session: Session): string {
  const { id, title } = session.summary();
  const words = (title ?? "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-|-$/g, "");
  return `voxpilot-${words === "" ? id : words}`;
}
