/** How this machine is reached. */
import { Reach } from "../../../protocol/device.ts";
import { jsonContent, route } from "../../route-table.ts";

export const reachRoutes = [
  route(
    {
      method: "get",
      path: "/api/reach",
      right: "full",
      summary: "How this machine is reached: its addresses, https, proxies",
      responses: { 200: { description: "As it is now.", content: jsonContent(Reach) } },
    },
    (context, parts) => context.json(parts.reach, 200),
  ),
];
