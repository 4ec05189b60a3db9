/** Finds the limit in tokens that the words of an overflow name, and what it is a limit of. */

export interface TokenLimit {
  readonly tokens: number;
  /** window: question and answer together. */
  readonly of: "input" | "window";
  /** The room that was asked for the answer counted as if it were used. */
  readonly countsOutput: boolean;
}

const number = String.raw`(\d[\d,_]{0,20})`;
const pattern = (source: string) => new RegExp(source.replaceAll("N", number), "i");

/** From the most exact words to the least. */
const forms: readonly (readonly [of: TokenLimit["of"], words: RegExp])[] = [
  ["input", pattern("limit:? N, requested:? N")],
  ["input", pattern("max(?:imum)? (?:request )?size: N tokens")],
  ["input", pattern("maximum (?:prompt|input) length (?:is|of) N")],
  ["input", pattern("maximum allowed input length of N")],
  ["input", pattern(String.raw`input length should be \[\d+, ?N\]`)],
  ["input", pattern(String.raw`maximum number of (?:input )?tokens allowed \(N\)`)],
  ["input", pattern("configured limit of N tokens")],
  ["input", pattern("(?:token count|prompt)[^.]{0,60} exceeds the limit of N")],
  [
    "window",
    pattern(
      String.raw`(?:maximum )?(?:context|model|sequence) (?:length|window|size)(?: is| of|:| \()?(?: only)? ?N`,
    ),
  ],
  ["window", pattern("N maximum context length")],
  ["window", pattern("configured context size is N")],
  ["window", pattern("model token limit: ?N")],
  ["window", pattern("tokens ?> ?N maximum")],
  ["window", pattern('"?n_ctx"?[:=] ?N')],
  ["window", pattern(String.raw`available context size \(N`)],
  ["window", pattern("context (?:length|window|size)[^.]{0,40}? N tokens")],
];

const smallest = 256;
const largest = 100_000_000;

/** Null: no number is named, or none that can be meant. */
export function tokenLimitIn(text: string): TokenLimit | null {
  const words = text.slice(0, 10_000);
  for (const [of, form] of forms) {
    const tokens = Number(form.exec(words)?.[1]?.replace(/[,_]/g, "") ?? Number.NaN);
    if (tokens >= smallest && tokens <= largest) return { tokens, of, countsOutput: countsOutput(words) };
  }
  return null;
}

const perMinute = /tokens per min(?:ute)?|\bTPM\b/i;

/** The endpoint adds up messages and answer, or limits tokens by the minute, where the answer's room is taken at once. */
function countsOutput(words: string): boolean {
  return perMinute.test(words) || /in the completion|output tokens requested|max_tokens/i.test(words);
}

/** More is asked for than the limit ever allows: waiting is useless. */
export function asksTooMuch(text: string): boolean {
  const [, limit, requested] = pattern("limit:? N, requested:? N").exec(text) ?? [];
  return limit !== undefined && requested !== undefined && asNumber(requested) > asNumber(limit);
}

function asNumber(written: string): number {
  return Number(written.replace(/[,_]/g, ""));
}
