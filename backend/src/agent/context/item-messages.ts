/** The messages of one item of the conversation: whole, or shortened to what a later request still needs of it. */

import { isCompaction } from "../../../../transcript/compaction-prompt.ts";
import type { HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import type { ContentBlock, ImageContent } from "../../protocol/content.ts";
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { AnswerOrigin, ModelMessage } from "../model.ts";
import { estimateMessages } from "../room/token-estimate.ts";
import { callFacts, gist, personWords } from "./call-facts.ts";
import { isBlank } from "./clean-text.ts";
import { cutArguments, cutText } from "./cut-text.ts";
import { resultNumbers } from "./result-ids.ts";
import { isTold, toldCall, toldResults } from "./told-calls.ts";

/** How items are rendered, the same for all requests of a model. */
export interface Rendering {
  /** A result that is longer is cut in its middle. */
  readonly resultTokens: number;
  readonly userTokens: number;
  readonly pictures: "attached" | "named";
  /** told: as words, for an endpoint that takes neither calls nor results. */
  readonly calls: "native" | "told";
}

export interface RenderedItem {
  readonly whole: readonly ModelMessage[];
  readonly wholeTokens: number;
  /** Results are one line each, long arguments are cut, thoughts left out; a person's words keep head and tail. */
  readonly short: readonly ModelMessage[];
  readonly shortTokens: number;
}

/** What the model is told of a call whose end was never written down. */
export const interruptedResult =
  "Interrupted: the outcome of this call is unknown. Check before you repeat it.";

const longestArgument = 160;
const longestWordsTokens = 150;
/** Of what a person said through a call. */
const longestSaidTokens = 600;

/** A rendered item, and all that it depends on beside the item. */
interface Known extends Pick<Rendering, "pictures" | "calls"> {
  readonly longestTokens: number;
  readonly callsBefore: number;
  readonly rendered: RenderedItem;
}

/** Items never change once made, so what becomes of one is worked out once for each rendering. */
const known = new WeakMap<HistoryItem, Known>();

/** `callsBefore`: calls of the conversation before this item, which name its results. */
export function renderItem(item: HistoryItem, callsBefore: number, rendering: Rendering): RenderedItem {
  const { pictures, calls } = rendering;
  // The room for a person's words changes as the endpoint's way of counting is learned: that must not make all steps anew.
  const longestTokens = item.type === "user" ? rendering.userTokens : rendering.resultTokens;
  const found = known.get(item);
  const isSame =
    found?.longestTokens === longestTokens &&
    found.callsBefore === callsBefore &&
    found.pictures === pictures &&
    found.calls === calls;
  if (isSame) return found.rendered;
  const numbers = resultNumbers(item.type === "step" ? item.calls : [], callsBefore);
  const rendered = render(item, numbers, rendering);
  known.set(item, { longestTokens, callsBefore, pictures, calls, rendered });
  return rendered;
}

function render(item: HistoryItem, numbers: Numbers, rendering: Rendering): RenderedItem {
  const whole = messagesOf(item, numbers, rendering);
  const short = shortened(item, whole, { numbers, rendering });
  return {
    whole,
    wholeTokens: estimateMessages(whole),
    short,
    shortTokens: estimateMessages(short),
  };
}

function messagesOf(item: HistoryItem, numbers: Numbers, rendering: Rendering): ModelMessage[] {
  switch (item.type) {
    case "user":
      return userMessages(item, rendering.pictures);
    case "step":
      return stepMessages(item, numbers, rendering);
    case "compaction":
      return [];
  }
}

const spoken = new WeakMap<HistoryItem, string>();

/** The words of a person, with what was told beside them; put together once for each item. */
export function userText(item: HistoryItem & { type: "user" }): string {
  const found = spoken.get(item);
  if (found !== undefined) return found;
  const words = item.content.map(blockText).join("\n");
  const text = [words, ...(item.context ?? [])].join("\n\n");
  spoken.set(item, text);
  return text;
}

function userMessages(item: HistoryItem & { type: "user" }, pictures: Rendering["pictures"]): ModelMessage[] {
  if (isCompaction(item.content)) return [];
  const content = userText(item);
  const images = item.content.filter((block): block is ImageContent => block.type === "image");
  if (isBlank(content)) return [];
  return [{ role: "user", content, ...(pictures === "named" || images.length === 0 ? {} : { images }) }];
}

function blockText(block: ContentBlock): string {
  if (block.type === "image") return "(a picture)";
  return block.type === "text" ? block.text : `Attached file: ${linkedPath(block.uri)}`;
}

function linkedPath(uri: string): string {
  return uri.startsWith("file://") ? decoded(uri.slice("file://".length)) : uri;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    // A stray percent sign: the path as it stands is the better name.
    return path;
  }
}

