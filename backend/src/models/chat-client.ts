/** The model endpoints as the agent sees them: one request in, events out, and exactly one end, whatever the endpoint does. */
import type { Model, ModelEndEvent, ModelEvent, ModelRequest } from "../agent/model.ts";
import type { ResolvedModel } from "./catalogue.ts";
import { chatBody } from "./chat-request.ts";
import { openChatStream } from "./chat-transport.ts";
import { type Fault, fault, faultOfConnection, withoutKey } from "./model-errors.ts";
import { type IdleTimer, type IdleTimes, startIdleTimer } from "./stream/idle-timer.ts";
import { StreamDecoder } from "./stream/stream-decoder.ts";

/** Finds the endpoint behind `provider/model`; null: there is none to be had. */
export interface ModelResolver {
  resolve(model: string | null): Promise<ResolvedModel | null>;
}

const usualTimes: IdleTimes = { firstMs: 600_000, betweenMs: 120_000 };
/** How long to wait for the end of a body after its last event, so that the connection can be used again. */
const drainMs = 1_000;

/** Makes the model of `agent/model.ts` out of the catalogue's endpoints. */
export function createChatModel(resolver: ModelResolver, times: IdleTimes = usualTimes): Model {
  const refusesUsage = new Set<string>();
  return {
    async *stream(request, signal) {
      const resolved = await resolver.resolve(request.model);
      if (resolved === null) {
        yield endWith(fault({ code: "model_missing" }, false));
        return;
      }
      yield* streamFrom({ request, resolved, signal, times, refusesUsage });
    },
  };
}

interface Asking {
  readonly request: ModelRequest;
  readonly resolved: ResolvedModel;
  readonly signal: AbortSignal;
  readonly times: IdleTimes;
  /** Base addresses that refused to be asked for token counts. */
  readonly refusesUsage: Set<string>;
}

async function* streamFrom(asking: Asking): AsyncGenerator<ModelEvent, void, undefined> {
  const { resolved, signal } = asking;
  const upstream = new AbortController();
  const stop = () => upstream.abort();
  const timer = startIdleTimer(asking.times, stop);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const reading = { provider: resolved.provider.name, timer, upstream };
  let isOver = false;
  try {
    const opened = await open(asking, upstream.signal);
    const end =
      opened.type === "fault"
        ? endWith(opened.fault)
        : yield* readEvents(opened.body?.getReader() ?? null, reading);
    isOver = true;
    yield ownEnd(end, { timer, resolved });
  } finally {
    timer.stop();
    signal.removeEventListener("abort", stop);
    if (!isOver) stop();
  }
}

/** The end in this endpoint's own words: nothing of the key in it, and silence called by its name. */
function ownEnd(
  event: ModelEndEvent,
  { timer, resolved }: { timer: IdleTimer; resolved: ResolvedModel },
): ModelEndEvent {
  const { provider, contextWindow } = resolved;
  if (event.end.type !== "problem") return { ...event, contextWindow };
  const silence = fault({ code: "model_timeout", provider: provider.name }, true);
  return {
    ...event,
    contextWindow,
    end: timer.hasExpired() ? silence : withoutKey(event.end, provider.apiKey),
  };
}

async function open(asking: Asking, signal: AbortSignal) {
  const { resolved, request, refusesUsage } = asking;
  const { provider, model } = resolved;
  const usage = refusesUsage.has(provider.baseUrl) ? "omit" : "ask";
  const opened = await openChatStream(provider, chatBody(request, { model, usage }), signal);
  const isRefused = usage === "ask" && opened.type === "fault" && namesUsage(opened.fault);
  if (!isRefused) return opened;
  refusesUsage.add(provider.baseUrl);
  return openChatStream(provider, chatBody(request, { model, usage: "omit" }), signal);
}

function namesUsage({ problem }: Fault): boolean {
  const isRefusal = problem.status === 400 || problem.status === 422;
  return isRefusal && /stream_options|include_usage/.test(problem.detail ?? "");
}

interface Reading {
  readonly provider: string;
  readonly timer: IdleTimer;
  readonly upstream: AbortController;
}

type BodyReader = ReadableStreamDefaultReader<Uint8Array>;

async function* readEvents(
  reader: BodyReader | null,
  reading: Reading,
): AsyncGenerator<ModelEvent, ModelEndEvent, undefined> {
  const decoder = new StreamDecoder(reading.provider);
  try {
    for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
      const before = decoder.progress;
      const events = decoder.push(part.value);
      if (decoder.progress > before) reading.timer.progress();
      for (const event of events) yield event;
      if (decoder.isOver) break;
    }
  } catch (error) {
    const { end } = decoder.finish();
    return { ...end, calls: [], end: brokenOff(error, reading.provider) };
  }
  const { events, end } = decoder.finish();
  for (const event of events) yield event;
  if (reader !== null) void drain(reader, reading.upstream);
  return end;
}

function brokenOff(error: unknown, provider: string): Fault {
  const found = faultOfConnection(error, provider);
  return { ...found, problem: { ...found.problem, code: "model_truncated" } };
}

/** Reads the rest, which is nothing or a few bytes; an endpoint that goes on sending is cut off. */
async function drain(reader: BodyReader, upstream: AbortController): Promise<void> {
  const timer = setTimeout(() => upstream.abort(), drainMs);
  timer.unref();
  try {
    for (let rest = await reader.read(); !rest.done; rest = await reader.read());
  } catch {
    // Cut off, by us or by the endpoint: the answer is complete either way.
  } finally {
    clearTimeout(timer);
  }
}

function endWith(end: Fault): ModelEndEvent {
  return { type: "end", end, calls: [], usage: null, contextWindow: null };
}
