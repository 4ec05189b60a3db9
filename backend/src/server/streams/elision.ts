/** Keeps the wire light: long tool input, output and diffs are cut to head and tail. The log keeps them whole. */
import { withoutPictures, withoutPicturesIn } from "../../../../transcript/pictures.ts";
import type { ContentBlock } from "../../protocol/content.ts";
import type { SessionEvent, SessionUpdate } from "../../protocol/session-update.ts";
import type { ToolCallContent } from "../../protocol/tool-call.ts";

const limitCharacters = 16 * 1024;

type ToolUpdate = Extract<SessionUpdate, { sessionUpdate: "tool_call" | "tool_call_update" }>;

/** What may still be sent of one event, and how many bytes have been left out of it. */
interface Budget {
  left: number;
  elidedBytes: number;
}

/** The event as it goes over the wire; the same object when nothing in it is long. */
export function elideEvent(event: SessionEvent): SessionEvent {
  const { update } = event;
  switch (update.sessionUpdate) {
    case "tool_call":
    case "tool_call_update":
      return isShort(update) ? event : { ...event, update: elideToolCall(update) };
    case "tool_output_chunk": {
      if (update.text.length <= limitCharacters) return event;
      const budget = newBudget();
      const text = cut(update.text, budget);
      return {
        ...event,
        update: { ...update, text, skippedBytes: (update.skippedBytes ?? 0) + budget.elidedBytes },
      };
    }
    case "user_message_chunk":
      return isLongPicture(update.content)
        ? {
            ...event,
            update: {
              ...update,
              content: emptied(update.content),
              _meta: { ...update._meta, elidedBytes: update.content.data.length },
            },
          }
        : event;
    case "prompt_queued":
      return update.content.some(isLongPicture)
        ? { ...event, update: { ...update, content: withoutPictures(update.content) } }
        : event;
    case "queue_update":
      return update.edited?.content.some(isLongPicture)
        ? { ...event, update: withoutPicturesIn(update) }
        : event;
    case "agent_message_chunk":
    case "agent_thought_chunk":
    case "plan":
    case "usage_update":
    case "compaction_update":
    case "available_commands_update":
    case "prompt_context":
    case "instructions_update":
    case "session_info_update":
    case "current_mode_update":
    case "config_option_update":
    case "notice":
    case "session_created":
    case "checkpoint":
    case "rewind":
    case "state_update":
    case "request_permission":
    case "permission_outcome":
      return event;
  }
}

type Picture = Extract<ContentBlock, { type: "image" }>;

/** Its event can be had whole. */
function isLongPicture(block: ContentBlock): block is Picture {
  return block.type === "image" && block.data.length > limitCharacters;
}

function emptied(picture: Picture): Picture {
  return { ...picture, data: "" };
}

function isShort(update: ToolUpdate): boolean {
  return (
    JSON.stringify([update.content, update.rawInput, update.rawOutput, update._meta]).length <=
    limitCharacters
  );
}

function elideToolCall(update: ToolUpdate): SessionUpdate {
  const budgets = { input: newBudget(), output: newBudget(), content: newBudget(), model: newBudget() };
  const model = update._meta?.model;
  const elided = {
    ...update,
    ...(update.rawInput === undefined ? {} : { rawInput: cutStrings(update.rawInput, budgets.input) }),
    ...(update.rawOutput === undefined ? {} : { rawOutput: cutStrings(update.rawOutput, budgets.output) }),
    ...(update.content ? { content: update.content.map((item) => elideContent(item, budgets.content)) } : {}),
  };
  const wireModel =
    model === undefined ? {} : { model: { ...model, arguments: cut(model.arguments, budgets.model) } };
  const elidedBytes = Object.values(budgets).reduce((sum, budget) => sum + budget.elidedBytes, 0);
  return { ...elided, _meta: { ...update._meta, ...wireModel, ...(elidedBytes > 0 ? { elidedBytes } : {}) } };
}

function elideContent(item: ToolCallContent, budget: Budget): ToolCallContent {
  switch (item.type) {
    case "content":
      if (item.content.type === "image") return elidePicture(item.content, budget);
      if (item.content.type !== "text") return item;
      return { ...item, content: { ...item.content, text: cut(item.content.text, budget) } };
    case "diff":
      return {
        ...item,
        oldText: item.oldText === null ? null : cut(item.oldText, budget),
        newText: cut(item.newText, budget),
      };
    case "terminal":
      return item;
  }
}

function elidePicture(picture: Picture, budget: Budget): ToolCallContent {
  if (!isLongPicture(picture)) return { type: "content", content: picture };
  budget.elidedBytes += picture.data.length;
  return { type: "content", content: emptied(picture) };
}

function newBudget(): Budget {
  return { left: limitCharacters, elidedBytes: 0 };
}

/** Cuts the strings of a JSON value, in order, until the budget is spent. */
function cutStrings(value: unknown, budget: Budget): unknown {
  if (typeof value === "string") return cut(value, budget);
  if (Array.isArray(value)) return value.map((item) => cutStrings(item, budget));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, cutStrings(item, budget)]));
}

/** Head and tail of a text that does not fit, cut at whole characters, with a line between that says what is missing. */
function cut(text: string, budget: Budget): string {
  const room = Math.max(budget.left, 512);
  budget.left = Math.max(0, budget.left - text.length);
  if (text.length <= room) return text;
  const head = wholeStart(text.slice(0, room / 2));
  const tail = wholeEnd(text.slice(text.length - room / 2));
  const leftOut = Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail);
  budget.elidedBytes += leftOut;
  return `${head}\n… ${leftOut} bytes left out …\n${tail}`;
}

function wholeStart(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text;
}

function wholeEnd(text: string): string {
  return /^[\uDC00-\uDFFF]/.test(text) ? text.slice(1) : text;
}
