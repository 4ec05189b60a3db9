/** Gathers streamed text for a part of a frame, so that a quick model makes few events and a slow one is not delayed. */

import { joinUpdates } from "../../../../transcript/join-chunks.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { LogEntry } from "../log/event-log.ts";

export type StreamedUpdate = Extract<
  SessionUpdate,
  { sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" | "tool_output_chunk" }
>;

/** Under one frame (16 ms), and under the pause between the tokens of a model that writes 100 a second. */
const gatherMs = 8;

/** Chunks in, fewer chunks out, in order for each message and each call. */
export class ChunkGathering {
  readonly #write: (entries: readonly LogEntry[]) => void;
  #held: LogEntry[] = [];
  /** The last held chunk of each message or call: what comes next of it is joined there. */
  readonly #lastOf = new Map<string, number>();
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;

  constructor(write: (entries: readonly LogEntry[]) => void) {
    this.#write = write;
  }

  /** Takes a chunk; it is written at once after a pause, else within one frame. */
  add(entry: LogEntry & { readonly update: StreamedUpdate }): void {
    this.#hold(entry);
    const waitMs = this.#lastWriteMs + gatherMs - performance.now();
    if (waitMs <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), waitMs);
  }

  /** Writes what is held. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#held.length === 0) return;
    const entries = this.#held;
    this.#held = [];
    this.#lastOf.clear();
    this.#lastWriteMs = performance.now();
    this.#write(entries);
  }

  #hold(entry: LogEntry & { readonly update: StreamedUpdate }): void {
    const source = sourceOf(entry.update);
    const place = this.#lastOf.get(source);
    const held = place === undefined ? undefined : this.#held[place];
    const update =
      held?.stepId === entry.stepId && held !== undefined ? joinUpdates(held.update, entry.update) : null;
    if (held !== undefined && place !== undefined && update !== null) {
      this.#held[place] = { ...held, update };
      return;
    }
    this.#lastOf.set(source, this.#held.length);
    this.#held.push(entry);
  }
}

function sourceOf(update: StreamedUpdate): string {
  return update.sessionUpdate === "tool_output_chunk"
    ? `call ${update.toolCallId}`
    : `message ${update.messageId}`;
}
