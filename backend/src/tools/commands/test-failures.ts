/** What of a long test run a model with little room is shown: the failures, and how it ended. */

/** How runners begin a failure: node:test, vitest, jest, mocha, pytest, go test, cargo test, and compilers. */
const failing = [
  /^\s*(?:✖|✗|×|✕|❌)\s+\S/,
  /^\s*not ok \d+/,
  /^\s*FAIL(?:ED|URE)?:?\s+\S/,
  /^\s*●\s+\S/,
  /^(?:_{3,}|-{4,}) \S.* (?:_{3,}|-{4,})$/,
  /^E {2,}\S/,
  /^ERROR (?:at |collecting |\S+::|\S+\.py)/,
  /^\s*--- FAIL: /,
  /^test \S.* \.\.\. FAILED$/,
  /^thread '[^']*' .*panicked at/,
  /^panic: /,
  /^error(?:\[E\d+\])?: /,
  /^\S.*\(\d+,\d+\): error TS\d+: /,
  /^(?:Assertion|Type|Reference|Syntax|Range)Error\b/,
] as const;
const passing = /^\s*(?:✓|✔|√|ok \d|ok\s|PASS\b|--- PASS|test \S.* \.\.\. ok$|# Subtest)|\bPASSED\b/;

const tailLines = 30;
const tailShare = 0.5;
const longestLine = 300;
/** Lines that may follow a failure's first one: fewer where there are many failures. */
const followers = [12, 6, 2, 0] as const;

/** In at most `limit` characters; null: there is no failure before the last lines, so that head and tail say as much. */
export function testFailures(output: string, limit: number): string | null {
  const lines = output.split("\n");
  const tailFrom = tailStart(lines, Math.floor(limit * tailShare));
  const marks = failureStarts(lines.slice(0, tailFrom));
  if (marks.length === 0) return null;
  const tail = lines
    .slice(tailFrom)
    .join("\n")
    .slice(-Math.floor(limit * tailShare));
  const room = limit - tail.length;
  const whole = followers.map((count) => pieces(lines, { marks, count, tailFrom }));
  const fitting = whole.find((text) => text.length <= room) ?? cutPieces(whole.at(-1) ?? "", room);
  return fitting + tail;
}

/** The last lines, fewer where they are long; at least one. */
function tailStart(lines: readonly string[], characters: number): number {
  let start = lines.length;
  let left = characters;
  while (start > 0 && lines.length - start < tailLines) {
    left -= (lines[start - 1]?.length ?? 0) + 1;
    if (left < 0 && start < lines.length) break;
    start -= 1;
  }
  return start;
}

/** Where failures begin; what a runner says again in its summary counts once. */
function failureStarts(lines: readonly string[]): readonly number[] {
  const known = new Set<string>();
  return lines.flatMap((line, index) => {
    const beginning = line.slice(0, longestLine);
    if (!failing.some((mark) => mark.test(beginning))) return [];
    const name = beginning.replace(/\(?\d+(?:\.\d+)? ?m?s\)?/g, "").trim();
    if (known.has(name)) return [];
    known.add(name);
    return [index];
  });
}

interface Shown {
  readonly marks: readonly number[];
  /** Lines after each mark. */
  readonly count: number;
  readonly tailFrom: number;
}

/** Each failure with what follows it, and between them how many lines are left out. */
function pieces(lines: readonly string[], { marks, count, tailFrom }: Shown): string {
  const kept = new Set<number>();
  for (const mark of marks) {
    kept.add(mark);
    for (let index = mark + 1; index <= mark + count && index < tailFrom; index += 1) {
      if (passing.test((lines[index] ?? "").slice(0, longestLine))) break;
      kept.add(index);
    }
  }
  let shown = 0;
  const text = [...kept]
    .sort((one, other) => one - other)
    .map((index) => {
      const gap = leftOut(index - shown);
      shown = index + 1;
      return `${gap}${shortLine(lines[index] ?? "")}\n`;
    });
  return `${text.join("")}${leftOut(tailFrom - shown)}`;
}

function leftOut(lines: number): string {
  return lines === 0 ? "" : `[… ${lines} ${lines === 1 ? "line" : "lines"} left out …]\n`;
}

function shortLine(line: string): string {
  return line.length <= longestLine ? line : `${line.slice(0, longestLine).replace(/[\ud800-\udbff]$/, "")}…`;
}

/** The first failures are kept: later ones often come of them. */
function cutPieces(text: string, room: number): string {
  const note = "[… more failures left out …]\n";
  const end = text.lastIndexOf("\n", Math.max(0, room - note.length - 1)) + 1;
  return `${text.slice(0, end)}${note}`;
}
