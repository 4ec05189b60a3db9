/** Writes server-sent events: one write for what comes in one go, and a reader that is too slow is let go. */
import { setMaxListeners } from "node:events";
import { FrameBuffer } from "./frame-buffer.ts";
import { StreamCompression } from "./stream-compression.ts";

const maxBufferedBytes = 4_000_000;
/** Whoever replays a log waits for this before reading on. */
const refillBelowBytes = 256 * 1024;
/** So much is with the connection at a time; it counts as buffered until the connection asks for more. */
const maxWriteBytes = 64 * 1024;
/** So that a page in view can soon say that the machine is silent. */
const pingEveryMs = 3_000;

/** One message: `data` is one line of JSON. */
export function eventFrame(frame: { data: string; event?: string; id?: string }): string {
  const event = frame.event === undefined ? "" : `event: ${frame.event}\n`;
  const id = frame.id === undefined ? "" : `id: ${frame.id}\n`;
  return `${event}${id}data: ${frame.data}\n\n`;
}

/** A response that stays open. Frames wait here while the socket is busy; at 4 MB waiting the connection is dropped. */
export class EventStream {
  readonly response: Response;
  readonly #closed = new AbortController();
  readonly #ping: NodeJS.Timeout;
  readonly #disconnect: () => void;
  readonly #compression: StreamCompression | null;
  readonly #waiting = new FrameBuffer();
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #writtenBytes = 0;
  #isReaderWaiting = false;
  #isFlushPlanned = false;
  /** One for each session whose replay waits for the reader. */
  #waitingReplays: (() => void)[] = [];

  /** `disconnect` cuts the connection of a reader that does not read. */
  constructor(disconnect: () => void, encoding: "gzip" | "identity" = "identity") {
    this.#disconnect = disconnect;
    this.#compression = encoding === "gzip" ? new StreamCompression() : null;
    // One for each session that the reader follows.
    setMaxListeners(0, this.#closed.signal);
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.#pull(),
        cancel: () => this.#release(),
      },
      { highWaterMark: 0 },
    );
    this.response = new Response(body, {
      headers: {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-accel-buffering": "no",
        vary: "accept-encoding",
        ...(this.#compression === null ? {} : { "content-encoding": "gzip" }),
      },
    });
    this.#ping = setInterval(() => this.send("event: ping\ndata: {}\n\n"), pingEveryMs).unref();
  }

  /** Aborted once nobody reads any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Whether a replay may send more: the reader keeps up. */
  get isReady(): boolean {
    return this.#waiting.bytes < refillBelowBytes;
  }

  /** Queues a frame; frames that are sent without a pause between leave together. */
  send(frame: string): void {
    if (this.closed.aborted) return;
    this.#waiting.add(Buffer.from(frame));
    // The first one alone may be larger: a reader could never get past it otherwise.
    if (this.#writtenBytes + this.#waiting.bytesBehindFirst > maxBufferedBytes) this.#drop();
    else this.#planFlush();
  }

  /** Resolves when the reader has caught up enough for more, or has gone. */
  async ready(): Promise<void> {
    if (this.isReady || this.closed.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waitingReplays.push(resolve);
    });
  }

  /** Sends what waits and ends the response. */
  close(): void {
    if (this.closed.aborted) return;
    const rest = this.#waiting.takeAll();
    if (rest.length > 0) this.#write(rest);
    if (this.#compression !== null) this.#controller?.enqueue(this.#compression.end());
    this.#controller?.close();
    this.#release();
  }

  #pull(): void {
    this.#isReaderWaiting = true;
    this.#writtenBytes = 0;
    this.#flush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || !this.#isReaderWaiting) return;
    this.#isFlushPlanned = true;
    // Behind all that the same turn of the loop brings.
    setImmediate(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.closed.aborted || !this.#isReaderWaiting || this.#waiting.bytes === 0) return;
    this.#isReaderWaiting = false;
    const bytes = this.#waiting.take(maxWriteBytes);
    this.#writtenBytes = bytes.length;
    this.#write(bytes);
    if (this.isReady) this.#wakeReplays();
  }

  #write(bytes: Buffer): void {
    this.#controller?.enqueue(this.#compression?.part(bytes) ?? bytes);
  }

  #drop(): void {
    this.#controller?.close();
    this.#release();
    this.#disconnect();
  }

  #release(): void {
    clearInterval(this.#ping);
    this.#waiting.takeAll();
    this.#closed.abort();
    this.#wakeReplays();
  }

  #wakeReplays(): void {
    for (const resume of this.#waitingReplays.splice(0)) resume();
  }
}
