/** The messages of one item of the conversation: whole, or shortened to what a later request still needs of it. */
import type { HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import type { ContentBlock, ImageContent } from "../../protocol/content.ts";
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import { isCompaction } from "../compaction/compaction-prompt.ts";
import type { AnswerOrigin, ModelMessage } from "../model.ts";
import { estimateMessages } from "../room/token-estimate.ts";
import { callFacts, gist, personWords } from "./call-facts.ts";
import { cleanArguments, cleanText } from "./clean-text.ts";
import { cutArguments, cutText } from "./cut-text.ts";
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

/** Items never change once made, so what becomes of one is worked out once for each rendering. */
const known = new WeakMap<HistoryItem, { readonly key: string; readonly rendered: RenderedItem }>();

/** `numbers` names the results, by `toolCallId`. */
export function renderItem(item: HistoryItem, numbers: Numbers, rendering: Rendering): RenderedItem {
  const first = item.type === "step" ? (numbers.get(item.calls[0]?.toolCallId ?? "") ?? 0) : 0;
  const key = `${rendering.resultTokens} ${rendering.userTokens} ${rendering.pictures} ${rendering.calls} ${first}`;
  const found = known.get(item);
  if (found?.key === key) return found.rendered;
  const rendered = render(item, numbers, rendering);
  known.set(item, { key, rendered });
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

/** The words of a person, with what was told beside them. */
export function userText(item: HistoryItem & { type: "user" }): string {
  const words = item.content.map(blockText).join("\n");
  return cleanText([words, ...(item.context ?? [])].join("\n\n"));
}

function userMessages(item: HistoryItem & { type: "user" }, pictures: Rendering["pictures"]): ModelMessage[] {
  if (isCompaction(item.content)) return [];
  const content = userText(item);
  const images = item.content.filter((block): block is ImageContent => block.type === "image");
  if (content.trim() === "") return [];
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
  const content = cleanText(words.filter((text) => text.trim() !== "").join("\n\n"));
  const sent = native.map((call) => sentCall(call.call));
  const origin = originOf(item);
  const answer: ModelMessage[] =
    content.trim() === "" && sent.length === 0
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
  const content = cutText(cleanText(call.result ?? interruptedResult), rendering.resultTokens, id);
  const images = rendering.pictures === "named" ? [] : (call.images ?? []);
  return images.length === 0 ? { content } : { content, images };
}

function originOf({ origin, thought }: StepItem): AnswerOrigin | null {
  if (origin === undefined) return null;
  const { model, reasoningField, reasoningDetails } = origin;
  return {
    model,
    thought: cleanText(thought ?? ""),
    ...(reasoningField === undefined ? {} : { reasoningField }),
    ...(reasoningDetails === undefined ? {} : { reasoningDetails }),
  };
}

/** Endpoints refuse names and ids outside these letters; both are renamed in call and result alike. */
function sentCall(call: ModelCallMeta): ModelCallMeta {
  const name = call.name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, 64) || "unknown";
  const id = /^[a-zA-Z0-9_-]{1,40}$/.test(call.id) ? call.id : "";
  const extra = call.extra === undefined ? {} : { extra: call.extra };
  return { id, name, arguments: cleanArguments(call.arguments), ...extra };
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
  if (decided !== null) return cleanText(cutText(decided, longestSaidTokens, `recall r${number}`));
  const { name, object, range } = callFacts(call);
  const said = gist(call);
  const made = [name, object, range].filter((part) => part !== "").join(" ");
  return cleanText(`${made}${said === "" ? "" : `: ${said}`} (r${number}, cut; recall r${number})`);
}
