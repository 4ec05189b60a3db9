/** The folders that conversations may work in. */
import * as z from "zod";
import { Project } from "../../protocol/catalogue.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";

export const ProjectList = z.object({ projects: z.array(Project) }).meta({ id: "ProjectList" });
const OpenProject = z.object({ path: z.string().min(1).max(4096) }).meta({ id: "OpenProject" });

export const projectRoutes = [
  route(
    {
      method: "get",
      path: "/api/projects",
      right: "read",
      summary: "Known projects, most recently used first",
      responses: { 200: { description: "The projects.", content: jsonContent(ProjectList) } },
    },
    async (context, parts) => context.json({ projects: await parts.projects.list() }, 200),
  ),
  route(
    {
      method: "post",
      path: "/api/projects",
      right: "full",
      summary: "Open a folder as a project, by its absolute path",
      request: { body: jsonBody(OpenProject) },
      responses: { 200: { description: "The project.", content: jsonContent(Project) } },
    },
    async (context, parts) => context.json(await parts.projects.open(context.req.valid("json").path), 200),
  ),
];
