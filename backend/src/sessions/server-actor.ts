/** Who stands behind what the server writes into a log by itself. */
import type { Actor } from "../protocol/session-update.ts";

export const serverActor: Actor = { kind: "server", id: "server", name: "VoxPilot" };
