/** What this page knows of the machine's sessions, gone in one act. */
import { forgetImports } from "./import-session.ts";
import { olderSessions } from "./older-sessions.ts";
import { forgetSearch } from "./search.ts";
import { forgetForks } from "./session-actions.ts";
import { forgetSessions } from "./session-list.ts";

/** Forgets all that the machine said of its sessions: the right to ask it is gone. */
export function forgetEverySession(): void {
  forgetSessions();
  for (const shelf of Object.values(olderSessions)) shelf.forget();
  forgetSearch();
  forgetForks();
  forgetImports();
}
