/** How long results may be, by the room that the model has. */
import type { Profile, ResultLimits } from "../tool.ts";

/** Tokens up to which a window counts as small, and as medium. */
const smallTokens = 12_000;
const mediumTokens = 48_000;

/** The profile of a model that takes so many tokens; null: nothing is known, then it is taken to have room. */
export function profileOf(limitTokens: number | null): Profile {
  if (limitTokens === null || limitTokens > mediumTokens) return "standard";
  return limitTokens <= smallTokens ? "small" : "medium";
}

/** Bounds of one result. */
const resultLimits: Readonly<Record<Profile, ResultLimits>> = {
  small: {
    profile: "small",
    readLines: 150,
    readBytes: 6_000,
    lineCharacters: 500,
    grepHits: 40,
    globPaths: 50,
    listEntries: 60,
    shellCharacters: 4_000,
    fetchBytes: 4_000,
  },
  medium: {
    profile: "medium",
    readLines: 600,
    readBytes: 20_000,
    lineCharacters: 1_000,
    grepHits: 60,
    globPaths: 100,
    listEntries: 120,
    shellCharacters: 10_000,
    fetchBytes: 10_000,
  },
  standard: {
    profile: "standard",
    readLines: 2_000,
    readBytes: 50_000,
    lineCharacters: 2_000,
    grepHits: 100,
    globPaths: 100,
    listEntries: 200,
    shellCharacters: 30_000,
    fetchBytes: 20_000,
  },
};

/** A window of so many tokens has room for results as the small profile bounds them; beside fixed costs, less has less. */
const wholeSmallTokens = 8_000;
const fixedTokens = 3_200;
const leastShare = 0.2;

/** The bounds where a window is smaller than its profile's usual one, too: what a tool shows is to fit into a request whole. */
export function limitsFor(profile: Profile, limitTokens: number | null): ResultLimits {
  const limits = resultLimits[profile];
  if (limitTokens === null || limitTokens >= wholeSmallTokens) return limits;
  const share = Math.max(leastShare, (limitTokens - fixedTokens) / (wholeSmallTokens - fixedTokens));
  const part = (whole: number) => Math.floor(whole * share);
  return {
    ...limits,
    readLines: part(limits.readLines),
    readBytes: part(limits.readBytes),
    grepHits: part(limits.grepHits),
    globPaths: part(limits.globPaths),
    listEntries: part(limits.listEntries),
    shellCharacters: part(limits.shellCharacters),
    fetchBytes: part(limits.fetchBytes),
  };
}
