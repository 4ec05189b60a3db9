/** Shortens what a request has no room for, and says so where it is cut. */

import { estimateText } from "../room/token-estimate.ts";
import { cleanText } from "./clean-text.ts";

/** Head and tail of a text in at most `tokens`, by estimate; whole when it fits. `what` tells the model how to get the rest. */
export function cutText(text: string, tokens: number, what = "cut"): string {
  const size = estimateText(text);
  if (size <= tokens) return text;
  const mark = `\n… (${text.length} characters, the middle left out: ${what}) …\n`;
  const kept = Math.floor((text.length * Math.max(0, tokens - estimateText(mark))) / size);
  for (let length = kept; length > 20; length = Math.floor(length * 0.8)) {
    const head = Math.ceil(length * 0.6);
    const cut = cleanText(text.slice(0, head) + mark + text.slice(text.length - (length - head)));
    if (estimateText(cut) <= tokens) return cut;
  }
  const line = mark.trim();
  return estimateText(line) <= tokens ? line : cleanText(text.slice(0, Math.max(0, tokens * 2)));
}

/** Arguments whose long strings are cut; a JSON object stays one. */
export function cutArguments(written: string, longest: number): string {
  if (written.length <= longest) return written;
  const value: unknown = JSON.parse(written);
  const short = JSON.stringify(value, (_name, part) =>
    typeof part === "string" && part.length > longest
      ? cleanText(`${part.slice(0, Math.ceil(longest / 2))}… (${part.length} characters, cut)`)
      : part,
  );
  return short.length <= longest * 10 ? short : "{}";
}
