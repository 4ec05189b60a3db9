/** What is done to a session as a whole, behind its ⋯: the same in its header and in the list. */
import type { Failure, SessionSummary } from "../../api/types.ts";
import { canDecide, device, machineName } from "../../state/access/device.ts";
import { go } from "../../state/navigation.ts";
import { exportAddress, forkSession, lastTurnOf } from "../../state/sessions/session-actions.ts";
import { summaryOf } from "../../state/sessions/session-list.ts";
import { text } from "../../text/en.ts";
import { sessionActions as words } from "../../text/en-session.ts";
import { hideBar, showBar } from "../frame/bars.ts";
import { toggleArchived, togglePinned } from "../sessions/list-actions.ts";
import { titleOf } from "../sessions/session-title.ts";
import { type Action, type ActionSheetOptions, openActions } from "./action-sheet.ts";
import { openDeleteSheet } from "./delete-sheet.ts";
import { openRenameSheet } from "./rename-sheet.ts";

/** Longer than a call may take. */
const forkingMs = 60_000;

/** Opens the menu of a session; `more` adds to it what belongs to where it is opened. */
export function openSessionMenu(
  summary: SessionSummary,
  more: Partial<Pick<ActionSheetOptions, "anchor" | "first">> & { readonly actions?: readonly Action[] } = {},
): void {
  const { actions = [], ...options } = more;
  openActions({
    ...options,
    title: titleOf(summaryOf(summary.id) ?? summary),
    label: text.sessions.menu(titleOf(summaryOf(summary.id) ?? summary)),
    actions: [...actions, ...sessionActions(summary)],
  });
}

/** The actions that this device may take on a session, deleting last. */
function sessionActions(summary: SessionSummary): readonly Action[] {
  const { id } = summary;
  const changing: readonly Action[] = [
    { name: words.rename, run: () => openRenameSheet(summary) },
    { name: summary.pinned ? words.unpin : words.pin, run: () => void pin(summary) },
    {
      name: summary.archived ? words.unarchive : words.archive,
      run: () => void toggleArchived(summary),
    },
    ...(hasTurn(summary) ? [{ name: words.fork, run: () => void forkLast(summary) }] : []),
  ];
  const reading: readonly Action[] = [
    { name: words.jobs, run: () => void openJobs(id) },
    { name: words.exportMarkdown, href: exportAddress(id, "markdown") },
    { name: words.exportJson, href: exportAddress(id, "json") },
  ];
  const deleting: readonly Action[] =
    device.peek()?.rights === "full"
      ? [{ name: words.delete, tone: "danger", run: () => openDeleteSheet(summary) }]
      : [];
  return [...(canDecide() ? changing : []), ...reading, ...deleting];
}

async function openJobs(id: string): Promise<void> {
  (await import("./jobs-sheet.ts")).openJobsSheet(id);
}

/** A phone does not show the list that it now stands in. */
async function pin(summary: SessionSummary): Promise<void> {
  const sentence = summary.pinned ? words.unpinned : words.pinned;
  if (await togglePinned(summary)) showBar({ sentence });
}

/** Makes a session of another one through the end of a turn, and opens it; a bar says why it cannot. */
export async function forkFrom(id: string, turnId: string): Promise<void> {
  showForking();
  const forked = await forkSession(id, turnId);
  if ("failure" in forked) return refuse(forked.failure);
  hideBar();
  go(`/s/${forked.session.id}`);
}

/** Until the fork is there, or why not. */
function showForking(): void {
  showBar({ sentence: words.forking, forMs: forkingMs });
}

async function forkLast({ id, lastSeq }: SessionSummary): Promise<void> {
  showForking();
  const last = await lastTurnOf(id, summaryOf(id)?.lastSeq ?? lastSeq);
  if ("failure" in last) return refuse(last.failure);
  if (last.turnId === null) return showBar({ sentence: words.nothingToFork });
  await forkFrom(id, last.turnId);
}

function hasTurn({ state, stopReason, problem }: SessionSummary): boolean {
  return state !== "idle" || stopReason !== null || problem !== null;
}

function refuse(failure: Failure): void {
  showBar({ sentence: text.failure(failure, machineName()) });
}
