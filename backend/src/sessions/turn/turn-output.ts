/** What a turn's engine emits, on its way into the log: streamed text gathered, noisy output limited, order kept. */
import type { EmitPlace } from "../../engines/engine.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { LogEntry } from "../log/event-log.ts";
import type { LogWriter } from "../questions/permission-queue.ts";
import { ChunkGathering } from "./chunk-gathering.ts";
import { OutputLimit } from "./output-limit.ts";

/** One for each turn; once closed it takes nothing more. */
export class TurnOutput {
  readonly #turnId: string;
  readonly #writer: LogWriter;
  readonly #gathering: ChunkGathering;
  readonly #limit: OutputLimit;
  #isClosed = false;

  constructor(turnId: string, writer: LogWriter) {
    this.#turnId = turnId;
    this.#writer = writer;
    this.#gathering = new ChunkGathering((entries) => writer.append(entries));
    this.#limit = new OutputLimit((entry) => this.#gathering.add(entry));
  }

  /** Puts an update into the log, after everything emitted before it. */
  emit(update: SessionUpdate, place: EmitPlace = {}): void {
    if (this.#isClosed) return;
    const entry = { turnId: this.#turnId, ...place };
    switch (update.sessionUpdate) {
      case "agent_message_chunk":
      case "agent_thought_chunk":
        return this.#gathering.add({ ...entry, update });
      case "tool_output_chunk":
        return this.#limit.add({ ...entry, update });
      default:
        this.#prepareFor(update);
        this.#writer.append([{ ...entry, update }]);
    }
  }

  /** As `emit`, and resolves once it is on disk. */
  async emitDurable(update: SessionUpdate, place: EmitPlace = {}): Promise<void> {
    if (this.#isClosed) throw new Error("The turn is over.");
    this.#prepareFor(update);
    const entry: LogEntry = { turnId: this.#turnId, ...place, update };
    await this.#writer.save([entry]);
  }

  /** Writes the text that is gathered. */
  flush(): void {
    this.#gathering.flush();
  }

  /** Writes all that is held; what is emitted later is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#limit.finishAll();
    this.flush();
  }

  #prepareFor(update: SessionUpdate): void {
    const isEnd = "status" in update && (update.status === "completed" || update.status === "failed");
    if (isEnd) this.#limit.finish(update.toolCallId);
    this.flush();
  }
}
