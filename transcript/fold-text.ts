/** Text that comes in pieces: a person's, the agent's, and its thoughts. */
import type { ContentBlock } from "../backend/src/protocol/content.ts";
import type { SessionEvent } from "../backend/src/protocol/session-update.ts";
import { type Draft, parentOf, pushEntry } from "./fold-draft.ts";
import type { AgentEntry, ElidedImage, ThoughtEntry, UserEntry } from "./transcript.ts";

type TextEntry = UserEntry | AgentEntry | ThoughtEntry;

interface Chunk {
  readonly type: TextEntry["type"];
  readonly messageId: string;
  readonly content: ContentBlock;
}

/** Appends to the entry of that message, or begins it. */
export function appendChunk(draft: Draft, event: SessionEvent, chunk: Chunk): void {
  const index = draft.place(entryId(chunk));
  const entry = draft.entries[index];
  if (entry === undefined) pushEntry(draft, firstEntry(event, chunk));
  else if (isText(entry)) draft.replace(index, extended(entry, event, chunk.content));
}

/** A thought and the text that follows it may share their message. */
function entryId(chunk: Chunk): string {
  return chunk.type === "thought" ? `${chunk.messageId}-thought` : chunk.messageId;
}

function isText(entry: { readonly type: string }): entry is TextEntry {
  return entry.type === "user" || entry.type === "agent" || entry.type === "thought";
}

function firstEntry(event: SessionEvent, chunk: Chunk): TextEntry {
  const base = {
    id: entryId(chunk),
    seq: event.from ?? event.seq,
    at: event.fromAt ?? event.at,
    turnId: event.turnId ?? null,
    ...parentOf(event),
  };
  const text = textOf(chunk.content);
  switch (chunk.type) {
    case "user":
      return {
        type: "user",
        ...base,
        content: [chunk.content],
        by: event.by ?? null,
        ...elidedIn([], 0, { content: chunk.content, seq: event.seq }),
      };
    case "agent":
      return { type: "agent", ...base, text, open: true };
    case "thought":
      return { type: "thought", ...base, text, open: true, lastAt: event.at };
  }
}

function extended(entry: TextEntry, { at, seq }: SessionEvent, content: ContentBlock): TextEntry {
  switch (entry.type) {
    case "user":
      return {
        ...entry,
        content: [...entry.content, content],
        ...elidedIn(entry.elided ?? [], entry.content.length, { content, seq }),
      };
    case "agent":
      return { ...entry, text: entry.text + textOf(content) };
    case "thought":
      return { ...entry, text: entry.text + textOf(content), lastAt: at };
  }
}

/** A picture without its bytes was left out on the way here. */
function elidedIn(
  known: readonly ElidedImage[],
  index: number,
  { content, seq }: { readonly content: ContentBlock; readonly seq: number },
): Pick<UserEntry, "elided"> {
  const isElided = content.type === "image" && content.data === "";
  if (!isElided) return known.length === 0 ? {} : { elided: known };
  return { elided: [...known, { index, seq }] };
}

function textOf(content: ContentBlock): string {
  switch (content.type) {
    case "text":
      return content.text;
    case "resource_link":
      return content.name;
    case "image":
      return "";
  }
}
