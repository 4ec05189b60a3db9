/** A reader of event streams over real sockets: keeps its position, folds what it gets, and can be cut off at any byte. */
import { get, type IncomingMessage } from "node:http";
import { createGunzip } from "node:zlib";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { applyEvents, emptyTranscript } from "../../../transcript/fold.ts";
import type { Transcript } from "../../../transcript/transcript.ts";
import { SessionEvent } from "../../src/protocol/session-update.ts";

/** Which stream carries the session: its own, or that of the whole device. */
export type StreamKind = "session" | "device";

interface ReadOptions {
  readonly kind: StreamKind;
  readonly encoding: "gzip" | "identity";
  /** `after` in the address, or `Last-Event-ID`. */
  readonly resumeBy: "query" | "header";
  /** The connection is cut when so many bytes of the body have come. */
  readonly cutAfterBytes?: number;
  /** Asked after each piece that came; true: enough, the connection is cut. */
  readonly isEnough?: () => boolean;
  readonly onBytes?: (bytes: number) => void;
}

export interface StreamTarget {
  readonly port: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly sessionId: string;
}

/** One screen on one session. Throws at a gap or at an event that it already has. */
export class StreamClient {
  transcript: Transcript = emptyTranscript;
  position = 0;
  /** How often the stream said that the position is none of this log. */
  resets = 0;
  readonly #target: StreamTarget;

  constructor(target: StreamTarget, position = 0) {
    this.#target = target;
    this.position = position;
  }

  /** Reads one connection from the position on, until it is cut or ends. */
  async read(options: ReadOptions): Promise<void> {
    const response = await this.#open(options);
    if (response.statusCode !== 200) throw new Error(`The stream answered ${response.statusCode}.`);
    const parser = createParser({ onEvent: (message) => this.#take(message) });
    const decoder = new TextDecoder();
    const feed = textOf(response, options.encoding);
    let left = options.cutAfterBytes ?? Number.POSITIVE_INFINITY;
    try {
      for await (const data of response) {
        const bytes: Buffer = data;
        options.onBytes?.(bytes.length);
        const plain = await feed(bytes.subarray(0, left));
        parser.feed(decoder.decode(plain, { stream: true }));
        left -= bytes.length;
        if (left <= 0 || options.isEnough?.() === true) break;
      }
    } catch (error) {
      // The server may cut it too.
      if (!(error instanceof Error && "code" in error && error.code === "ECONNRESET")) throw error;
    } finally {
      response.destroy();
    }
  }

  #open({ kind, encoding, resumeBy }: ReadOptions): Promise<IncomingMessage> {
    const { port, headers, sessionId } = this.#target;
    const isByHeader = resumeBy === "header";
    const after = isByHeader ? 0 : this.position;
    const path =
      kind === "session"
        ? `/api/sessions/${sessionId}/events?after=${after}`
        : `/api/events?session=${sessionId}:${after}`;
    const lastEventId = kind === "session" ? String(this.position) : `${sessionId}:${this.position}`;
    return new Promise((resolve, reject) => {
      get(
        {
          port,
          path,
          agent: false,
          headers: {
            ...headers,
            accept: "text/event-stream",
            "accept-encoding": encoding,
            ...(isByHeader && this.position > 0 ? { "last-event-id": lastEventId } : {}),
          },
        },
        resolve,
      ).once("error", reject);
    });
  }

  #take({ event, id, data }: EventSourceMessage): void {
    if (event === "reset") {
      this.resets += 1;
      this.position = 0;
      this.transcript = emptyTranscript;
      return;
    }
    if (event !== undefined && event !== "update") return;
    const update = SessionEvent.parse(JSON.parse(data));
    const first = update.from ?? update.seq;
    if (first !== this.position + 1) throw new Error(`After ${this.position} came ${first}.`);
    if (id !== `${update.seq}` && id !== `${this.#target.sessionId}:${update.seq}`)
      throw new Error(`Event ${update.seq} came under the id ${id}.`);
    this.position = update.seq;
    this.transcript = applyEvents(this.transcript, [update]);
  }
}

/** Plain bytes for bytes of the body, as far as they can be read by now. */
function textOf(response: IncomingMessage, asked: string): (bytes: Buffer) => Promise<Buffer> {
  const encoding = response.headers["content-encoding"] ?? "identity";
  if (encoding !== asked) throw new Error(`Asked for ${asked}, got ${encoding}.`);
  if (encoding === "identity") return async (bytes) => bytes;
  const gunzip = createGunzip();
  const parts: Buffer[] = [];
  gunzip.on("data", (part) => parts.push(part));
  return async (bytes) => {
    await new Promise<void>((resolve) => gunzip.write(bytes, () => resolve()));
    // What the write gave is told in the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve));
    return Buffer.concat(parts.splice(0));
  };
}
