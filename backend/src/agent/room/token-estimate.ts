/** How many tokens a text has, by a guess that needs no tokenizer and errs on the side of too many. */
import type { ImageContent } from "../../protocol/content.ts";
import type { ModelMessage, ModelTool } from "../model.ts";

const bytesPerToken = 3.3;
/** What an endpoint puts around each message, and around each call and tool. */
const messageTokens = 4;
const callTokens = 8;
const imageTokens = 1_600;

/** Tokens of a text: by its bytes, and by its pieces where it is dense (digits, hashes, punctuation). */
export function estimateText(text: string): number {
  return Math.ceil(Math.max(Buffer.byteLength(text) / bytesPerToken, pieces(text)));
}

/** Tokens of one message; worked out once for each. */
export function estimateMessage(message: ModelMessage): number {
  const found = known.get(message);
  if (found !== undefined) return found;
  const tokens = messageTokens + tokensOf(message);
  known.set(message, tokens);
  return tokens;
}

/** Tokens of messages together. */
export function estimateMessages(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, message) => sum + estimateMessage(message), 0);
}

/** Tokens of the tools as they are offered; the same list is measured once. */
export function estimateTools(tools: readonly ModelTool[]): number {
  const found = knownTools.get(tools);
  if (found !== undefined) return found;
  const tokens = tools.reduce((sum, tool) => sum + callTokens + estimateText(JSON.stringify(tool)), 0);
  knownTools.set(tools, tokens);
  return tokens;
}

const known = new WeakMap<ModelMessage, number>();
const knownTools = new WeakMap<readonly ModelTool[], number>();

function tokensOf(message: ModelMessage): number {
  switch (message.role) {
    case "system":
      return estimateText(message.content);
    case "user":
    case "tool":
      return estimateText(message.content) + pictures(message.images);
    case "assistant":
      return message.calls.reduce(
        (sum, call) => sum + callTokens + estimateText(call.name) + estimateText(call.arguments),
        estimateText(message.content) + thoughtTokens(message),
      );
  }
}

function pictures(images: readonly ImageContent[] | undefined): number {
  return (images?.length ?? 0) * imageTokens;
}

/** Only thoughts of a known field are sent back. */
function thoughtTokens({ origin }: ModelMessage & { role: "assistant" }): number {
  if (origin === undefined) return 0;
  const details = origin.reasoningDetails === undefined ? "" : JSON.stringify(origin.reasoningDetails);
  const thought = origin.reasoningField === undefined ? "" : origin.thought;
  return estimateText(thought) + (details === "" ? 0 : estimateText(details));
}

const kinds = { other: 0, lower: 1, upper: 2, digit: 3, space: 4, mark: 5 } as const;
type Kind = (typeof kinds)[keyof typeof kinds];

/** A tokenizer cuts at each change of kind, digits in threes, long words in several. */
function pieces(text: string): number {
  let count = 0;
  let run = 0;
  let before: Kind = kinds.other;
  for (let index = 0; index <= text.length; index += 1) {
    const kind = index === text.length ? kinds.other : kindOf(text.charCodeAt(index));
    const goesOn = kind === before || (before === kinds.upper && kind === kinds.lower);
    if (goesOn) {
      run += 1;
    } else {
      count += runTokens(before, run);
      run = 1;
    }
    before = kind;
  }
  return count;
}

function runTokens(kind: Kind, length: number): number {
  switch (kind) {
    case kinds.lower:
    case kinds.upper:
      return Math.ceil(length / 8);
    case kinds.digit:
      return Math.ceil(length / 3);
    case kinds.mark:
      return Math.ceil(length / 2);
    case kinds.space:
      return length > 1 ? 1 : 0;
    case kinds.other:
      return 0;
  }
}

function kindOf(code: number): Kind {
  if (code > 126) return kinds.other;
  if (code >= 97 && code <= 122) return kinds.lower;
  if (code >= 65 && code <= 90) return kinds.upper;
  if (code >= 48 && code <= 57) return kinds.digit;
  return code <= 32 ? kinds.space : kinds.mark;
}
