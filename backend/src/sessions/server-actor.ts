/** Who stands behind what the server writes into a log by itself. */
import type { Actor } from "../protocol/session-update.ts";

/** The cause of what no person, rule or engine did. */
export const serverActor: Actor = { kind: "server", id: "server", name: "VoxPilot" };
