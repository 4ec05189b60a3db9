/** Transcript entries → the rows of the screen: days between them, quiet calls folded, unsaid things left out. Pure. */
import type { DecisionEntry, ToolEntry, TranscriptEntry } from "../../../../transcript/transcript.ts";
import type { Density } from "../../state/settings.ts";
import { isQuiet, toolState } from "../entries/tool-words.ts";

export type TranscriptRow =
  | { readonly type: "entry"; readonly key: string; readonly entry: TranscriptEntry }
  | { readonly type: "group"; readonly key: string; readonly entries: readonly ToolEntry[] }
  | { readonly type: "day"; readonly key: string; readonly at: string };

export interface RowOptions {
  readonly density: Density;
  /** A row that was opened by hand stays a row. */
  readonly isOpened: (id: string) => boolean;
  /** More lies before the first entry: a call that began there is not known yet. */
  readonly hasOlder: boolean;
}

const foldedFrom = 3;

/**
 * Keys are stable over an entry's life, and unique. What is as it was in `previous` keeps its object, so that a chunk of
 * text costs nothing in the rows that it does not touch.
 */
export function rowsOf(
  entries: readonly TranscriptEntry[],
  options: RowOptions,
  previous: readonly TranscriptRow[] = [],
): readonly TranscriptRow[] {
  const rows: TranscriptRow[] = [];
  let run: ToolEntry[] = [];
  let day = "";
  const endRun = () => {
    rows.push(...(run.length >= foldedFrom ? [group(run)] : run.map(single)));
    run = [];
  };
  for (const entry of entries) {
    if (
      isUnsaid(entry) ||
      (options.hasOlder && isHeadless(entry)) ||
      (options.density === "text_only" && isQuietText(entry))
    )
      continue;
    const today = dayOf(entry.at);
    if (today !== day) {
      endRun();
      // The first day is only news when it is not the only one: the screen opens without a line on top.
      if (day !== "") rows.push({ type: "day", key: `day-${today}`, at: entry.at });
      day = today;
    }
    const folds =
      options.density === "folded" && entry.type === "tool" && isQuiet(entry) && !options.isOpened(entry.id);
    if (folds) run.push(entry);
    else {
      endRun();
      rows.push(single(entry));
    }
  }
  endRun();
  return rows.map((row, index) => {
    const known = previous[index];
    return known !== undefined && isSameRow(known, row) ? known : row;
  });
}

function isSameRow(one: TranscriptRow, other: TranscriptRow): boolean {
  if (one.key !== other.key) return false;
  if (one.type === "entry") return other.type === "entry" && one.entry === other.entry;
  if (one.type === "day") return other.type === "day" && one.at === other.at;
  return (
    other.type === "group" &&
    one.entries.length === other.entries.length &&
    one.entries.every((entry, index) => entry === other.entries[index])
  );
}

function single(entry: TranscriptEntry): TranscriptRow {
  return { type: "entry", key: entry.id, entry };
}

function group(entries: readonly ToolEntry[]): TranscriptRow {
  return { type: "group", key: `group-${entries[0]?.id ?? ""}`, entries };
}

/** Only later parts of the call are here: what it is stands in an older page, and comes with it. */
function isHeadless(entry: TranscriptEntry): boolean {
  return entry.type === "tool" && entry.title === "" && entry.rawInput === null;
}

/** What a mode allowed by itself is told by the tool row alone. */
function isUnsaid(entry: TranscriptEntry): boolean {
  if (entry.type === "agent" || entry.type === "thought") return entry.text.trim() === "";
  if (entry.type !== "decision" || entry.outcome.outcome !== "selected") return false;
  const isAllowed = entry.outcome.kind === "allow_once" || entry.outcome.kind === "allow_always";
  return isAllowed && entry.by?.kind === "mode";
}

/** What failed stays, and so does what a person denied: without it the turn would end for no reason. */
function isQuietText(entry: TranscriptEntry): boolean {
  if (entry.type === "thought") return true;
  if (entry.type === "decision") return !isDenial(entry.outcome);
  return entry.type === "tool" && toolState(entry) !== "failed";
}

function isDenial(outcome: DecisionEntry["outcome"]): boolean {
  return (
    outcome.outcome === "selected" && (outcome.kind === "reject_once" || outcome.kind === "reject_always")
  );
}

const dayCache = new Map<string, string>();

/** The local calendar day of a moment; the calendar is slow, and whole hours share their day. */
function dayOf(at: string): string {
  const hour = at.slice(0, 13);
  const known = dayCache.get(hour);
  if (known !== undefined) return known;
  const day = new Date(at).toDateString();
  dayCache.set(hour, day);
  return day;
}
