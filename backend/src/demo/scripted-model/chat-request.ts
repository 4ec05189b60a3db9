/** The body of an OpenAI chat completion request, as far as the scripted model looks at it. */
import * as z from "zod";

const Content = z.union([
  z.string(),
  z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
]);

const RequestedCall = z.looseObject({
  id: z.string(),
  type: z.literal("function"),
  function: z.looseObject({ name: z.string(), arguments: z.string() }),
});

const ReceivedMessage = z.discriminatedUnion("role", [
  z.looseObject({ role: z.enum(["system", "developer"]), content: Content }),
  z.looseObject({ role: z.literal("user"), content: Content }),
  z.looseObject({
    role: z.literal("assistant"),
    content: Content.nullable().optional(),
    tool_calls: z.array(RequestedCall).optional(),
  }),
  z.looseObject({ role: z.literal("tool"), tool_call_id: z.string(), content: Content }),
]);
export type ReceivedMessage = z.infer<typeof ReceivedMessage>;

/** Unknown keys are kept: a strict provider's own checks are in `request-check.ts`. */
export const ChatRequest = z.looseObject({
  model: z.string(),
  messages: z.array(ReceivedMessage).min(1),
  stream: z.boolean().nullable().optional(),
  max_tokens: z.number().nullable().optional(),
  max_completion_tokens: z.number().nullable().optional(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullable().optional(),
  tools: z
    .array(z.looseObject({ type: z.literal("function"), function: z.looseObject({ name: z.string() }) }))
    .optional(),
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The text of a message, its parts joined; empty when there is none. */
export function messageText(message: ReceivedMessage): string {
  const content = message.content ?? "";
  return typeof content === "string" ? content : content.map((part) => part.text ?? "").join("");
}

/** The names of the tools that the request offers. */
export function offeredTools(request: ChatRequest): readonly string[] {
  return (request.tools ?? []).map((tool) => tool.function.name);
}

/** Tokens that the request asks for its answer; 0 when it does not say. */
export function outputRoom(request: ChatRequest): number {
  return request.max_completion_tokens ?? request.max_tokens ?? 0;
}

/** How many tokens a request has. */
export type TokenCounter = (request: ChatRequest) => number;

/** A rough count, four bytes a token: no tokenizer is needed to test a limit. */
export function countTokens(value: unknown): number {
  return Math.ceil(Buffer.byteLength(typeof value === "string" ? value : JSON.stringify(value)) / 4);
}
