/** The page's one database in this browser: what waits to be sent, and what the machine said last. */
import { type Database, openDatabase } from "../lib/browser/database.ts";

/** `outbox`: what waits. `sessions`: which were seen last, and `transcripts`: what was in them. `facts`: the device, the list. `attachments`: pictures of drafts. */
const stores = ["outbox", "sessions", "transcripts", "facts", "attachments"] as const;
let opened: Promise<Database | null> | null = null;

/** Null: this browser keeps nothing but small texts. Opened when it is first wanted. */
export function pageDatabase(): Promise<Database | null> {
  opened ??= openDatabase("voxpilot", 2, stores);
  return opened;
}
