/** Takes secrets out of streamed text: one redactor for the message that is being said, and one for each stream of a call. */

import type { StreamedUpdate } from "../../protocol/written-update.ts";
import type { Redaction } from "../../workspace/redaction/redaction.ts";
import type { StreamRedactor } from "../../workspace/redaction/stream-redactor.ts";
import type { LogEntry } from "../log/event-log.ts";

export type StreamedEntry = LogEntry & { readonly update: StreamedUpdate };

interface OpenStream {
  readonly redactor: StreamRedactor;
  /** The last piece: what is held back goes out in its place. */
  last: StreamedEntry;
}

type OutputStreams = Partial<Record<"stdout" | "stderr", OpenStream>>;

/** One for each turn. `pass` gets the pieces, in the order of each stream. */
export class RedactedStreams {
  readonly #redaction: Redaction;
  readonly #pass: (entry: StreamedEntry) => void;
  /** What an agent says next stands behind all that it said before: so one message is open at a time. */
  #message: OpenStream | null = null;
  readonly #calls = new Map<string, OutputStreams>();

  constructor(redaction: Redaction, pass: (entry: StreamedEntry) => void) {
    this.#redaction = redaction;
    this.#pass = pass;
  }

  /** Passes on what is safe of a piece; the rest waits for the next one, or for the end. */
  add(entry: StreamedEntry): void {
    const text = textOf(entry.update);
    if (text === null) {
      this.endMessages();
      this.#pass(entry);
      return;
    }
    const stream = this.#streamOf(entry);
    stream.last = entry;
    const safe = stream.redactor.push(text);
    if (safe === text) this.#pass(entry);
    else if (safe !== "" || isMore(entry.update)) this.#pass(withText(entry, safe));
  }

  /** What is being said comes to its end. */
  endMessages(): void {
    const message = this.#message;
    this.#message = null;
    if (message !== null) this.#end(message);
  }

  /** The call's output comes to its end. */
  endCall(toolCallId: string): void {
    const { stdout, stderr } = this.#calls.get(toolCallId) ?? {};
    this.#calls.delete(toolCallId);
    for (const stream of [stdout, stderr]) if (stream !== undefined) this.#end(stream);
  }

  /** Everything comes to its end. */
  endAll(): void {
    this.endMessages();
    for (const toolCallId of [...this.#calls.keys()]) this.endCall(toolCallId);
  }

  #streamOf(entry: StreamedEntry): OpenStream {
    const { update } = entry;
    if (update.sessionUpdate !== "tool_output_chunk") {
      if (this.#message !== null && !isSameMessage(this.#message.last.update, update)) this.endMessages();
      this.#message ??= this.#open(entry);
      return this.#message;
    }
    const streams = this.#calls.get(update.toolCallId) ?? {};
    this.#calls.set(update.toolCallId, streams);
    const stream = streams[update.stream] ?? this.#open(entry);
    streams[update.stream] = stream;
    return stream;
  }

  #open(entry: StreamedEntry): OpenStream {
    return { redactor: this.#redaction.stream(), last: entry };
  }

  #end({ redactor, last }: OpenStream): void {
    const rest = redactor.end();
    if (rest !== "") this.#pass(withText(toldOnce(last), rest));
  }
}

function isSameMessage(one: StreamedUpdate, other: StreamedUpdate): boolean {
  return (
    one.sessionUpdate === other.sessionUpdate &&
    "messageId" in one &&
    "messageId" in other &&
    one.messageId === other.messageId
  );
}

/** Null: it is no text. */
function textOf(update: StreamedUpdate): string | null {
  if (update.sessionUpdate === "tool_output_chunk") return update.text;
  return update.content.type === "text" ? update.content.text : null;
}

function withText(entry: StreamedEntry, text: string): StreamedEntry {
  const { update } = entry;
  return update.sessionUpdate === "tool_output_chunk"
    ? { ...entry, update: { ...update, text } }
    : { ...entry, update: { ...update, content: { type: "text", text } } };
}

/** Whether it tells something beside its text. */
function isMore(update: StreamedUpdate): boolean {
  const told = update.sessionUpdate === "tool_output_chunk" ? update.skippedBytes : update._meta;
  return told !== undefined;
}

/** The entry without what it has told already. */
function toldOnce(entry: StreamedEntry): StreamedEntry {
  if (entry.update.sessionUpdate === "tool_output_chunk") {
    const { skippedBytes: _, ...update } = entry.update;
    return { ...entry, update };
  }
  const { _meta: _, ...update } = entry.update;
  return { ...entry, update };
}
