/** What a benchmark found, and how it is printed. */

/** `passed` is null where nothing is promised. */
export interface Finding {
  readonly what: string;
  readonly measured: string;
  readonly limit: string;
  readonly passed: boolean | null;
}

/** A figure held against the most, or the least, that was promised. */
export function finding(
  what: string,
  value: number,
  { unit, atMost, atLeast, digits = 1 }: { unit: string; atMost?: number; atLeast?: number; digits?: number },
): Finding {
  const write = (figure: number): string =>
    `${figure.toLocaleString("en-GB", { maximumFractionDigits: digits, minimumFractionDigits: 0 })} ${unit}`;
  if (atMost !== undefined) {
    return { what, measured: write(value), limit: `≤ ${write(atMost)}`, passed: value <= atMost };
  }
  if (atLeast !== undefined) {
    return { what, measured: write(value), limit: `≥ ${write(atLeast)}`, passed: value >= atLeast };
  }
  return { what, measured: write(value), limit: "", passed: null };
}

/** Two states and no third: a figure without a promise is neither kept nor missed. */
function verdict({ passed }: Finding): string {
  if (passed === null) return "";
  return passed ? "kept" : "missed";
}

export function markdownTable(findings: readonly Finding[]): string {
  const rows = findings.map((row) => `| ${row.what} | ${row.measured} | ${row.limit} | ${verdict(row)} |`);
  return ["| what | measured | promised | |", "|---|--:|--:|---|", ...rows].join("\n");
}
