/** The typed table: every route of the API, in one list. */
import type { ServerRoute } from "../route-table.ts";
import { auditRoutes } from "./access/audit.ts";
import { authRoutes } from "./access/auth.ts";
import { deviceRoutes } from "./access/devices.ts";
import { pairingRoutes } from "./access/pairing.ts";
import { reachRoutes } from "./access/reach.ts";
import { trustRoutes } from "./access/trust.ts";
import { demoRoutes } from "./demo.ts";
import { healthRoutes } from "./health.ts";
import { modelRoutes } from "./models.ts";
import { projectRoutes } from "./projects.ts";
import { providerRoutes } from "./providers.ts";
import { changeRoutes } from "./session/changes.ts";
import { eventRoutes } from "./session/events.ts";
import { jobRoutes } from "./session/jobs.ts";
import { promptWordRoutes } from "./session/prompt-words.ts";
import { rewindRoutes } from "./session/rewind.ts";
import { searchRoutes } from "./session/search.ts";
import { sessionCopyRoutes } from "./session/session-copies.ts";
import { sessionRoutes } from "./session/sessions.ts";
import { turnRoutes } from "./session/turns.ts";

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
