/** Writes server-sent events: one write for what comes in one go, and a reader that is too slow is let go. */
import { setMaxListeners } from "node:events";

const maxBufferedBytes = 4 * 1024 * 1024;
/** Whoever replays a log waits for this before reading on. */
const refillBelowBytes = 256 * 1024;
const pingEveryMs = 15_000;

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
  #controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #isReaderWaiting = false;
  #isFlushPlanned = false;
  /** One for each session whose replay waits for the reader. */
  #waitingReplays: (() => void)[] = [];

  /** `disconnect` cuts the connection of a reader that does not read. */
  constructor(disconnect: () => void) {
    this.#disconnect = disconnect;
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
      },
    });
    this.#ping = setInterval(() => this.send("event: ping\ndata: {}\n\n"), pingEveryMs).unref();
  }

  /** Aborted once nobody reads any more. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** Queues a frame; frames that are sent without a pause between leave together. */
  send(frame: string): void {
    if (this.closed.aborted) return;
    const bytes = Buffer.from(frame);
    this.#waiting.push(bytes);
    this.#waitingBytes += bytes.length;
    if (this.#waitingBytes > maxBufferedBytes) this.#drop();
    else this.#planFlush();
  }

  /** Resolves when the reader has caught up enough for more, or has gone. */
  async ready(): Promise<void> {
    if (this.#waitingBytes < refillBelowBytes || this.closed.aborted) return;
    await new Promise<void>((resolve) => {
      this.#waitingReplays.push(resolve);
    });
  }

  /** Sends what waits and ends the response. */
  close(): void {
    if (this.closed.aborted) return;
    if (this.#waiting.length > 0) this.#controller?.enqueue(this.#take());
    this.#controller?.close();
    this.#release();
  }

  #pull(): void {
    this.#isReaderWaiting = true;
    if (this.#waiting.length > 0) this.#flush();
  }

  #planFlush(): void {
    if (this.#isFlushPlanned || !this.#isReaderWaiting) return;
    this.#isFlushPlanned = true;
    queueMicrotask(() => {
      this.#isFlushPlanned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.closed.aborted || !this.#isReaderWaiting || this.#waiting.length === 0) return;
    this.#isReaderWaiting = false;
    this.#controller?.enqueue(this.#take());
    this.#wakeReplays();
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#waitingBytes = 0;
    return bytes;
  }

  #drop(): void {
    this.#controller?.close();
    this.#release();
    this.#disconnect();
  }

  #release(): void {
    clearInterval(this.#ping);
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#closed.abort();
    this.#wakeReplays();
  }

  #wakeReplays(): void {
    for (const resume of this.#waitingReplays.splice(0)) resume();
  }
}
