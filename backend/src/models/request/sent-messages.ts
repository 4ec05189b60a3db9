/** Writes the messages of a request as an endpoint's dialect takes them. */
import type { ModelMessage } from "../../agent/model.ts";
import type { ImageContent } from "../../protocol/content.ts";
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { DialectFlags } from "../dialect.ts";
import type { JsonObject } from "../stream/json-value.ts";
import { CallIds } from "./call-ids.ts";
import { type AnsweredCalls, pairedMessages, type ToolMessage, type UserMessage } from "./paired-messages.ts";
import { sendableArguments, sendableJson, sendableObject, sendableText } from "./sendable-text.ts";
import { sentToolName } from "./tool-names.ts";

export interface SentCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

type SentPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

export interface SentAnswer {
  readonly role: "assistant";
  readonly content: string | null;
  readonly tool_calls?: readonly SentCall[];
  readonly reasoning_content?: string;
  readonly reasoning?: string;
  readonly reasoning_text?: string;
  readonly reasoning_details?: readonly unknown[];
}

export type SentMessage =
  | { readonly role: "system" | "developer"; readonly content: string }
  | { readonly role: "user"; readonly content: string | readonly SentPart[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string }
  | SentAnswer;

/** Who is asked, as far as it changes the messages. */
export interface MessageOptions {
  readonly dialect: DialectFlags;
  /** `provider/model`: thoughts go back to nobody else. */
  readonly asked: string;
  readonly thinks: boolean;
  readonly takesImages: boolean;
}

/** Pure; the same messages and options give the same result, so that an endpoint's cache can hold the beginning. */
export function sentMessages(messages: readonly ModelMessage[], options: MessageOptions): SentMessage[] {
  const { system, conversation } = pairedMessages(messages);
  const writer = new MessageWriter(options);
  if (system !== null) writer.system(system);
  for (const message of conversation) {
    if (message.role === "user") writer.user(message);
    else writer.answer(message);
  }
  return writer.finish();
}

/** Messages are the same objects from request to request: their texts are looked through once. */
const texts = new WeakMap<ModelMessage, string>();

function textOf(message: ModelMessage): string {
  const found = texts.get(message);
  if (found !== undefined) return found;
  const text = sendableText(message.content);
  texts.set(message, text);
  return text;
}

class MessageWriter {
  readonly #sent: SentMessage[] = [];
  readonly #options: MessageOptions;
  readonly #ids: CallIds;
  /** Pictures of results: they go into the next user message, for a result is text only. */
  #shown: ImageContent[] = [];

  constructor(options: MessageOptions) {
    this.#options = options;
    this.#ids = new CallIds(options.dialect.callIds);
  }

  system(content: string): void {
    const { dialect, thinks } = this.#options;
    this.#sent.push({ role: thinks ? dialect.thinkingSystemRole : "system", content: sendableText(content) });
  }

  user(message: UserMessage): void {
    const { images = [] } = message;
    const shown = this.#shown;
    this.#shown = [];
    const before: SentPart[] =
      shown.length === 0 ? [] : [{ type: "text", text: picturesOfResults }, ...shown.map(imagePart)];
    const given = this.#withImages(textOf(message), images);
    if (before.length === 0) return this.#pushUser(given);
    this.#pushUser([...before, ...(typeof given === "string" ? textParts(given) : given)]);
  }

  answer({ message, results }: AnsweredCalls): void {
    this.#flushPictures();
    const ids = message.calls.map((call) => this.#ids.next(call.id));
    this.#sent.push(this.#sentAnswer(message, ids));
    for (const [index, result] of results.entries()) this.#result(result, ids[index] ?? result.callId);
  }

  finish(): SentMessage[] {
    this.#flushPictures();
    return this.#sent;
  }

  #flushPictures(): void {
    if (this.#shown.length > 0) this.user({ role: "user", content: "" });
  }

  #pushUser(content: string | readonly SentPart[]): void {
    const last = this.#sent.at(-1)?.role;
    if (this.#options.dialect.answersBeforeUser && last === "tool")
      this.#sent.push({ role: "assistant", content: "Done." });
    this.#sent.push({ role: "user", content });
  }

  #result(message: ToolMessage, id: string): void {
    const { images = [] } = message;
    if (this.#options.takesImages) this.#shown.push(...images);
    const text = textOf(message);
    const note =
      images.length === 0 ? "" : this.#options.takesImages ? picturesFollow : notShown(images.length);
    const told = [text, note].filter((part) => part !== "").join("\n");
    this.#sent.push({ role: "tool", tool_call_id: id, content: told });
  }

  #withImages(text: string, images: readonly ImageContent[]): string | readonly SentPart[] {
    if (images.length === 0) return text;
    if (this.#options.takesImages) return [...textParts(text), ...images.map(imagePart)];
    return [text, notShown(images.length)].filter((part) => part !== "").join("\n\n");
  }

  #sentAnswer(message: AnsweredCalls["message"], ids: readonly string[]): SentAnswer {
    const { dialect, asked } = this.#options;
    const isOwn = message.origin?.model === asked;
    const text = textOf(message);
    const thoughts = thoughtsOf(message.origin, { dialect, isOwn });
    if (ids.length === 0) return { role: "assistant", content: text, ...thoughts };
    const withExtra = dialect.callExtra && isOwn;
    const tool_calls = message.calls.map((call, index) => {
      const extra = withExtra ? sendableObject(call.extra ?? {}) : {};
      return { ...extra, ...sentCall(call, ids[index] ?? call.id) };
    });
    const content = text === "" && dialect.emptyContent === "null" ? null : text;
    return { role: "assistant", content, ...thoughts, tool_calls };
  }
}

const picturesFollow = "(The picture follows in the next user message.)";
const picturesOfResults = "Pictures of the results above:";

function notShown(count: number): string {
  return `(${count === 1 ? "A picture was" : `${count} pictures were`} left out: this model takes no pictures.)`;
}

function textParts(text: string): SentPart[] {
  return text === "" ? [] : [{ type: "text", text }];
}

function imagePart({ mimeType, data }: ImageContent): SentPart {
  return { type: "image_url", image_url: { url: `data:${mimeType};base64,${data}` } };
}

const sentBefore = new WeakMap<ModelCallMeta, SentCall["function"]>();

function sentCall(call: ModelCallMeta, id: string): SentCall {
  const found = sentBefore.get(call);
  const made = found ?? { name: sentToolName(call.name), arguments: sendableArguments(call.arguments) };
  if (found === undefined) sentBefore.set(call, made);
  return { id, type: "function", function: made };
}

type Origin = AnsweredCalls["message"]["origin"];

/** What the answer's own model is shown again of its thoughts; with `every_answer`, others' thoughts count as none. */
function thoughtsOf(
  origin: Origin,
  { dialect, isOwn }: { readonly dialect: DialectFlags; readonly isOwn: boolean },
): JsonObject {
  const own = isOwn ? origin : undefined;
  const details = dialect.reasoningDetails ? own?.reasoningDetails : undefined;
  const thought = sendableText(own?.thought ?? "");
  if (dialect.reasoningEcho === "every_answer") {
    return { [own?.reasoningField ?? "reasoning_content"]: thought };
  }
  if (details !== undefined && details.length > 0) return { reasoning_details: details.map(sendableJson) };
  const field = dialect.reasoningEcho === "same_field" ? own?.reasoningField : undefined;
  return field === undefined || thought === "" ? {} : { [field]: thought };
}
