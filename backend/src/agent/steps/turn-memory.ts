/** What a turn keeps from step to step: the model and its room, and what has gone wrong so far. */
import { RepeatedCalls } from "../calls/repeated-calls.ts";
import { type Model, type ModelFacts, type ModelTool, unknownFacts } from "../model.ts";
import { type Room, roomOf } from "../room/room.ts";

/** Steps of a turn, the last of which may not call tools; of a subagent fewer. */
export const stepLimits = { turn: 50, subagent: 25 } as const;

export interface TurnMemory {
  readonly model: string;
  readonly stepLimit: number;
  /** What a turn does when summing up fails again and again: asks the person, or goes on with notes. */
  whenStuck: "ask" | "go_on";
  readonly repeated: RepeatedCalls;
  facts: ModelFacts;
  room: Room;
  /** The limit that this endpoint named, or what it must lie under, in this turn. */
  learnedTokens: number | null;
  /** Responses in a row that broke off inside a call. */
  cuts: number;
  /** What happened beside the conversation, for the rest of the turn. */
  readonly news: string[];
  /** A person has refused a check in this turn. */
  hasRefusedChecks: boolean;
  /** What the last request offered. */
  offered: readonly ModelTool[];
  /** Items of the conversation, from the first, that the last request did not show whole. */
  shortened: number;
  compactions: number;
  /** Compactions in a row that brought no summary. */
  idleCompactions: number;
  /** Items that the last compaction that was tried wanted to sum up. */
  triedUntil: number;
}

/** Of a request that was too long, what is believed to fit when the endpoint names no limit. */
const refusedShare = 0.75;
/** Whatever was refused: below this there is no request at all. */
const fewestTokens = 256;

/** Never rejects: a model that cannot be described is one of which nothing is known. */
export async function startMemory(source: Model, model: string, stepLimit: number): Promise<TurnMemory> {
  const facts = await factsOf(source, model);
  return {
    model,
    stepLimit,
    whenStuck: "ask",
    repeated: new RepeatedCalls(),
    facts,
    room: roomOf(facts, null),
    learnedTokens: null,
    cuts: 0,
    news: [],
    hasRefusedChecks: false,
    offered: [],
    shortened: 0,
    compactions: 0,
    idleCompactions: 0,
    triedUntil: 0,
  };
}

/** Takes in that a request was too long: `limitTokens` as the endpoint named it, else a good part of what it was sent. */
export async function learnLimit(
  source: Model,
  memory: TurnMemory,
  learned: { readonly limitTokens: number | null; readonly sentTokens: number },
): Promise<void> {
  const below = Math.floor(learned.sentTokens * refusedShare);
  const limit = learned.limitTokens ?? below;
  memory.learnedTokens = Math.max(fewestTokens, Math.min(memory.learnedTokens ?? limit, limit));
  memory.facts = await factsOf(source, memory.model);
  memory.room = roomOf(memory.facts, memory.learnedTokens);
}

/** A window that an answer told of counts like one that was known before. */
export function learnWindow(memory: TurnMemory, contextWindow: number | null): void {
  if (contextWindow === null || memory.facts.contextWindow !== null) return;
  memory.facts = { ...memory.facts, contextWindow };
  memory.room = roomOf(memory.facts, memory.learnedTokens);
}

/** Whether the endpoint has just taught that the model takes no tools: it is asked again, in words. */
export async function learnToolless(source: Model, memory: TurnMemory): Promise<boolean> {
  if (memory.facts.tools === false) return false;
  const facts = await factsOf(source, memory.model);
  if (facts.tools !== false) return false;
  memory.facts = facts;
  return true;
}

async function factsOf(source: Model, model: string): Promise<ModelFacts> {
  try {
    return await source.describe(model);
  } catch {
    // It must not throw: should it do so all the same, nothing is known.
    return unknownFacts;
  }
}
