/** Shapes a request as every endpoint takes it: plain strings, no empty lists, null content only beside calls. */
import type { ModelMessage, ModelRequest, ModelTool } from "../agent/model.ts";

interface SentCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export type SentMessage =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string | null; readonly tool_calls: readonly SentCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

interface SentTool {
  readonly type: "function";
  readonly function: ModelTool;
}

export interface ChatBody {
  readonly model: string;
  readonly messages: readonly SentMessage[];
  readonly stream: true;
  readonly tools?: readonly SentTool[];
  readonly stream_options?: { readonly include_usage: true };
}

export interface BodyOptions {
  /** The endpoint's own name of the model. */
  readonly model: string;
  /** Asks for token counts; some endpoints refuse the question. */
  readonly usage: "ask" | "omit";
}

/** The JSON body of `POST {baseUrl}/chat/completions`. */
export function chatBody(request: ModelRequest, options: BodyOptions): ChatBody {
  return {
    model: options.model,
    messages: request.messages.map(sentMessage),
    stream: true,
    ...(request.tools.length === 0 ? {} : { tools: sentTools(request.tools) }),
    ...(options.usage === "ask" ? { stream_options: { include_usage: true } } : {}),
  };
}

function sentMessage(message: ModelMessage): SentMessage {
  switch (message.role) {
    case "system":
    case "user":
      return { role: message.role, content: message.content };
    case "tool":
      return { role: "tool", tool_call_id: message.callId, content: message.content };
    case "assistant": {
      const { content, calls } = message;
      if (calls.length === 0) return { role: "assistant", content };
      const tool_calls = calls.map(({ id, name, arguments: written }): SentCall => {
        return { id, type: "function", function: { name, arguments: written } };
      });
      return { role: "assistant", content: content === "" ? null : content, tool_calls };
    }
  }
}

/** The tools of a turn are the same list every time. */
const sentBefore = new WeakMap<readonly ModelTool[], readonly SentTool[]>();

function sentTools(tools: readonly ModelTool[]): readonly SentTool[] {
  const found = sentBefore.get(tools);
  if (found !== undefined) return found;
  const sent = tools.map((tool): SentTool => ({ type: "function", function: tool }));
  sentBefore.set(tools, sent);
  return sent;
}
