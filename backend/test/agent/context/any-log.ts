/** Logs that nothing keeps in order: strange ids, halves of characters, calls without results. */
import fc from "fast-check";
import type { SessionUpdate } from "../../../src/protocol/session-update.ts";

const words = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.constantFrom("", " ", "\ud83d", "a\udc00b", "nul \0 here", "plain"),
);
const vendorId = fc.constantFrom(
  "v1",
  "v1",
  "call_1",
  "call_2",
  "",
  "über",
  "x".repeat(60),
  "functions.read:0",
);
const callName = fc.constantFrom("read", "edit", "", "no such tool", "y".repeat(90));
const callArguments = fc.constantFrom(
  "{}",
  '{"path":"a"}',
  '{"path":"\\ud800"}',
  '{"path":"\\u0000"}',
  '{"path":"\ud800"}',
  "",
  "{",
  "[1]",
  '{"a":1}{',
  '{"__proto__":{"a":1}}',
);
const identifier = fc.constantFrom("1", "2", "3", "4");
const status = fc.constantFrom("pending", "in_progress", "completed", "failed", null, undefined);

const anyUpdate: fc.Arbitrary<SessionUpdate> = fc.oneof(
  fc.record({ messageId: identifier, text: words }).map(({ messageId, text }): SessionUpdate => {
    return { sessionUpdate: "user_message_chunk", messageId, content: { type: "text", text } };
  }),
  fc.record({ messageId: identifier, text: words }).map(({ messageId, text }): SessionUpdate => {
    return { sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } };
  }),
  fc
    .record({
      kind: fc.constantFrom("tool_call", "tool_call_update"),
      toolCallId: identifier,
      status,
      text: words,
    })
    .chain((facts) =>
      fc
        .option(fc.record({ id: vendorId, name: callName, arguments: callArguments }))
        .map((model): SessionUpdate => {
          const meta = model === null ? {} : { _meta: { model } };
          const state = facts.status === undefined ? {} : { status: facts.status };
          const content = [
            { type: "content" as const, content: { type: "text" as const, text: facts.text } },
          ];
          const kind = facts.kind === "tool_call" ? "tool_call" : "tool_call_update";
          return { sessionUpdate: kind, toolCallId: facts.toolCallId, content, ...state, ...meta };
        }),
    ),
);
/** Events of any order, whole or not. */
export const anyLog = fc.array(
  fc.record({ update: anyUpdate, stepId: fc.option(identifier, { nil: undefined }) }),
  {
    maxLength: 25,
  },
);
