/** The demo inside the product: a scripted model and a sample project, without an account or a network. */
import * as z from "zod";
import { Project } from "../../protocol/catalogue.ts";
import { jsonBody, jsonContent, route } from "../route-table.ts";

const Demo = z.object({ project: Project, model: z.string() }).meta({ id: "Demo" });

export const demoRoutes = [
  route(
    {
      method: "post",
      path: "/api/demo",
      right: "full",
      summary: "Start the scripted model and open a fresh copy of the sample project",
      request: { body: jsonBody(z.object({})) },
      responses: { 200: { description: "Where to begin.", content: jsonContent(Demo) } },
    },
    async (context, parts) => {
      const { projectPath, model } = await parts.startDemo();
      return context.json({ project: await parts.projects.open(projectPath), model }, 200);
    },
  ),
];
