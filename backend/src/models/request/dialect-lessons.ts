/** Reads out of a refusal which part of the request the endpoint does not take, or insists on. */

import type { DialectLesson } from "../dialect.ts";
import type { Fault } from "../model-errors.ts";
import type { ChatBody } from "./chat-body.ts";

interface Refusal {
  readonly words: string;
  readonly body: ChatBody;
  /** The words call something unsupported, and not merely too large. */
  readonly refuses: boolean;
}

const refusing =
  /unsupported|not supported|n[o']t support|unrecogni[sz]ed|unknown|unexpected|not (?:permitted|allowed|available|valid)|forbid|invalid|extra|no longer|deprecated|use '?max_/;

/** Null: the refusal is about something else. */
export function lessonIn({ problem }: Fault, body: ChatBody): DialectLesson | null {
  if (problem.status !== 400 && problem.status !== 422 && problem.status !== 404) return null;
  const words = (problem.detail ?? "").toLowerCase();
  const refusal = { words, body, refuses: refusing.test(words) };
  return signs.find(([, isMeant]) => isMeant(refusal))?.[0] ?? null;
}

type Sign = readonly [lesson: DialectLesson, isMeant: (refusal: Refusal) => boolean];

/** In this order: what is insisted on is named in the words that also name what is refused. */
const signs: readonly Sign[] = [
  [
    "needs_reasoning",
    ({ words, body }) =>
      /reasoning_content/.test(words) &&
      /missing|required|(?:passed|sent|provided) back/.test(words) &&
      !answers(body).every((answer) => answer.reasoning_content !== undefined),
  ],
  [
    "needs_tools_list",
    ({ words, body }) =>
      body.tools === undefined &&
      answers(body).some((answer) => answer.tool_calls !== undefined) &&
      /\btools?\b/.test(words) &&
      /must|require|without|missing|specified|specify/.test(words),
  ],
  [
    "no_stream_options",
    ({ words, body }) => body.stream_options !== undefined && /stream_options|include_usage/.test(words),
  ],
  [
    "no_max_completion_tokens",
    ({ words, body, refuses }) =>
      body.max_completion_tokens !== undefined && refuses && /max_completion_tokens/.test(words),
  ],
  [
    "no_max_tokens",
    ({ words, body, refuses }) =>
      body.max_tokens !== undefined && refuses && /max_(?:completion_)?tokens/.test(words),
  ],
  [
    "no_developer_role",
    ({ words, body }) => body.messages[0]?.role === "developer" && /developer/.test(words),
  ],
  [
    "no_reasoning_effort",
    ({ words, body, refuses }) =>
      (body.reasoning_effort !== undefined || body.reasoning !== undefined) &&
      refuses &&
      /reasoning[ _.]?effort|thinking|\breasoning\b(?!_)/.test(words),
  ],
  [
    "no_reasoning",
    ({ words, body, refuses }) =>
      refuses && answers(body).some(hasThoughts) && /reasoning(?:_content|_details|_text)?\b/.test(words),
  ],
  [
    "no_null_content",
    ({ words, body }) =>
      answers(body).some((answer) => answer.content === null) &&
      /content/.test(words) &&
      /null|none|string|empty|required/.test(words),
  ],
  [
    "no_images",
    ({ words, body }) =>
      body.messages.some((message) => message.role === "user" && typeof message.content !== "string") &&
      /image|vision|multimodal|picture|media/.test(words),
  ],
  [
    "no_tools",
    ({ words, body }) =>
      body.tools !== undefined &&
      /(?:does not|doesn't) support (?:tools?|functions?)\b|tool use is not supported|no endpoints found that support tool use/.test(
        words,
      ),
  ],
];

type SentAnswer = Extract<ChatBody["messages"][number], { role: "assistant" }>;

function answers(body: ChatBody): readonly SentAnswer[] {
  return body.messages.filter((message) => message.role === "assistant");
}

function hasThoughts(answer: SentAnswer): boolean {
  return (
    (answer.reasoning_content ?? answer.reasoning ?? answer.reasoning_text ?? answer.reasoning_details) !==
    undefined
  );
}
