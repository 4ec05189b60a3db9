/** Transcript entries → the rows of the screen: days between them, quiet calls folded, unsaid things left out. Pure. */
import type { DecisionEntry, ToolEntry, TranscriptEntry } from "../../../../transcript/transcript.ts";
import type { Density } from "../../state/settings.ts";
import { isQuiet, toolState } from "../entries/tool/tool-words.ts";
import { isSameDecision } from "./same-decision.ts";

export type TranscriptRow =
  | { readonly type: "entry"; readonly key: string; readonly entry: TranscriptEntry }
  | { readonly type: "group"; readonly key: string; readonly entries: readonly ToolEntry[] }
  /** Decisions in a row that are the same but for what they are about, or one that stands apart from its call. */
  | { readonly type: "decisions"; readonly key: string; readonly entries: readonly DecisionEntry[] }
  /** A call whose subagent did something of its own. */
  | {
      readonly type: "task";
      readonly key: string;
      readonly entry: ToolEntry;
      readonly rows: readonly TranscriptRow[];
    }
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
  const nested = nestedIn(entries);
  if (nested.size === 0) return plainRows(entries, options, { nested, previous });
  const own = entries.filter((entry) => entry.parentToolCallId === undefined);
  return plainRows(own, options, { nested, previous });
}

type Nested = ReadonlyMap<string, readonly TranscriptEntry[]>;

/** What subagents did, by the call of the turn that began it: what a subagent's own subagents did stands beside it. */
function nestedIn(entries: readonly TranscriptEntry[]): Nested {
  const nested = new Map<string, TranscriptEntry[]>();
  const roots = new Map<string, string>();
  for (const entry of entries) {
    const parent = entry.parentToolCallId;
    if (parent === undefined) continue;
    const root = roots.get(parent) ?? parent;
    roots.set(entry.id, root);
    const known = nested.get(root);
    if (known === undefined) nested.set(root, [entry]);
    else known.push(entry);
  }
  return nested;
}

interface Around {
  readonly nested: Nested;
  readonly previous: readonly TranscriptRow[];
}

function plainRows(
  entries: readonly TranscriptEntry[],
  options: RowOptions,
  { nested, previous }: Around,
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
      (options.hasOlder && isHeadless(entry) && !nested.has(entry.id)) ||
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
    const inner = entry.type === "tool" ? nested.get(entry.id) : undefined;
    if (entry.type === "tool" && inner !== undefined) {
      endRun();
      rows.push(task(entry, inner, { options, previous: previous[rows.length] }));
      continue;
    }
    const folds =
      options.density === "folded" && entry.type === "tool" && isQuiet(entry) && !options.isOpened(entry.id);
    if (folds) run.push(entry);
    else {
      endRun();
      if (entry.type === "decision") addDecision(rows, entry);
      else rows.push(single(entry));
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
  if (one.type === "task")
    return other.type === "task" && one.entry === other.entry && isSameList(one.rows, other.rows);
  return other.type === one.type && isSameList(one.entries, other.entries);
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((each, index) => each === other[index]);
}

/** Its rows stand whatever the density: who opens it wants to see them. */
function task(
  entry: ToolEntry,
  inner: readonly TranscriptEntry[],
  around: { readonly options: RowOptions; readonly previous: TranscriptRow | undefined },
): TranscriptRow {
  const { options, previous } = around;
  const known = previous?.type === "task" ? previous.rows : [];
  const rows = plainRows(inner, options, { nested: new Map(), previous: known });
  return { type: "task", key: `task-${entry.id}`, entry, rows };
}

function single(entry: TranscriptEntry): TranscriptRow {
  return { type: "entry", key: entry.id, entry };
}

function group(entries: readonly ToolEntry[]): TranscriptRow {
  return { type: "group", key: `group-${entries[0]?.id ?? ""}`, entries };
}

/** Behind its own call a line of its own; else together with those before it that say the same. */
function addDecision(rows: TranscriptRow[], entry: DecisionEntry): void {
  const last = rows.at(-1);
  const isBehindCall = last?.type === "entry" && last.entry.id === entry.toolCallId;
  if (isBehindCall || entry.answered !== undefined || entry.about === undefined) {
    rows.push(single(entry));
    return;
  }
  const before = decisionsOf(last);
  const first = before[0];
  if (first === undefined || !isSameDecision(first, entry)) {
    rows.push({ type: "decisions", key: `decisions-${entry.id}`, entries: [entry] });
    return;
  }
  rows[rows.length - 1] = { type: "decisions", key: `decisions-${first.id}`, entries: [...before, entry] };
}

function decisionsOf(row: TranscriptRow | undefined): readonly DecisionEntry[] {
  if (row?.type === "decisions") return row.entries;
  return row?.type === "entry" && row.entry.type === "decision" ? [row.entry] : [];
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
