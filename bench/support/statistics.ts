/** Middle and upper values of a sample. */

/** The value below which `share` (0 to 1) of the sample lies. The sample must not be empty. */
export function percentile(sample: readonly number[], share: number): number {
  const sorted = sample.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  if (value === undefined) throw new Error("Nothing was measured.");
  return value;
}

export function median(sample: readonly number[]): number {
  return percentile(sample, 0.5);
}
