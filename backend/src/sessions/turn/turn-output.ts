/** What a turn's engine emits, on its way into the log: secrets taken out, streamed text gathered, noisy output limited, order kept. */
import type { UpdatePlace } from "../../engines/engine.ts";
import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { WholeUpdate, WrittenUpdate } from "../../protocol/written-update.ts";
import type { Redaction } from "../../workspace/redaction/redaction.ts";
import type { LogEntry } from "../log/event-log.ts";
import type { LogWriter } from "../questions/permission-queue.ts";
import { isCallEnd } from "./call-end.ts";
import { ChunkGathering, isStreamed } from "./chunk-gathering.ts";
import { type OutputEntry, OutputLimit } from "./output-limit.ts";
import { RedactedStreams, type StreamedEntry } from "./redacted-streams.ts";
import { redactUpdate } from "./redacted-update.ts";
import type { SharedBeat } from "./shared-beat.ts";

interface TurnOutputParts {
  readonly writer: LogWriter;
  readonly redaction: Redaction;
  readonly beat: SharedBeat;
}

/** One for each turn; once closed it takes nothing more. */
export class TurnOutput {
  readonly #turnId: string;
  readonly #writer: LogWriter;
  readonly #redaction: Redaction;
  readonly #streams: RedactedStreams;
  readonly #gathering: ChunkGathering;
  readonly #limit: OutputLimit;
  #isClosed = false;

  constructor(turnId: string, { writer, redaction, beat }: TurnOutputParts) {
    this.#turnId = turnId;
    this.#writer = writer;
    this.#redaction = redaction;
    this.#streams = new RedactedStreams(redaction, (entry) => this.#pass(entry));
    this.#gathering = new ChunkGathering((entries) => writer.append(entries), beat);
    this.#limit = new OutputLimit((entry) => this.#gathering.add(entry));
  }

  /** Puts an update into the log, after everything emitted before it. */
  emit(update: WrittenUpdate, place: UpdatePlace = {}): void {
    if (this.#isClosed) return;
    const entry = { turnId: this.#turnId, ...place };
    if (isStreamed(update)) return this.#streams.add({ ...entry, update });
    this.#prepareFor(update);
    this.#writer.append([{ ...entry, update: redactUpdate(update, this.#redaction) }]);
  }

  /** As `emit`, and resolves once it is on disk. */
  async emitDurable(update: WholeUpdate, place: UpdatePlace = {}): Promise<void> {
    if (this.#isClosed) throw new Error("The turn is over.");
    this.#prepareFor(update);
    const entry: LogEntry = {
      turnId: this.#turnId,
      ...place,
      update: redactUpdate(update, this.#redaction),
    };
    await this.#writer.save([entry]);
  }

  /** Writes the text that is gathered. What may yet become a secret goes on waiting. */
  flush(): void {
    this.#gathering.flush();
  }

  /** What the agent was saying is said: writes it to its end. */
  endMessages(): void {
    this.#streams.endMessages();
    this.flush();
  }

  /** Writes all that is held; what is emitted later is dropped. */
  close(): void {
    this.#isClosed = true;
    this.#streams.endAll();
    this.#limit.finishAll();
    this.flush();
  }

  #prepareFor(update: SessionUpdate): void {
    if (isCallEnd(update)) {
      this.#streams.endCall(update.toolCallId);
      this.#limit.finish(update.toolCallId);
    }
    this.endMessages();
  }

  /** A noisy command is limited after its secrets are gone: what is cut could not be known for one. */
  #pass(entry: StreamedEntry): void {
    if (isOutput(entry)) this.#limit.add(entry);
    else this.#gathering.add(entry);
  }
}

function isOutput(entry: StreamedEntry): entry is OutputEntry {
  return entry.update.sessionUpdate === "tool_output_chunk";
}
