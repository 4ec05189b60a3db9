/** The JSON body of a request, in the dialect of the endpoint that gets it and by what the endpoint taught before. */
import type { ModelRequest, ModelTool } from "../../agent/model.ts";
import type { Effort } from "../../protocol/session.ts";
import { type DialectFlags, type DialectLesson, dialectAfter } from "../dialect.ts";
import { sendableObject, sendableText } from "./sendable-text.ts";
import { type SentMessage, sentMessages } from "./sent-messages.ts";
import { sentToolName } from "./tool-names.ts";

interface SentTool {
  readonly type: "function";
  readonly function: ModelTool;
}

/** What every endpoint gets, and what some get. Sampling is left to the endpoint: models that think refuse to be told. */
export interface ChatBody {
  readonly model: string;
  readonly messages: readonly SentMessage[];
  readonly stream: true;
  readonly tools?: readonly SentTool[];
  readonly parallel_tool_calls?: boolean;
  readonly stream_options?: { readonly include_usage: true };
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly reasoning_effort?: Effort;
  readonly reasoning?: { readonly effort: Effort };
}

export interface BodyOptions {
  /** The endpoint's own name of the model. */
  readonly model: string;
  readonly dialect: DialectFlags;
  readonly lessons: ReadonlySet<DialectLesson>;
  /** The model has a choice of how hard to think. */
  readonly thinks: boolean;
  /** Null: unknown, and pictures are tried. */
  readonly takesImages: boolean | null;
}

/** More tools than this are refused by endpoints that set a limit. */
const mostTools = 128;

/** The JSON body of `POST {baseUrl}/chat/completions`. */
export function chatBody(request: ModelRequest, options: BodyOptions): ChatBody {
  const { model, lessons, thinks } = options;
  const dialect = dialectAfter(options.dialect, lessons);
  const takesImages = options.takesImages !== false && !lessons.has("no_images");
  return {
    model,
    messages: sentMessages(request.messages, { dialect, asked: request.model, thinks, takesImages }),
    stream: true,
    ...toolFields(request, dialect),
    ...(dialect.streamUsage ? { stream_options: { include_usage: true } } : {}),
    ...limitField(request.maxOutputTokens, { dialect, lessons }),
    ...effortField(request.effort, dialect),
  };
}

function toolFields({ tools, messages }: ModelRequest, dialect: DialectFlags): Partial<ChatBody> {
  if (tools.length === 0) {
    const hasCalls = messages.some((message) => message.role === "assistant" && message.calls.length > 0);
    return dialect.emptyTools && hasCalls ? { tools: [] } : {};
  }
  const { parallelToolCalls } = dialect;
  const parallel = parallelToolCalls === null ? {} : { parallel_tool_calls: parallelToolCalls };
  return { tools: sentTools(tools), ...parallel };
}

/** The tools of a turn are the same list every time. */
const sentBefore = new WeakMap<readonly ModelTool[], readonly SentTool[]>();

function sentTools(tools: readonly ModelTool[]): readonly SentTool[] {
  const found = sentBefore.get(tools);
  if (found !== undefined) return found;
  const sent = tools.slice(0, mostTools).map((tool): SentTool => {
    const { name, description, parameters } = tool;
    const made = { description: sendableText(description), parameters: sendableObject(parameters) };
    return { type: "function", function: { name: sentToolName(name), ...made } };
  });
  sentBefore.set(tools, sent);
  return sent;
}

interface Taught {
  readonly dialect: DialectFlags;
  readonly lessons: ReadonlySet<DialectLesson>;
}

/** An endpoint that refused both names of the field gets none. */
function limitField(limit: number | undefined, { dialect, lessons }: Taught): Partial<ChatBody> {
  const hasNone = lessons.has("no_max_tokens") && lessons.has("no_max_completion_tokens");
  return limit === undefined || hasNone ? {} : { [dialect.outputLimit]: limit };
}

function effortField(effort: Effort | undefined, dialect: DialectFlags): Partial<ChatBody> {
  if (effort === undefined || dialect.effort === "none") return {};
  return dialect.effort === "reasoning_effort" ? { reasoning_effort: effort } : { reasoning: { effort } };
}
