/**
 * Decodes the body of a chat completion into model events: a stream of server-sent events, or one JSON object from endpoints that
 * do not stream. Reads to `[DONE]` or the end; after an error, or an end without a finish, no call may run.
 */
import type { ModelEnd, ModelEndEvent, ModelEvent, ModelUsage } from "../../agent/model.ts";
import type { StepMeta } from "../../protocol/session-update.ts";
import { type Fault, faultOfBody, lastingFault, passingFault } from "../model-errors.ts";
import { ByteBuffer } from "./byte-buffer.ts";
import { CallAssembly } from "./call-assembly.ts";
import {
  type CompletionChunk,
  errorIn,
  type FinishReason,
  type ReasoningField,
  readChunk,
} from "./completion-chunk.ts";
import { asObject, parseJson } from "./json-value.ts";
import { ReasoningDetails } from "./reasoning-details.ts";
import { type ServerSentEvent, SseDecoder } from "./sse-decoder.ts";
import { ThoughtTags } from "./thought-tags.ts";

/** Text, thoughts and refusal of one response together; beyond it the model does not find an end. */
const longestAnswerCharacters = 4_000_000;
/** Of a response that streams, uncompressed: sixty for each of those characters, more than any endpoint wraps them in. */
const longestResponseBytes = 256 * 1024 * 1024;
/** Of a response that is one JSON object. */
const longestObjectBytes = 16 * 1024 * 1024;
/** Events in a row that say nothing. */
const mostEmptyEvents = 100_000;
const longestRefusal = 2_000;

export interface DecoderOptions {
  /** Named in problems. */
  readonly provider: string;
  /** `<think>` at the beginning of the text begins thoughts. */
  readonly inlineThoughts: boolean;
}

/** What must be sent back with an answer to the model that gave it. */
export type AnswerMeta = Omit<StepMeta, "model">;

/** One decoder per response. */
export class StreamDecoder {
  readonly #provider: string;
  readonly #sse = new SseDecoder();
  readonly #calls = new CallAssembly();
  #form: "unknown" | "events" | "object" = "unknown";
  readonly #object = new ByteBuffer();
  readonly #tags: ThoughtTags | null;
  readonly #details = new ReasoningDetails();
  #reasoningField: ReasoningField | null = null;
  #emptyEvents = 0;
  #length = 0;
  #bytes = 0;
  #hasContent = false;
  #refusal = "";
  #finish: FinishReason | null = null;
  #isDone = false;
  #fault: Fault | null = null;
  #usage: ModelUsage | null = null;
  #progress = 0;

  constructor({ provider, inlineThoughts }: DecoderOptions) {
    this.#provider = provider;
    this.#tags = inlineThoughts ? new ThoughtTags() : null;
  }

  /** Nothing that still comes can change the end. */
  get isOver(): boolean {
    return this.#isDone || this.#fault !== null;
  }

  /** Grows with each event that carries data; comments, pings and blank lines leave it as it is. */
  get progress(): number {
    return this.#progress;
  }

