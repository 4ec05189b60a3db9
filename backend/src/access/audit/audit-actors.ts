/** Actors of the audit log that are no device. */
import type { AuditActor } from "../../protocol/audit.ts";

/** `voxpilot …`, typed on the machine. */
export const commandLineActor: AuditActor = { kind: "command_line", id: null, name: null, address: null };

/** What the server does by itself. */
export const serverAuditActor: AuditActor = { kind: "server", id: null, name: null, address: null };

/** Nobody who is known, or many of them. */
export const strangers: AuditActor = { kind: "stranger", id: null, name: null, address: null };
