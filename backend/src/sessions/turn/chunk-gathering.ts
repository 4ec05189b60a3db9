/** Gathers streamed text for a part of a frame, so that a quick model makes few events and a slow one is not delayed. */
import { joinUpdates } from "../../../../transcript/join-chunks.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { StreamedUpdate } from "../../protocol/written-update.ts";
import type { LogEntry } from "../log/event-log.ts";
import { beatMs, SharedBeat } from "./shared-beat.ts";

/** Whether it is a piece of a text that goes on. */
export function isStreamed(update: SessionUpdate): update is StreamedUpdate {
  const { sessionUpdate: kind } = update;
  return kind === "agent_message_chunk" || kind === "agent_thought_chunk" || kind === "tool_output_chunk";
}

/** Chunks in, fewer chunks out, in order for each message and each call. */
export class ChunkGathering {
  readonly #write: (entries: readonly LogEntry[]) => void;
  readonly #beat: SharedBeat;
  readonly #flush = (): void => this.flush();
  #held: LogEntry[] = [];
  /** The last held chunk of each message or call: what comes next of it is joined there. */
  readonly #lastOf = new Map<string, number>();
  #lastWriteMs = Number.NEGATIVE_INFINITY;
  #isWaiting = false;

  constructor(write: (entries: readonly LogEntry[]) => void, beat: SharedBeat = new SharedBeat()) {
    this.#write = write;
    this.#beat = beat;
  }

  /** Takes a chunk; it is written at once after a pause, where many stream at once with the others, in any case within one frame. */
  add(entry: LogEntry & { readonly update: StreamedUpdate }): void {
    this.#hold(entry);
    if (this.#isWaiting) return;
    const waitMs = this.#lastWriteMs + beatMs - performance.now();
    if (waitMs <= 0 && this.#beat.isFree()) return this.flush();
    this.#isWaiting = true;
    this.#beat.join(this.#flush, Math.max(0, waitMs));
  }

  /** Writes what is held. */
  flush(): void {
    if (this.#isWaiting) this.#beat.leave(this.#flush);
    this.#isWaiting = false;
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
