/** A transcript while events are folded into it: the entries are copied at the first write, once for a whole batch. */
import type { SessionEvent } from "../backend/src/protocol/session-update.ts";
import type { ToolEntry, Transcript, TranscriptEntry } from "./transcript.ts";

/** Fields may be set; entries only through `push` and `replace`. Not to be kept after `finish`. */
export type Draft = { -readonly [Key in keyof Transcript]: Transcript[Key] } & {
  push(entry: TranscriptEntry): void;
  replace(index: number, entry: TranscriptEntry): void;
  /** Where the entry with this id stands, or −1. */
  place(id: string): number;
  /** Puts other entries in the place of all: those that stand, and those that have left. */
  rearrange(entries: TranscriptEntry[], rewound: readonly TranscriptEntry[]): void;
  /** Whether the entry with this id has left the conversation. */
  isRewound(id: string): boolean;
};

/** How far from the end an entry is looked for before an index of all of them is built. */
const nearbyEntries = 48;

/** Begins a batch on a transcript, which stays as it is. */
export function draftOf(transcript: Transcript): Draft {
  let own: TranscriptEntry[] | null = null;
  let places: Map<string, number> | null = null;
  let rewoundIds: Set<string> | null = null;
  const writable = (): TranscriptEntry[] => {
    if (own === null) {
      own = [...transcript.entries];
      draft.entries = own;
    }
    return own;
  };
  const draft: Draft = {
    ...transcript,
    push(entry) {
      places?.set(entry.id, draft.entries.length);
      writable().push(entry);
    },
    replace(index, entry) {
      writable()[index] = entry;
    },
    place(id) {
      const near = placeNearEnd(draft.entries, id);
      if (near >= 0 || draft.entries.length <= nearbyEntries) return near;
      places ??= new Map(draft.entries.map((entry, index) => [entry.id, index]));
      return places.get(id) ?? -1;
    },
    rearrange(entries, rewound) {
      own = entries;
      places = null;
      rewoundIds = null;
      draft.entries = entries;
      draft.rewound = rewound;
    },
    isRewound(id) {
      if (draft.rewound.length === 0) return false;
      rewoundIds ??= new Set(draft.rewound.map((entry) => entry.id));
      return rewoundIds.has(id);
    },
  };
  return draft;
}

function placeNearEnd(entries: readonly TranscriptEntry[], id: string): number {
  const first = Math.max(0, entries.length - nearbyEntries);
  for (let index = entries.length - 1; index >= first; index -= 1) {
    if (entries[index]?.id === id) return index;
  }
  return -1;
}

/** Ends a batch. */
export function finish(draft: Draft): Transcript {
  const { push, replace, place, rearrange, isRewound, ...transcript } = draft;
  return transcript;
}

/** Appends an entry; the text before it, of the same agent, is thereby complete. */
export function pushEntry(draft: Draft, entry: TranscriptEntry): void {
  // What a rewound call still tells is of no conversation.
  if (draft.isRewound(entry.id)) return;
  closeText(draft, placeBefore(draft, entry.parentToolCallId));
  draft.push(entry);
}

/** Where the last entry of the turn itself, or of one subagent, stands; −1: it has none. */
function placeBefore(draft: Draft, parentToolCallId: string | undefined): number {
  for (let index = draft.entries.length - 1; index >= 0; index -= 1) {
    const entry = draft.entries[index];
    if (entry?.parentToolCallId === parentToolCallId) return index;
    // What a subagent did stands behind the call that began it.
    if (entry?.id === parentToolCallId) return -1;
  }
  return -1;
}

/** What an entry says of whose it is. */
export function parentOf({ parentToolCallId }: SessionEvent): Pick<TranscriptEntry, "parentToolCallId"> {
  return parentToolCallId === undefined ? {} : { parentToolCallId };
}

/** Marks a text as complete, when the entry at that place is one. */
export function closeText(draft: Draft, index: number): void {
  const entry = draft.entries[index];
  if (entry === undefined || (entry.type !== "agent" && entry.type !== "thought") || !entry.open) return;
  draft.replace(index, { ...entry, open: false });
}

/** Replaces a call's entry by a changed copy; does nothing when there is no such call. */
export function changeTool(draft: Draft, toolCallId: string, change: (entry: ToolEntry) => ToolEntry): void {
  const index = draft.place(toolCallId);
  const entry = draft.entries[index];
  if (entry?.type === "tool") draft.replace(index, change(entry));
}
