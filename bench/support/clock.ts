/** One clock for several processes of a machine, in numbers that fit into a token. */

const wrapsAt = 1_000_000_000;

/** Microseconds of the system's monotonic clock, which begins anew every 1,000 seconds. */
export function nowMicroseconds(): number {
  return Number((process.hrtime.bigint() / 1_000n) % BigInt(wrapsAt));
}

/** The time between two readings that are less than 1,000 s apart. */
export function wrapMicroseconds(difference: number): number {
  return difference < 0 ? difference + wrapsAt : difference;
}
