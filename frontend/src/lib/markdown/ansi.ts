/** Terminal output as text: colours become roles, every other escape sequence is inert and goes. */

type AnsiRole = "danger" | "ok" | "warn" | "accent" | "keyword" | "muted" | null;

interface AnsiRun {
  readonly text: string;
  readonly role: AnsiRole;
  readonly bold: boolean;
}

const escapeCode = "\u001b";
const bell = "\u0007";
/** CSI, OSC (to BEL or ST), other string sequences, and two-character escapes. */
const sequence = new RegExp(
  [
    `${escapeCode}\\[([0-9;:?]*)[ -/]*([@-~])`,
    `${escapeCode}\\][^${bell}${escapeCode}]*(?:${bell}|${escapeCode}\\\\)?`,
    `${escapeCode}[PX^_][^${escapeCode}]*(?:${escapeCode}\\\\)?`,
    `${escapeCode}[ -/]*[0-~]?`,
  ].join("|"),
  "g",
);
const roles: Readonly<Record<number, AnsiRole>> = {
  30: "muted",
  31: "danger",
  32: "ok",
  33: "warn",
  34: "accent",
  35: "keyword",
  36: "accent",
  39: null,
  90: "muted",
  91: "danger",
  92: "ok",
  93: "warn",
  94: "accent",
  95: "keyword",
  96: "accent",
};

/** Runs of text with what their colour means here. A carriage return begins its line anew. */
export function ansiRuns(source: string): readonly AnsiRun[] {
  const runs: AnsiRun[] = [];
  let role: AnsiRole = null;
  let bold = false;
  let from = 0;
  const push = (text: string) => {
    const clean = withoutControls(text);
    if (clean !== "") runs.push({ text: clean, role, bold });
  };
  const text = withoutOverwritten(source);
  for (const match of text.matchAll(sequence)) {
    push(text.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[2] !== "m") continue;
    for (const code of (match[1] ?? "").split(/[;:]/).map(Number)) {
      if (code === 0) role = null;
      if (code === 0 || code === 22) bold = false;
      if (code === 1) bold = true;
      // 256 and true colours carry numbers that are no codes of their own.
      if (code === 38 || code === 48) break;
      role = roles[code] === undefined ? role : roles[code];
    }
  }
  push(text.slice(from));
  return runs;
}

/** Control characters but tab and newline mean nothing here. */
function withoutControls(text: string): string {
  return Array.from(text)
    .filter((character) => character >= " " || character === "\n" || character === "\t")
    .filter((character) => character !== "\u007f")
    .join("");
}

/** What a progress line overwrote is not shown. */
function withoutOverwritten(text: string): string {
  if (!text.includes("\r")) return text;
  return text
    .replaceAll("\r\n", "\n")
    .replace(/^.*\r(?=[^\n])/gm, "")
    .replaceAll("\r", "");
}
