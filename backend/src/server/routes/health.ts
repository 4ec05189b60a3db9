/** Whether the server is there: the one answer that everybody gets. */
import * as z from "zod";
import { route } from "../route-table.ts";

const Health = z
  .object({ status: z.literal("ok"), app_name: z.literal("VoxPilot"), version: z.string() })
  .meta({ id: "Health" });

export const healthRoutes = [
  route(
    {
      method: "get",
      path: "/api/health",
      right: "public",
      summary: "Whether the server is there",
      responses: { 200: { description: "It is.", content: { "application/json": { schema: Health } } } },
    },
    (context, parts) =>
      context.json({ status: "ok", app_name: "VoxPilot", version: parts.server.version }, 200),
  ),
];
