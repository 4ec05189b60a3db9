/** Short words for what goes into a request and what comes out of it. */
import type { ModelMessage, ModelRequest, ModelTool } from "../../../src/agent/model.ts";
import { type DialectFlags, type DialectLesson, dialectOf } from "../../../src/models/dialect.ts";
import { chatBody } from "../../../src/models/request/chat-body.ts";

export interface Shaping {
  readonly at?: string;
  readonly flags?: Partial<DialectFlags>;
  readonly lessons?: readonly DialectLesson[];
  readonly thinks?: boolean;
  readonly takesImages?: boolean | null;
  readonly request?: Partial<ModelRequest>;
}

export function body(messages: readonly ModelMessage[], shaping: Shaping = {}) {
  return chatBody(
    { model: "p/m", messages, tools: [], ...shaping.request },
    {
      model: "m",
      dialect: { ...dialectOf(shaping.at ?? "http://127.0.0.1:8000/v1"), ...shaping.flags },
      lessons: new Set(shaping.lessons),
      thinks: shaping.thinks ?? false,
      takesImages: shaping.takesImages ?? null,
    },
  );
}

export const sent = (messages: readonly ModelMessage[], shaping?: Shaping) =>
  body(messages, shaping).messages;

export const user: ModelMessage = { role: "user", content: "Hi" };
export const read = (id: string, written = "{}") => ({ id, name: "read", arguments: written });
export const asks = (...ids: string[]): ModelMessage => ({
  role: "assistant",
  content: "",
  calls: ids.map((id) => read(id)),
});
export const result = (callId: string, content = "R"): ModelMessage => ({ role: "tool", callId, content });
export const sentCall = (id: string, written = "{}") => ({
  id,
  type: "function",
  function: { name: "read", arguments: written },
});
export const sentAsk = (...ids: string[]) => ({
  role: "assistant",
  content: null,
  tool_calls: ids.map((id) => sentCall(id)),
});
export const sentResult = (id: string, content = "R") => ({ role: "tool", tool_call_id: id, content });
export const picture = { type: "image", mimeType: "image/png", data: "AAAA" } as const;
export const sentPicture = { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } };
export const tool: ModelTool = { name: "read", description: "Reads.", parameters: { type: "object" } };
