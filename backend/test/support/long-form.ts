/**
 * How much a test of faults does: the short form in `npm test`, the long one in `npm run test:long` (VOXPILOT_TEST_LONG=1).
 * Both are drawn from a seed that is printed; VOXPILOT_TEST_SEED gives it again.
 */
import { randomInt } from "node:crypto";

/** Whether the long form was asked for. */
export const isLongForm = process.env.VOXPILOT_TEST_LONG === "1";

/** How often something is tried. */
export function rounds(count: { readonly short: number; readonly long: number }): number {
  return isLongForm ? count.long : count.short;
}

/** Milliseconds that a test may take; the long form has hours. */
export function timeLimitMs(shortMs: number): number {
  return isLongForm ? 6 * 60 * 60_000 : shortMs;
}

/** Numbers that look random and come again for the same seed. */
export interface Random {
  readonly seed: number;
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number;
  /** One of them. */
  oneOf<Item>(items: readonly Item[]): Item;
}

/** The numbers of one test; `name` keeps them apart from those of the others. Prints the seed. */
export function seededRandom(name: string): Random {
  const given = process.env.VOXPILOT_TEST_SEED;
  const seed = given === undefined ? randomInt(2 ** 31) : Number(given);
  process.stdout.write(`${name}: VOXPILOT_TEST_SEED=${seed}\n`);
  return randomFrom(seed, name);
}

/** The numbers of a seed. */
export function randomFrom(seed: number, name = ""): Random {
  // mulberry32: small, and even enough to choose moments and bytes.
  let state = [...name].reduce((sum, letter) => Math.imul(sum ^ letter.charCodeAt(0), 0x01000193), seed);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    seed,
    below,
    oneOf(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new Error("There is nothing to choose from.");
      return item;
    },
  };
}

/** Says by name what this machine cannot do: it counts as not run, never as passed. */
export function tellNotRun(name: string, reason: string): void {
  process.stdout.write(`NOT RUN: ${name}: ${reason}\n`);
}
