/** Decodes a stream of bytes into server-sent events, after the WHATWG standard, in whatever pieces they come. */
import { ByteBuffer } from "./byte-buffer.ts";

export interface ServerSentEvent {
  /** Empty: unnamed. */
  readonly event: string;
  readonly data: string;
}

/** A line or an event of more bytes than this is an endless one. */
const longestLineBytes = 12 * 1024 * 1024;
const lineFeed = 10;
const carriageReturn = 13;
const byteOrderMark = "\ufeff";

/** One decoder per response. Comments and fields that nobody asked for give no event. */
export class SseDecoder {
  readonly #limit: number;
  /** The beginning of a line whose end has not come. */
  readonly #rest = new ByteBuffer();
  #data: string[] = [];
  #dataLength = 0;
  #event = "";
  #isFirstLine = true;
  #mustSkipLineFeed = false;
  #isTooLong = false;

  constructor(limit = longestLineBytes) {
    this.#limit = limit;
  }

  /** A line passed the limit: what follows is not decoded. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  push(piece: Uint8Array): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (piece.byteLength === 0 || this.#isTooLong) return events;
    const bytes = asBuffer(piece);
    let position = this.#mustSkipLineFeed && bytes[0] === lineFeed ? 1 : 0;
    this.#mustSkipLineFeed = false;
    let feed = bytes.indexOf(lineFeed, position);
    let carriage = bytes.indexOf(carriageReturn, position);
    while (feed >= 0 || carriage >= 0) {
      const isReturn = carriage >= 0 && (feed < 0 || carriage < feed);
      const end = isReturn ? carriage : feed;
      this.#takeLine(this.#lineOf(bytes.subarray(position, end)), events);
      position = isReturn && feed === end + 1 ? end + 2 : end + 1;
      this.#mustSkipLineFeed = isReturn && position === bytes.byteLength && feed !== end + 1;
      if (feed >= 0 && feed < position) feed = bytes.indexOf(lineFeed, position);
      if (isReturn) carriage = bytes.indexOf(carriageReturn, position);
    }
    this.#keep(bytes.subarray(position));
    return events;
  }

  /** The end of the stream also ends its last line and its last event. */
  end(): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (this.#isTooLong) return events;
    if (this.#rest.length > 0) this.#takeLine(this.#lineOf(new Uint8Array()), events);
    this.#dispatch(events);
    return events;
  }

  #keep(rest: Uint8Array): void {
    if (this.#rest.length + rest.byteLength > this.#limit) this.#isTooLong = true;
    if (this.#isTooLong) this.#rest.clear();
    else if (rest.byteLength > 0) this.#rest.append(rest);
  }

  /** Line ends are single bytes that stand in no other character, so each line can be decoded by itself. */
  #lineOf(last: Uint8Array): string {
    let line: string;
    if (this.#rest.length === 0) {
      line = asBuffer(last).toString("utf8");
    } else {
      this.#rest.append(last);
      line = this.#rest.text();
      this.#rest.clear();
    }
    const isMarked = this.#isFirstLine && line.startsWith(byteOrderMark);
    this.#isFirstLine = false;
    return isMarked ? line.slice(1) : line;
  }

  #takeLine(line: string, events: ServerSentEvent[]): void {
    if (line === "") return this.#dispatch(events);
    this.#isTooLong ||= line.length > this.#limit;
    if (this.#isTooLong) return;
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const start = line.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
    const value = colon < 0 ? "" : line.slice(start);
    if (field === "data") this.#addData(value);
    else if (field === "event") this.#event = value;
    // Not in the standard: llama.cpp names its errors so.
    else if (field === "error") events.push({ event: "error", data: value });
  }

  #addData(value: string): void {
    this.#data.push(value);
    this.#dataLength += value.length + 1;
    this.#isTooLong ||= this.#dataLength > this.#limit;
  }

  #dispatch(events: ServerSentEvent[]): void {
    const [only] = this.#data;
    const data = this.#data.length > 1 ? this.#data.join("\n") : only;
    if (data !== undefined && !this.#isTooLong) events.push({ event: this.#event, data });
    this.#event = "";
    this.#data = [];
    this.#dataLength = 0;
  }
}

/** The same bytes, under methods that are many times faster. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
