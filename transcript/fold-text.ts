/** Text that comes in pieces: a person's, the agent's, and its thoughts. */
import type { ContentBlock } from "../backend/src/protocol/content.ts";
import type { SessionEvent } from "../backend/src/protocol/session-update.ts";
import { type Draft, pushEntry } from "./fold-draft.ts";
import type { AgentEntry, ThoughtEntry, UserEntry } from "./transcript.ts";

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
  else if (isText(entry)) draft.replace(index, extended(entry, event.at, chunk.content));
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
  };
  const text = textOf(chunk.content);
  switch (chunk.type) {
    case "user":
      return { type: "user", ...base, content: [chunk.content], by: event.by ?? null };
    case "agent":
      return { type: "agent", ...base, text, open: true };
    case "thought":
      return { type: "thought", ...base, text, open: true, lastAt: event.at };
  }
}

function extended(entry: TextEntry, at: string, content: ContentBlock): TextEntry {
  switch (entry.type) {
    case "user":
      return { ...entry, content: [...entry.content, content] };
    case "agent":
      return { ...entry, text: entry.text + textOf(content) };
    case "thought":
      return { ...entry, text: entry.text + textOf(content), lastAt: at };
  }
}

function textOf(content: ContentBlock): string {
  return content.type === "text" ? content.text : content.name;
}