type Numbers = ReadonlyMap<string, number>;
type StepItem = HistoryItem & { type: "step" };

function stepMessages(item: StepItem, numbers: Numbers, rendering: Rendering): ModelMessage[] {
  const told = item.calls.filter((call) => isTold(call, rendering));
  const native = item.calls.filter((call) => !isTold(call, rendering));
  const words = [item.text, ...told.filter(({ call }) => call.madeBy === undefined).map(toldCall)];
  const content = words.filter((text) => !isBlank(text)).join("\n\n");
  const sent = native.map((call) => sentCall(call.call));
  const origin = originOf(item);
  const answer: ModelMessage[] =
    content === "" && sent.length === 0
      ? []
      : [{ role: "assistant", content, calls: sent, ...(origin === null ? {} : { origin }) }];
  const results = native.map((call, index): ModelMessage => {
    const shown = shownResult(call, numbers, rendering);
    return { role: "tool", callId: sent[index]?.id ?? "", ...shown };
  });
  const inWords = told.map((call) => ({ call, ...shownResult(call, numbers, rendering) }));
  return [...answer, ...results, ...toldResults(inWords)];
}

function shownResult(
  call: HistoryCall,
  numbers: Numbers,
  rendering: Rendering,
): { readonly content: string; readonly images?: readonly ImageContent[] } {
  const id = `recall r${numbers.get(call.toolCallId) ?? 0}, by offset and limit`;
  const content = cutText(call.result ?? interruptedResult, rendering.resultTokens, id);
  const images = rendering.pictures === "named" ? [] : (call.images ?? []);
  return images.length === 0 ? { content } : { content, images };
}

function originOf({ origin, thought }: StepItem): AnswerOrigin | null {
  if (origin === undefined) return null;
  const { model, reasoningField, reasoningDetails } = origin;
  return {
    model,
    thought: thought ?? "",
    ...(reasoningField === undefined ? {} : { reasoningField }),
    ...(reasoningDetails === undefined ? {} : { reasoningDetails }),
  };
}

/** As the model made it; arguments that are no object are not sent, and so take no room. */
function sentCall(call: ModelCallMeta): ModelCallMeta {
  return isObjectText(call.arguments) ? call : { ...call, arguments: "{}" };
}

function isObjectText(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    // Not JSON, and so no object.
    return false;
  }
}

function shortened(
  item: HistoryItem,
  whole: readonly ModelMessage[],
  { numbers, rendering }: { numbers: Numbers; rendering: Rendering },
): ModelMessage[] {
  const calls = item.type === "step" ? item.calls : [];
  const native = calls.filter((call) => !isTold(call, rendering));
  const told = calls.filter((call) => isTold(call, rendering));
  let answered = 0;
  return whole.map((message): ModelMessage => {
    switch (message.role) {
      case "tool": {
        const call = native[answered];
        answered += 1;
        const line = call === undefined ? "" : stub(call, numbers.get(call.toolCallId) ?? 0);
        const content = message.content.length <= line.length ? message.content : line;
        return { role: "tool", callId: message.callId, content };
      }
      case "assistant":
        return withoutThoughts(told.length === 0 ? message : withShortWords(message));
      case "user": {
        if (told.length === 0)
          return { role: "user", content: cutText(message.content, rendering.userTokens) };
        const lines = told.map((call) => stub(call, numbers.get(call.toolCallId) ?? 0)).join("\n");
        return { role: "user", content: message.content.length <= lines.length ? message.content : lines };
      }
      default:
        return message;
    }
  });
}

/** Blocks in the words are to them what long arguments are to calls. */
function withShortWords(message: ModelMessage & { role: "assistant" }): ModelMessage & { role: "assistant" } {
  return { ...message, content: cutText(message.content, longestWordsTokens) };
}

/** A dialect that wants its thoughts back gets an empty one. */
function withoutThoughts(message: ModelMessage & { role: "assistant" }): ModelMessage {
  const { content, origin } = message;
  const calls = message.calls.map((call) => ({
    ...call,
    arguments: cutArguments(call.arguments, longestArgument),
  }));
  const base = { role: "assistant", content, calls } as const;
  if (origin === undefined) return base;
  const field = origin.reasoningField === undefined ? {} : { reasoningField: origin.reasoningField };
  return { ...base, origin: { model: origin.model, thought: "", ...field } };
}

/** `read src/a.ts 1-150 (r7, cut; recall r7)`. */
function stub(call: HistoryCall, number: number): string {
  const decided = personWords(call);
  if (decided !== null) return cutText(decided, longestSaidTokens, `recall r${number}`);
  const { name, object, range } = callFacts(call);
  const said = gist(call);
  const made = [name, object, range].filter((part) => part !== "").join(" ");
  return `${made}${said === "" ? "" : `: ${said}`} (r${number}, cut; recall r${number})`;
}
