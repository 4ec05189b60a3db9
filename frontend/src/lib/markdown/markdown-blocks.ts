/**
 * Markdown cut into top-level blocks, also while it is still being written: finished blocks are never looked at
 * again, only the end is lexed anew.
 */
import { Lexer, type Token, type TokensList } from "marked";

export interface MarkdownBlock {
  readonly token: Token;
  /** Where it begins in the text. */
  readonly start: number;
  /** The last block of a text that is still being written. */
  readonly open: boolean;
}

interface MarkdownParse {
  readonly text: string;
  readonly blocks: readonly MarkdownBlock[];
}

const options = { gfm: true, breaks: false } as const;

export const emptyParse: MarkdownParse = { text: "", blocks: [] };

/** A half-written mark may look like a block of its own, and turn out to go on with the block before it. */
const unsettledBlocks = 2;

/** Parses `text`, reusing all but the last two blocks of `previous` when `text` only grew. Never throws. */
export function parseMarkdown(
  text: string,
  isOpen: boolean,
  previous: MarkdownParse = emptyParse,
): MarkdownParse {
  const known = isOpen && text.startsWith(previous.text) ? previous.blocks : [];
  const kept = known.slice(0, -unsettledBlocks);
  const from = known[kept.length]?.start ?? 0;
  const tail = text.slice(from);
  const source = isOpen ? tail + missingEnd(tail) : tail;
  return { text, blocks: [...kept, ...placed(lex(source), from, isOpen)] };
}

/** marked gives up on some thousand nested quotes; such a text is shown as it is. */
function lex(source: string): readonly Token[] {
  try {
    const tokens: TokensList = new Lexer(options).lex(source);
    return tokens;
  } catch {
    // The depth of the text is the only thing that makes it fail, and plain text is an honest picture of it.
    return [{ type: "text", raw: source, text: source }];
  }
}

function placed(tokens: readonly Token[], from: number, isOpen: boolean): readonly MarkdownBlock[] {
  const blocks: MarkdownBlock[] = [];
  let start = from;
  for (const token of tokens) {
    if (token.type !== "space" && token.type !== "def") blocks.push({ token, start, open: false });
    start += token.raw.length;
  }
  return blocks.map((block, index) => ({ ...block, open: isOpen && index === blocks.length - 1 }));
}

/** What would close the emphasis or inline code that a half-written paragraph leaves open, so that it does not flicker. */
export function missingEnd(tail: string): string {
  const paragraph = tail.slice(tail.lastIndexOf("\n\n") + 1);
  if (/^\s*(?:```|~~~)/m.test(tail)) return "";
  const outsideCode = paragraph.replace(/`[^`\n]*`/g, "");
  if (outsideCode.includes("`")) return "`";
  const isStrongOpen = (outsideCode.match(/\*\*/g)?.length ?? 0) % 2 === 1;
  return isStrongOpen && /\*\*\S[^*]*$/.test(outsideCode) ? "**" : "";
}
