/** What a person does to a row of the list: putting it away, pinning it; what can be undone says so in a bar. */
import type { SessionSummary } from "../../api/types.ts";
import { machineName } from "../../state/access/device.ts";
import { changeSession } from "../../state/sessions/session-actions.ts";
import { settleList, summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { showBar } from "../frame/bars.ts";
import { titleOf } from "./session-title.ts";

type Named = Pick<SessionSummary, "id" | "title" | "archived" | "pinned">;

/** Puts a session away, or takes it out again; false: it is as it was, which the bar says. */
export async function toggleArchived(summary: Named): Promise<boolean> {
  const archived = !summary.archived;
  if (!(await change(summary.id, { archived }))) return false;
  const title = titleOf(summary);
  showBar({
    sentence: archived ? text.sessions.archivedBar(title) : text.sessions.unarchivedBar(title),
    action: { label: text.sessions.undo, run: () => void change(summary.id, { archived: !archived }) },
  });
  return true;
}

/** Pins a session, or lets it go; false: it is as it was. */
export async function togglePinned(summary: Named): Promise<boolean> {
  return await change(summary.id, { pinned: !summary.pinned });
}

/** `e` on the desk: the session with this id, wherever it is shown. */
export function toggleArchivedById(sessionId: string): void {
  const summary = summaryOf(sessionId);
  if (summary !== null) void toggleArchived(summary);
}

async function change(
  id: string,
  to: { readonly archived: boolean } | { readonly pinned: boolean },
): Promise<boolean> {
  const failure = await changeSession(id, to);
  if (failure === null) settleList();
  else showBar({ sentence: text.failure(failure, machineName()) });
  return failure === null;
}
