/** Going back: entries leave the transcript and, when that is taken back, come again as they were. */
import type { RewindMark } from "../backend/src/protocol/rewind.ts";
import type { SessionEvent, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import { type Draft, draftOf, finish, pushEntry } from "./fold-draft.ts";
import { isOut, type Rewound, rewindMark, rewoundBy, withMark } from "./rewinds.ts";
import type { RewindEntry, Transcript, TranscriptEntry } from "./transcript.ts";
import { isRunning } from "./turn-state.ts";

type RewindUpdate = Extract<SessionUpdate, { sessionUpdate: "rewind" }>;

/** Takes out what is rewound, or puts it back, and leaves a line that says so. */
export function applyRewind(draft: Draft, event: SessionEvent, update: RewindUpdate): void {
  const mark = rewindMark(event);
  if (mark === null) return;
  const line = lineOf(draft, event, update);
  draft.rewinds = withMark(draft.rewinds, mark);
  if (mark.keepThrough !== null || mark.undoes !== null) rearrange(draft);
  if (line !== null) pushEntry(draft, line);
  if (mark.keepThrough === null || isRunning(draft.state)) return;
  // What came last is no more.
  draft.state = "idle";
  draft.stopReason = null;
  draft.problem = null;
}

/** The transcript without what rewinds that were told elsewhere, such as in a later part of the log, leave out. */
export function withoutRewound(transcript: Transcript, marks: readonly RewindMark[]): Transcript {
  if (marks.length === 0) return transcript;
  const draft = draftOf(transcript);
  for (const mark of marks) draft.rewinds = withMark(draft.rewinds, mark);
  rearrange(draft);
  return finish(draft);
}

/** An undo that changed no file leaves nothing to tell: all is as it was. */
function lineOf(draft: Draft, event: SessionEvent, update: RewindUpdate): RewindEntry | null {
  const { scope, turnId, turnAt, files, undoes } = update;
  const isUndo = undoes !== undefined;
  if (isUndo && files.done.length === 0) return null;
  return {
    type: "rewind",
    id: `rewind-${event.seq}`,
    seq: event.seq,
    at: event.at,
    turnId: event.turnId ?? null,
    scope,
    before: turnAt ?? (turnId === null ? null : beginOf(draft, turnId)),
    fileCount: files.done.length,
    skippedCount: files.skipped.length,
    isUndo,
    by: event.by ?? null,
  };
}

function beginOf({ entries, rewound }: Draft, turnId: string): string | null {
  const isFirst = (entry: TranscriptEntry) => entry.turnId === turnId;
  return (entries.find(isFirst) ?? rewound.find(isFirst))?.at ?? null;
}

function rearrange(draft: Draft): void {
  const rewound = rewoundBy(draft.rewinds);
  const entries: TranscriptEntry[] = [];
  const left: TranscriptEntry[] = [];
  const all = [...draft.entries, ...draft.rewound].toSorted((one, other) => one.seq - other.seq);
  for (const entry of all) (stands(entry, rewound) ? entries : left).push(marked(entry, rewound));
  draft.rearrange(entries, left);
  const standing = draft.standings.findLast(({ seq }) => !isOut(rewound, seq));
  draft.plan = standing?.plan ?? [];
  draft.usage = lastUsage(draft, rewound);
}

/** The one told last of those that stand: a turn that told none stood beside an earlier one's, which may have left or come again. */
function lastUsage({ standings, usage }: Draft, rewound: Rewound): Transcript["usage"] {
  const known = [...standings.map((standing) => standing.usage), usage];
  return known.reduce((last, one) => {
    if (one === null || isOut(rewound, one.seq)) return last;
    return last === null || one.seq > last.seq ? one : last;
  }, null);
}

function stands(entry: TranscriptEntry, rewound: Rewound): boolean {
  return !isOut(rewound, entry.seq) && !(entry.type === "rewind" && rewound.undone.has(entry.seq));
}

/** A compaction stays where it is and tells whether it still holds. */
function marked(entry: TranscriptEntry, { undone }: Rewound): TranscriptEntry {
  if (entry.type !== "compaction") return entry;
  const isUndone = entry.completedSeq !== undefined && undone.has(entry.completedSeq);
  if (isUndone === (entry.isUndone ?? false)) return entry;
  const { isUndone: _, ...standing } = entry;
  return isUndone ? { ...standing, isUndone } : standing;
}
