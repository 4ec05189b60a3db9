/** The typed table: every route of the API, in one list. */
import type { ServerRoute } from "../route-table.ts";
import { auditRoutes } from "./audit.ts";
import { authRoutes } from "./auth.ts";
import { changeRoutes } from "./changes.ts";
import { demoRoutes } from "./demo.ts";
import { deviceRoutes } from "./devices.ts";
import { eventRoutes } from "./events.ts";
import { healthRoutes } from "./health.ts";
import { jobRoutes } from "./jobs.ts";
import { modelRoutes } from "./models.ts";
import { pairingRoutes } from "./pairing.ts";
import { projectRoutes } from "./projects.ts";
import { promptWordRoutes } from "./prompt-words.ts";
import { providerRoutes } from "./providers.ts";
import { reachRoutes } from "./reach.ts";
import { rewindRoutes } from "./rewind.ts";
import { searchRoutes } from "./search.ts";
import { sessionCopyRoutes } from "./session-copies.ts";
import { sessionRoutes } from "./sessions.ts";
import { trustRoutes } from "./trust.ts";
import { turnRoutes } from "./turns.ts";

export const allRoutes: readonly ServerRoute[] = [
  ...healthRoutes,
  ...pairingRoutes,
  ...authRoutes,
  ...deviceRoutes,
  ...modelRoutes,
  ...providerRoutes,
  ...projectRoutes,
  ...sessionRoutes,
  ...sessionCopyRoutes,
  ...searchRoutes,
  ...turnRoutes,
  ...rewindRoutes,
  ...jobRoutes,
  ...promptWordRoutes,
  ...eventRoutes,
  ...changeRoutes,
  ...reachRoutes,
  ...trustRoutes,
  ...auditRoutes,
  ...demoRoutes,
];