  /** Neighbouring texts of one piece come as one event. */
  push(bytes: Uint8Array): ModelEvent[] {
    if (this.isOver) return [];
    this.#bytes += bytes.byteLength;
    if (this.#bytes > longestResponseBytes) {
      this.#fail(this.#endless());
      return [];
    }
    if (this.#form === "unknown") this.#form = formOf(bytes);
    if (this.#form === "object") {
      this.#keep(bytes);
      return [];
    }
    const events: ModelEvent[] = [];
    for (const event of this.#sse.push(bytes)) this.#takeEvent(event, events);
    if (this.#sse.isTooLong) this.#fail(this.#hopeless("A line of the response is too long."));
    return events;
  }

  /** The end of the body: what was still held back, and the one end event. Call it once. */
  finish(): { readonly events: ModelEvent[]; readonly end: ModelEndEvent } {
    const events: ModelEvent[] = [];
    if (this.#form === "object") this.#takeObject(events);
    else if (!this.isOver) for (const event of this.#sse.end()) this.#takeLast(event, events);
    for (const { type, text } of this.#tags?.finish() ?? []) addText(events, type, text);
    const end = this.#end();
    const calls = end.type === "calls" ? this.#calls.finish() : [];
    return { events, end: { type: "end", end, calls, usage: this.#usage, contextWindow: null } };
  }

  /** For after the end. */
  get meta(): AnswerMeta {
    const details = this.#details.finish();
    return {
      ...(this.#reasoningField === null ? {} : { reasoningField: this.#reasoningField }),
      ...(details.length === 0 ? {} : { reasoningDetails: [...details] }),
    };
  }

  #end(): ModelEnd {
    if (this.#fault !== null) return this.#fault;
    if (this.#finish === null && !this.#isDone) {
      const detail = "The response broke off.";
      return passingFault({ code: "model_truncated", detail, provider: this.#provider });
    }
    if (this.#finish === "length") return this.#hasNoRoom() ? this.#noRoom() : { type: "length" };
    if (this.#finish === "refusal" || this.#refusal !== "") {
      return this.#refusal === "" ? { type: "refusal" } : { type: "refusal", detail: this.#refusal };
    }
    if (this.#calls.count > 0) return { type: "calls" };
    return this.#hasContent ? { type: "stop" } : this.#invalid("The model's answer was empty.");
  }

  #takeEvent(event: ServerSentEvent, events: ModelEvent[]): void {
    const data = event.data.trim();
    if (this.isOver || data === "" || event.event === "ping") return;
    this.#progress += 1;
    if (data === "[DONE]") {
      this.#isDone = true;
      return;
    }
    const json = parseJson(data);
    if (event.event === "error") return this.#fail(faultOfBody(json ?? data, this.#provider));
    if (json === undefined)
      return this.#fail(this.#invalid(`The response holds an event that is not JSON: ${data.slice(0, 100)}`));
    this.#takeJson(json, events);
  }

  /** An event that the end of the body cut off is no event. */
  #takeLast(event: ServerSentEvent, events: ModelEvent[]): void {
    const isCut =
      event.event !== "error" && event.data.trim() !== "[DONE]" && parseJson(event.data) === undefined;
    if (!isCut) this.#takeEvent(event, events);
  }

  #takeJson(json: unknown, events: ModelEvent[]): void {
    const error = errorIn(json);
    if (error !== null) return this.#fail(faultOfBody(error, this.#provider));
    const object = asObject(json);
    if (object === null) return;
    const chunk = readChunk(object);
    this.#emptyEvents = isEmpty(chunk) ? this.#emptyEvents + 1 : 0;
    if (this.#emptyEvents > mostEmptyEvents) return this.#fail(this.#endless());
    this.#reasoningField ??= chunk.thoughtField;
    this.#details.add(chunk.details);
    this.#addText(events, "thought", chunk.thought);
    this.#addText(events, "text", chunk.text);
    this.#refusal = (this.#refusal + chunk.refusal).slice(0, longestRefusal);
    this.#grow(chunk.refusal.length);
    for (const call of chunk.calls) this.#addCall(events, call);
    this.#finish = chunk.finish ?? this.#finish;
    this.#usage = chunk.usage ?? this.#usage;
    if (chunk.finish === "error") this.#fail(this.#broken());
  }

  #addText(events: ModelEvent[], type: "text" | "thought", text: string): void {
    if (text === "") return;
    this.#hasContent = true;
    this.#grow(text.length);
    if (this.#fault !== null) return;
    const pieces = type === "text" ? this.#tags?.push(text) : undefined;
    for (const piece of pieces ?? [{ type, text }]) addText(events, piece.type, piece.text);
  }

  #addCall(events: ModelEvent[], call: unknown): void {
    const before = this.#calls.count;
    this.#calls.add(call);
    if (this.#calls.count > before) events.push({ type: "call_started" });
  }

  #grow(characters: number): void {
    this.#length += characters;
    if (this.#length > longestAnswerCharacters)
      this.#fail(this.#hopeless("The model's answer did not come to an end."));
  }

  #keep(bytes: Uint8Array): void {
    this.#progress += 1;
    if (this.#object.length + bytes.byteLength > longestObjectBytes) {
      this.#object.clear();
      return this.#fail(this.#hopeless("The response is too long."));
    }
    this.#object.append(bytes);
  }

  #takeObject(events: ModelEvent[]): void {
    if (this.isOver) return;
    const text = this.#object.text().replace(/^\ufeff/, "");
    if (text.trimStart().startsWith("<")) {
      return this.#fail(this.#hopeless("The address answers with a web page, not as a model endpoint."));
    }
    const json = parseJson(text);
    if (json === undefined) return;
    this.#isDone = true;
    this.#takeJson(json, events);
  }

  /** Some cut the question to fit the window, and then have no room left for a word of the answer. */
  #hasNoRoom(): boolean {
    return !this.#hasContent && this.#calls.count === 0 && this.#usage?.outputTokens === 0;
  }

  #noRoom(): Fault {
    const detail = "The question leaves no room for an answer.";
    return lastingFault({ code: "model_context_overflow", detail, provider: this.#provider });
  }

  #fail(found: Fault): void {
    this.#fault ??= found;
  }

  #invalid(detail: string): Fault {
    return passingFault({ code: "model_invalid_response", detail, provider: this.#provider });
  }

  /** Asking again would bring the same. */
  #hopeless(detail: string): Fault {
    return { ...this.#invalid(detail), retryable: false };
  }

  #endless(): Fault {
    return this.#hopeless("The response does not come to an end.");
  }

  #broken(): Fault {
    const detail = "The endpoint broke off its answer.";
    return passingFault({ code: "model_unavailable", detail, provider: this.#provider });
  }
}

function addText(events: ModelEvent[], type: "text" | "thought", text: string): void {
  const last = events.at(-1);
  if (last?.type === type) events[events.length - 1] = { type, text: last.text + text };
  else events.push({ type, text });
}

/** It says nothing at all: usage, a finish and even a role would be something. */
function isEmpty(chunk: CompletionChunk): boolean {
  const { thought, text, refusal, calls, finish, usage, details } = chunk;
  const hasWords = thought !== "" || text !== "" || refusal !== "";
  return !hasWords && calls.length === 0 && details.length === 0 && finish === null && usage === null;
}

/** Server-sent events begin with a field or a comment, never with a bracket. */
function formOf(bytes: Uint8Array): "unknown" | "events" | "object" {
  const first = bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  if (first === undefined) return "unknown";
  return first === 0x7b || first === 0x5b || first === 0x3c ? "object" : "events";
}
