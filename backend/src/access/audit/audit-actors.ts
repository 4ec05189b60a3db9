/** Actors of the audit log that are no device. */
import type { AuditActor } from "../../protocol/audit.ts";
import type { Actor } from "../../protocol/session-update.ts";

/** `voxpilot …`, typed on the machine. */
export const commandLineActor: AuditActor = { kind: "command_line", id: null, name: null, address: null };

/** What the server does by itself. */
export const serverAuditActor: AuditActor = { kind: "server", id: null, name: null, address: null };

/** Nobody who is known, or many of them. */
export const strangers: AuditActor = { kind: "stranger", id: null, name: null, address: null };

/** Whoever caused an event of a session, without the address that no event holds. */
export function actorInAudit({ kind, id, name }: Actor): AuditActor {
  return kind === "device" ? { kind, id, name, address: null } : serverAuditActor;
}
