/** What helps to write a prompt: the slash commands of a session, the files of a project. */
import * as z from "zod";
import { slashCommands } from "../../../engines/slash-commands.ts";
import type { Project } from "../../../protocol/catalogue.ts";
import { SlashCommandList } from "../../../protocol/slash-command.ts";
import { ApiError } from "../../errors.ts";
import type { ServerParts } from "../../parts.ts";
import { jsonContent, route } from "../../route-table.ts";
import { sessionOf } from "./session-path.ts";

const byId = z.object({ id: z.string() });
const fileQuery = z.object({
  /** A few letters of the path, in order. */
  q: z.string().max(200).default(""),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
const FileNameList = z.object({ files: z.array(z.string()) }).meta({ id: "FileNameList" });

export const promptWordRoutes = [
  route(
    {
      method: "get",
      path: "/api/sessions/{id}/commands",
      right: "read",
      summary: "What can be written after / in this session",
      request: { params: byId },
      responses: { 200: { description: "The commands.", content: jsonContent(SlashCommandList) } },
    },
    async (context, parts) => {
      const session = await sessionOf(context.req.valid("param").id, parts);
      const places = { root: session.summary().project.path, userFolder: parts.userFolder };
      return context.json({ commands: await slashCommands(places) }, 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/projects/{id}/commands",
      right: "read",
      summary: "What can be written after / in the first prompt of a session in this project",
      request: { params: byId },
      responses: { 200: { description: "The commands.", content: jsonContent(SlashCommandList) } },
    },
    async (context, parts) => {
      const root = (await projectOf(context.req.valid("param").id, parts)).path;
      const commands = await slashCommands({ root, userFolder: parts.userFolder });
      // What a page does with a session, it cannot do with one that is not there yet.
      return context.json({ commands: commands.filter(({ where }) => where === "turn") }, 200);
    },
  ),
  route(
    {
      method: "get",
      path: "/api/projects/{id}/files",
      right: "read",
      summary: "Files of a project whose paths hold some letters, best first",
      request: { params: byId, query: fileQuery },
      responses: {
        200: { description: "Paths, relative to the project.", content: jsonContent(FileNameList) },
      },
    },
    async (context, parts) => {
      const project = await projectOf(context.req.valid("param").id, parts);
      const { q, limit } = context.req.valid("query");
      const files = await parts.fileNames.find(project.path, { query: q, limit });
      return context.json({ files }, 200);
    },
  ),
];

async function projectOf(id: string, parts: ServerParts): Promise<Project> {
  const project = await parts.projects.find(id);
  if (project === null) throw new ApiError(404, "not_found", { detail: "There is no such project." });
  return project;
}
