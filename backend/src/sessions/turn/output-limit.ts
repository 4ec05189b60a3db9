/** Keeps a noisy command from flooding the log: after 32 kB a call's output comes at most four times a second, cut to its end. */

import type { SessionUpdate } from "../../protocol/session-update.ts";
import type { LogEntry } from "../log/event-log.ts";

export type OutputEntry = LogEntry & {
  readonly update: Extract<SessionUpdate, { sessionUpdate: "tool_output_chunk" }>;
};

const freeBytes = 32_768;
const emitEveryMs = 250;
/** Of what comes in between, so much of the end is kept. */
const keptCharacters = 4_096;

interface CallOutput {
  passedBytes: number;
  /** The end of what waits, one entry a stream, the longest waiting first. */
  held: OutputEntry[];
  timer: NodeJS.Timeout | null;
}

/** One for each turn. */
export class OutputLimit {
  readonly #pass: (entry: OutputEntry) => void;
  readonly #calls = new Map<string, CallOutput>();

  constructor(pass: (entry: OutputEntry) => void) {
    this.#pass = pass;
  }

  /** Passes a chunk on, now or later, whole or cut; `skippedBytes` tells what was cut. */
  add(entry: OutputEntry): void {
    const call = this.#callOf(entry.update.toolCallId);
    const room = Math.max(0, freeBytes - call.passedBytes);
    const [now, later] = splitText(entry.update.text, call.timer === null ? room : 0);
    call.passedBytes += Buffer.byteLength(now);
    if (now !== "") this.#pass({ ...entry, update: { ...entry.update, text: now } });
    if (later === "") return;
    hold(call, { ...entry, update: { ...entry.update, text: later } });
    call.timer ??= setTimeout(() => this.#emitOne(call), emitEveryMs);
  }

  /** The call is over: what is held of it goes out. */
  finish(toolCallId: string): void {
    const call = this.#calls.get(toolCallId);
    if (call === undefined) return;
    this.#calls.delete(toolCallId);
    if (call.timer !== null) clearTimeout(call.timer);
    for (const entry of call.held) this.#pass(entry);
  }

  /** The turn is over: what is held of any call goes out. */
  finishAll(): void {
    for (const toolCallId of [...this.#calls.keys()]) this.finish(toolCallId);
  }

  #emitOne(call: CallOutput): void {
    const entry = call.held.shift();
    call.timer = entry === undefined ? null : setTimeout(() => this.#emitOne(call), emitEveryMs);
    if (entry !== undefined) this.#pass(entry);
  }

  #callOf(toolCallId: string): CallOutput {
    const known = this.#calls.get(toolCallId);
    if (known !== undefined) return known;
    const call: CallOutput = { passedBytes: 0, held: [], timer: null };
    this.#calls.set(toolCallId, call);
    return call;
  }
}

function hold(call: CallOutput, entry: OutputEntry): void {
  const place = call.held.findIndex((other) => other.update.stream === entry.update.stream);
  const before = call.held[place];
  if (before === undefined) call.held.push(cutToEnd(entry));
  else call.held[place] = cutToEnd(together(before, entry));
}

function together(first: OutputEntry, second: OutputEntry): OutputEntry {
  return { ...first, update: { ...first.update, text: first.update.text + second.update.text } };
}

function cutToEnd(entry: OutputEntry): OutputEntry {
  const { update } = entry;
  const [dropped, text] = splitText(update.text, update.text.length - keptCharacters);
  if (dropped === "") return entry;
  const skippedBytes = (update.skippedBytes ?? 0) + Buffer.byteLength(dropped);
  return { ...entry, update: { ...update, text, skippedBytes } };
}

/** Never between the two halves of one character. */
function splitText(text: string, at: number): [string, string] {
  if (at <= 0) return ["", text];
  const isInside = /[\uD800-\uDBFF]/.test(text[at - 1] ?? "") && at < text.length;
  const end = isInside ? at - 1 : at;
  return [text.slice(0, end), text.slice(end)];
}
