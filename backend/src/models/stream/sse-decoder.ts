/** Decodes a stream of bytes into server-sent events, after the WHATWG standard, in whatever pieces they come. */

export interface ServerSentEvent {
  /** Empty: unnamed. */
  readonly event: string;
  readonly data: string;
}

/** A line or an event longer than this is an endless one. */
const longestLine = 12 * 1024 * 1024;

/** One decoder per response. Comments and fields that nobody asked for give no event. */
export class SseDecoder {
  readonly #text = new TextDecoder();
  readonly #limit: number;
  #rest = "";
  #data: string[] = [];
  #dataLength = 0;
  #event = "";
  #mustSkipLineFeed = false;
  #isTooLong = false;

  constructor(limit = longestLine) {
    this.#limit = limit;
  }

  /** A line passed the limit: what follows is not decoded. */
  get isTooLong(): boolean {
    return this.#isTooLong;
  }

  push(bytes: Uint8Array): ServerSentEvent[] {
    return this.#take(this.#text.decode(bytes, { stream: true }));
  }

  /** The end of the stream also ends its last line and its last event. */
  end(): ServerSentEvent[] {
    const events = this.#take(this.#text.decode());
    if (this.#isTooLong) return events;
    if (this.#rest !== "") this.#takeLine(this.#rest, events);
    this.#rest = "";
    this.#dispatch(events);
    return events;
  }

  #take(piece: string): ServerSentEvent[] {
    const events: ServerSentEvent[] = [];
    if (this.#isTooLong || piece === "") return events;
    let position = this.#mustSkipLineFeed && piece.startsWith("\n") ? 1 : 0;
    this.#mustSkipLineFeed = false;
    let lineFeed = piece.indexOf("\n", position);
    let carriageReturn = piece.indexOf("\r", position);
    while (lineFeed >= 0 || carriageReturn >= 0) {
      const isReturn = carriageReturn >= 0 && (lineFeed < 0 || carriageReturn < lineFeed);
      const end = isReturn ? carriageReturn : lineFeed;
      this.#takeLine(this.#rest + piece.slice(position, end), events);
      this.#rest = "";
      position = isReturn && lineFeed === end + 1 ? end + 2 : end + 1;
      this.#mustSkipLineFeed = isReturn && position === piece.length && lineFeed !== end + 1;
      if (lineFeed >= 0 && lineFeed < position) lineFeed = piece.indexOf("\n", position);
      if (isReturn) carriageReturn = piece.indexOf("\r", position);
    }
    this.#rest += piece.slice(position);
    this.#isTooLong ||= this.#rest.length > this.#limit;
    return events;
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
    if (data !== undefined) events.push({ event: this.#event, data });
    this.#event = "";
    this.#data = [];
    this.#dataLength = 0;
  }
}
