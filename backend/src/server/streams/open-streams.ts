/** How many streams a device may hold open at once. */
import { type EventStream, eventFrame } from "./event-stream.ts";

/** A page needs one. What is beyond that is other tabs, and streams of a phone that slept and came back without saying goodbye. */
const maxPerDevice = 16;

/** The open streams of every device. */
export class OpenStreams {
  readonly #byDevice = new Map<string, Set<EventStream>>();

  /** Takes a stream in; the device's oldest is ended when there are too many: the newest is the one that somebody waits for. */
  add(deviceId: string, stream: EventStream): void {
    const streams = this.#byDevice.get(deviceId) ?? new Set();
    this.#byDevice.set(deviceId, streams);
    const [oldest] = streams;
    if (streams.size >= maxPerDevice) endForAnother(oldest);
    streams.add(stream);
    stream.closed.addEventListener("abort", () => this.#remove(deviceId, stream));
  }

  #remove(deviceId: string, stream: EventStream): void {
    const streams = this.#byDevice.get(deviceId);
    streams?.delete(stream);
    if (streams?.size === 0 && this.#byDevice.get(deviceId) === streams) this.#byDevice.delete(deviceId);
  }
}

/** Told of it, its page waits: pages that all came back at once would end each other for ever. */
function endForAnother(stream: EventStream | undefined): void {
  stream?.send(eventFrame({ event: "crowded", data: JSON.stringify({ maxStreams: maxPerDevice }) }));
  stream?.close();
}
