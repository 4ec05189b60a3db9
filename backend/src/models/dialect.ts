/** How endpoints differ that all claim to speak OpenAI's chat completions: a record of flags, and which host wants which. */
import * as z from "zod";

/** What an endpoint wants to be asked otherwise, and what it says otherwise. Each flag is one rule of the request or of the stream. */
export const DialectFlags = z.object({
  /** Which field limits the length of an answer. */
  outputLimit: z.enum(["max_tokens", "max_completion_tokens"]),
  /** What the system prompt of a model that thinks is sent as. */
  thinkingSystemRole: z.enum(["system", "developer"]),
  /** Asks for token counts at the end of a stream. */
  streamUsage: z.boolean(),
  /** The content of an answer that is calls only. */
  emptyContent: z.enum(["null", "text"]),
  /** common: at most 40 of `[A-Za-z0-9_-]`. short: exactly nine letters or digits. */
  callIds: z.enum(["common", "short"]),
  /** No user message may follow a tool's result directly. */
  answersBeforeUser: z.boolean(),
  /** Thoughts that go back to the model that had them: under the field they came in, or on every answer, even empty. */
  reasoningEcho: z.enum(["none", "same_field", "every_answer"]),
  /** `reasoning_details` goes back word for word. */
  reasoningDetails: z.boolean(),
  /** What stood beside a call (`extra_content`) goes back with it. */
  callExtra: z.boolean(),
  /** An empty list of tools is wanted when the conversation has calls in it. */
  emptyTools: z.boolean(),
  /** How a model is told how hard to think. */
  effort: z.enum(["none", "reasoning_effort", "reasoning_object"]),
  /** Thoughts may come as `<think>…</think>` at the beginning of the text. */
  inlineThoughts: z.boolean(),
  /** Sent as `parallel_tool_calls`; null: not sent. */
  parallelToolCalls: z.boolean().nullable(),
  /** The header that a key goes into. */
  keyHeader: z.enum(["authorization", "api-key"]),
  /** The output limit of a request counts against its limits as if it were used. */
  countsOutput: z.boolean(),
});
export type DialectFlags = z.infer<typeof DialectFlags>;

/** Flags that someone set: they win over what the address says. */
export const DialectOverrides = DialectFlags.partial();
export type DialectOverrides = z.infer<typeof DialectOverrides>;

/** What an endpoint refused to be sent, or insisted on, and is believed from then on. */
export const DialectLesson = z.enum([
  "no_stream_options",
  "no_max_tokens",
  "no_max_completion_tokens",
  "no_reasoning_effort",
  "no_developer_role",
  "no_null_content",
  "no_images",
  "no_tools",
  "no_reasoning",
  "needs_reasoning",
  "needs_tools_list",
]);
export type DialectLesson = z.infer<typeof DialectLesson>;

/** One thing that an answer taught; exactly one field is there. */
export interface LearnedFact {
  /** Tokens that a request may have, where its words name them as the input's. */
  readonly inputLimit?: number;
  /** Tokens of a request and its answer together. */
  readonly contextWindow?: number;
  /** The output limit counts as if it were used. */
  readonly countsOutput?: true;
  readonly lesson?: DialectLesson;
}

/** Is told what was learnt of a provider's model: keep it, and give lessons back with `ResolvedModel.lessons`. Must not throw. */
export type OnLearned = (provider: string, model: string, fact: LearnedFact) => void;

const unknownHost: DialectFlags = {
  outputLimit: "max_tokens",
  thinkingSystemRole: "system",
  streamUsage: true,
  emptyContent: "null",
  callIds: "common",
  answersBeforeUser: false,
  reasoningEcho: "same_field",
  reasoningDetails: true,
  callExtra: true,
  emptyTools: false,
  effort: "reasoning_effort",
  inlineThoughts: true,
  parallelToolCalls: null,
  keyHeader: "authorization",
  countsOutput: false,
};

type Flags = Partial<DialectFlags>;

const openAi: Flags = {
  outputLimit: "max_completion_tokens",
  thinkingSystemRole: "developer",
  reasoningEcho: "none",
  reasoningDetails: false,
  callExtra: false,
  inlineThoughts: false,
};
const azure: Flags = { ...openAi, reasoningEcho: "same_field" };
const thinksOnEveryAnswer: Flags = { reasoningEcho: "every_answer", inlineThoughts: false };

/** By the end of the host's name. */
const hosts: readonly (readonly [ending: string, flags: Flags])[] = [
  ["api.openai.com", openAi],
  ["openai.azure.com", { ...azure, keyHeader: "api-key" }],
  ["cognitiveservices.azure.com", { ...azure, keyHeader: "api-key" }],
  ["services.ai.azure.com", { ...azure, keyHeader: "api-key" }],
  ["models.github.ai", { ...azure, effort: "none" }],
  ["models.inference.ai.azure.com", { ...azure, effort: "none" }],
  ["openrouter.ai", { effort: "reasoning_object" }],
  ["googleapis.com", { reasoningEcho: "none", reasoningDetails: false, inlineThoughts: false }],
  [
    "api.anthropic.com",
    { reasoningEcho: "none", reasoningDetails: false, effort: "none", inlineThoughts: false },
  ],
  ["groq.com", { countsOutput: true, outputLimit: "max_completion_tokens" }],
  [
    "mistral.ai",
    {
      callIds: "short",
      answersBeforeUser: true,
      reasoningEcho: "none",
      reasoningDetails: false,
      callExtra: false,
      effort: "none",
      emptyContent: "text",
    },
  ],
  ["deepseek.com", { ...thinksOnEveryAnswer, effort: "none" }],
  ["moonshot.ai", { ...thinksOnEveryAnswer, effort: "none" }],
  ["moonshot.cn", { ...thinksOnEveryAnswer, effort: "none" }],
  ["api.z.ai", { inlineThoughts: false, effort: "none" }],
  ["bigmodel.cn", { inlineThoughts: false, effort: "none" }],
  ["minimax.io", { effort: "none" }],
  ["minimaxi.com", { effort: "none" }],
  ["api.x.ai", { inlineThoughts: false }],
  ["cerebras.ai", { outputLimit: "max_completion_tokens" }],
];

/** The dialect that is spoken at an address, as far as its host tells; what someone set wins. */
export function dialectOf(baseUrl: string, overrides: DialectOverrides = {}): DialectFlags {
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : "";
  const known = hosts.find(([ending]) => host === ending || host.endsWith(`.${ending}`));
  return DialectFlags.parse({ ...unknownHost, ...known?.[1], ...withoutAbsent(overrides) });
}

function withoutAbsent(overrides: DialectOverrides): object {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}

/** The dialect as the lessons of an endpoint make it. */
export function dialectAfter(dialect: DialectFlags, lessons: Iterable<DialectLesson>): DialectFlags {
  let flags = dialect;
  for (const lesson of lessons) flags = { ...flags, ...taught[lesson] };
  return flags;
}

/** Pictures, tools and a limit that is refused by both names are not flags: the request leaves them out itself. */
const taught: Readonly<Record<DialectLesson, Flags>> = {
  no_stream_options: { streamUsage: false },
  no_max_tokens: { outputLimit: "max_completion_tokens" },
  no_max_completion_tokens: { outputLimit: "max_tokens" },
  no_reasoning_effort: { effort: "none" },
  no_developer_role: { thinkingSystemRole: "system" },
  no_null_content: { emptyContent: "text" },
  no_images: {},
  no_tools: {},
  no_reasoning: { reasoningEcho: "none", reasoningDetails: false },
  needs_reasoning: { reasoningEcho: "every_answer" },
  needs_tools_list: { emptyTools: true },
};
