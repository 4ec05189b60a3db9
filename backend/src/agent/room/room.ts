/** How much a model takes: the profile that fits it, and how long a request may be. */
import type { ModelFacts } from "../model.ts";
import type { Profile } from "../tool.ts";
import { profileOf } from "./result-limits.ts";

/** Null: no limit is known. */
export interface Room {
  readonly profile: Profile;
  /** The tightest limit that is known, in the endpoint's own tokens. */
  readonly limitTokens: number | null;
  /** What a request may take of it: the limit without the answer and a margin. */
  readonly budgetTokens: number | null;
  /** Kept free for the answer. */
  readonly outputTokens: number | null;
}

/** What an estimate may be off by, as a share of the limit. */
const margin = 0.08;
const outputShare = 8;
const leastOutput = 512;
const mostOutput = 8_000;

/** `learned` is what this endpoint's own words named in this turn: it wins over what was known before. */
export function roomOf(facts: ModelFacts, learned: number | null): Room {
  const limits = [facts.contextWindow, facts.inputLimit, learned].filter((limit) => limit !== null);
  if (limits.length === 0)
    return { profile: "standard", limitTokens: null, budgetTokens: null, outputTokens: null };
  const limitTokens = Math.min(...limits);
  const outputTokens = outputFor(limitTokens, facts.outputLimit);
  const whole = [facts.contextWindow, learned, facts.countsOutput ? facts.inputLimit : null];
  const rooms = [
    ...whole.filter((limit) => limit !== null).map((limit) => limit - outputTokens),
    ...(facts.inputLimit === null ? [] : [facts.inputLimit]),
  ];
  const budgetTokens = Math.max(1, Math.floor(Math.min(...rooms) - limitTokens * margin));
  return { profile: profileOf(limitTokens), limitTokens, budgetTokens, outputTokens };
}

function outputFor(limitTokens: number, outputLimit: number | null): number {
  const share = Math.min(mostOutput, Math.max(leastOutput, Math.floor(limitTokens / outputShare)));
  return Math.min(share, outputLimit ?? share, Math.floor(limitTokens / 4));
}
