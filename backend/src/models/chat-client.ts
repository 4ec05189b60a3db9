/** The model endpoints as the agent sees them: one request in, events out, and exactly one end, whatever the endpoint does. */
import {
  type Model,
  type ModelEndEvent,
  type ModelEvent,
  type ModelFacts,
  type ModelRequest,
  type ModelUsage,
  unknownFacts,
} from "../agent/model.ts";
import type { ResolvedModel } from "./catalogue.ts";
import { openChatStream } from "./chat-transport.ts";
import { type DialectFlags, type DialectLesson, dialectOf, type OnLearned } from "./dialect.ts";
import { costOf } from "./facts/model-price.ts";
import { type Fault, factsIn, lastingFault, passingFault, withoutSecrets } from "./model-errors.ts";
import { OpenAnswer } from "./open-answer.ts";
import { secretsOf } from "./provider.ts";
import { type BodyOptions, chatBody } from "./request/chat-body.ts";
import { lessonIn } from "./request/dialect-lessons.ts";
import { ownToolName } from "./request/tool-names.ts";
import { type IdleTimer, type IdleTimes, startIdleTimer } from "./stream/idle-timer.ts";

/** Finds the endpoint behind `provider/model`; null: there is none to be had. */
export interface ModelResolver {
  resolve(model: string | null): Promise<ResolvedModel | null>;
  /** Absent: what `resolve` says is all that is known. Must not reject. */
  describe?(model: string): Promise<ModelFacts>;
}

export interface ChatModelOptions {
  readonly times?: IdleTimes;
  /** Is told what answers teach; what it does not give back with `ResolvedModel.lessons` is asked for anew each time. */
  readonly onLearned?: OnLearned;
}

const usualTimes: IdleTimes = { firstMs: 600_000, betweenMs: 120_000 };
/** Requests that may be spent on finding out what an endpoint does not take. */
const mostLessons = 5;

/** Makes the model of `agent/model.ts` out of the catalogue's endpoints. */
export function createChatModel(resolver: ModelResolver, options: ChatModelOptions = {}): Model {
  const { times = usualTimes, onLearned = () => undefined } = options;
  return {
    async describe(model) {
      if (resolver.describe !== undefined) return resolver.describe(model);
      const resolved = await found(resolver, model);
      if (resolved.type === "fault") return unknownFacts;
      const { facts, contextWindow } = resolved.model;
      return facts ?? { ...unknownFacts, contextWindow };
    },
    stream: (request, signal) => streamFrom(resolver, { request, signal, times, onLearned }),
  };
}

type Found =
  | { readonly type: "model"; readonly model: ResolvedModel }
  | { readonly type: "fault"; readonly fault: Fault };

async function found(resolver: ModelResolver, named: string): Promise<Found> {
  try {
    const model = await resolver.resolve(named);
    return model === null
      ? { type: "fault", fault: lastingFault({ code: "model_missing" }) }
      : { type: "model", model };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { type: "fault", fault: lastingFault({ code: "internal", detail }) };
  }
}

interface Unresolved {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly times: IdleTimes;
  readonly onLearned: OnLearned;
}

interface Asking extends Unresolved {
  readonly resolved: ResolvedModel;
}

/** One generator: each further one that events pass through costs several promises for each of them. */
async function* streamFrom(
  resolver: ModelResolver,
  unresolved: Unresolved,
): AsyncGenerator<ModelEvent, void, undefined> {
  const { request, signal } = unresolved;
  const resolved = await found(resolver, request.model);
  if (resolved.type === "fault") return yield endWith(resolved.fault);
  const asking = { ...unresolved, resolved: resolved.model };
  const upstream = new AbortController();
  const stop = () => upstream.abort();
  const timer = startIdleTimer(asking.times, stop);
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const dialect = dialectOf(asking.resolved.provider.baseUrl, asking.resolved.provider.dialect);
  let isOver = false;
  try {
    const opened = await open(asking, dialect, upstream.signal);
    if (opened.type === "fault") {
      isOver = true;
      return yield ownEnd(endWith(opened.fault), asking, timer);
    }
    const { inlineThoughts } = dialect;
    const provider = asking.resolved.provider.name;
    const answer = new OpenAnswer(opened.body, { model: request.model, provider, inlineThoughts, timer });
    for (let events = await answer.next(); events !== null; events = await answer.next())
      // What comes after someone stopped the answer belongs to nobody.
      for (const event of events) if (!signal.aborted) yield event;
    void answer.drain(upstream);
    isOver = true;
    if (answer.end !== null) yield ownEnd(answer.end, asking, timer);
  } finally {
    timer.stop();
    signal.removeEventListener("abort", stop);
    if (!isOver) stop();
  }
}

/** The end in this endpoint's own words: nothing of the key in it, silence called by its name, and what it taught told. */
function ownEnd(event: ModelEndEvent, asking: Asking, timer: IdleTimer): ModelEndEvent {
  const { provider, contextWindow, model } = asking.resolved;
  const calls = event.calls.map((call) => ({ ...call, name: ownToolName(asking.request.tools, call.name) }));
  const answered = { ...event, calls, contextWindow, usage: withCost(event.usage, asking.resolved) };
  if (event.end.type !== "problem") return answered;
  const silence = passingFault({ code: "model_timeout", provider: provider.name });
  const end = timer.hasExpired() ? silence : withoutSecrets(event.end, secretsOf(provider));
  for (const fact of factsIn(end)) asking.onLearned(provider.id, model, fact);
  return { ...answered, end };
}

function withCost(usage: ModelUsage | null, { price = null }: ResolvedModel): ModelUsage | null {
  const cost = usage === null ? null : costOf(usage, price);
  if (usage === null || cost !== null) return usage === null ? null : { ...usage, cost };
  const { cost: _, ...counts } = usage;
  return counts;
}

/** Asks again where the endpoint says which part of the request it does not take; an answer proves what was learnt. */
async function open(asking: Asking, dialect: DialectFlags, signal: AbortSignal) {
  const { resolved, request } = asking;
  const { provider, model, facts } = resolved;
  const learned = new Set<DialectLesson>();
  for (;;) {
    const options: BodyOptions = {
      model,
      dialect,
      lessons: new Set([...(resolved.lessons ?? []), ...learned]),
      thinks: resolved.thinks ?? (facts?.efforts.length ?? 0) > 0,
      takesImages: facts?.images ?? null,
    };
    const body = chatBody(request, options);
    const opened = await openChatStream(provider, body, signal);
    const lesson = opened.type === "fault" ? lessonIn(opened.fault, body) : null;
    if (opened.type === "open") tell(asking, learned);
    // It is believed for a time only, and by nobody where its owner knows better: told whenever it shows.
    if (lesson === "no_tools") tell(asking, [lesson]);
    const isNew = lesson !== null && lesson !== "no_tools" && !options.lessons.has(lesson);
    if (!isNew || learned.size >= mostLessons) return opened;
    learned.add(lesson);
  }
}

function tell({ resolved, onLearned }: Asking, learned: Iterable<DialectLesson>): void {
  for (const lesson of learned) onLearned(resolved.provider.id, resolved.model, { lesson });
}

function endWith(end: Fault): ModelEndEvent {
  return { type: "end", end, calls: [], usage: null, contextWindow: null };
}
