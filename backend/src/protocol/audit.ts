/** The record of who came in and who decided what: one entry a line in `<state>/audit.jsonl`, each chained to the one before. */
import * as z from "zod";
import { DeviceRights } from "./device.ts";
import { Timestamp } from "./identifiers.ts";
import { SessionMode } from "./session.ts";

/** What is written down. `device` names what it happened to, where that is not the actor. */
export const AuditRecord = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("device_paired"),
    device: z.string(),
    name: z.string(),
    rights: DeviceRights,
    how: z.enum(["code", "github", "command_line"]),
  }),
  z.object({ kind: z.literal("device_changed"), device: z.string(), name: z.string(), rights: DeviceRights }),
  z.object({ kind: z.literal("device_revoked"), device: z.string(), name: z.string() }),
  z.object({ kind: z.literal("code_made"), rights: DeviceRights }),
  z.object({
    kind: z.literal("signed_in"),
    login: z.string(),
    githubId: z.int(),
    how: z.enum(["web", "device", "token"]),
  }),
  z.object({ kind: z.literal("signed_out"), login: z.string() }),
  /** A refused try to come in; `count` > 1 gathers those of one minute. */
  z.object({
    kind: z.literal("refused"),
    what: z.enum(["code", "sign_in", "token", "host", "origin"]),
    reason: z.string(),
    login: z.string().optional(),
    count: z.int().positive(),
  }),
  z.object({ kind: z.literal("proof_given"), how: z.enum(["code", "github"]) }),
  z.object({
    kind: z.literal("decision"),
    session: z.string(),
    requestId: z.string(),
    digest: z.string(),
    option: z.string(),
    grant: z.string().nullable(),
  }),
  /** Where prompts and their answers may go; `origin` null: nowhere any more. Never a key. */
  z.object({
    kind: z.literal("provider_changed"),
    provider: z.string(),
    change: z.enum(["set", "removed"]),
    origin: z.string().nullable(),
  }),
  z.object({ kind: z.literal("grant_ended"), session: z.string(), requestId: z.string() }),
  z.object({
    kind: z.literal("mode_changed"),
    session: z.string(),
    mode: SessionMode,
    endsAt: Timestamp.nullable(),
  }),
  /** Back to before a turn; `undoes` is the seq of what was taken back, null: it was none. */
  z.object({
    kind: z.literal("session_rewound"),
    session: z.string(),
    seq: z.int().positive(),
    files: z.int(),
    undoes: z.int().positive().nullable(),
  }),
  z.object({ kind: z.literal("session_deleted"), session: z.string() }),
]);
export type AuditRecord = z.infer<typeof AuditRecord>;

/** Who did it: a device, the command line on the machine, the server itself, or nobody who is known. */
export const AuditActor = z.object({
  kind: z.enum(["device", "command_line", "server", "stranger"]),
  id: z.string().nullable(),
  name: z.string().nullable(),
  address: z.string().nullable(),
});
export type AuditActor = z.infer<typeof AuditActor>;

/** One line. `hash` is the SHA-256 (hex) of the line without itself; `previous` the hash of the line before, 64 zeros at first. */
export const AuditEntry = z
  .object({
    seq: z.int().positive(),
    at: Timestamp,
    actor: AuditActor,
    record: AuditRecord,
    previous: z.string(),
    hash: z.string(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;
