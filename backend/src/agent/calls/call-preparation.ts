/** Reads a call as the model wrote it: which tool, which input, and what to tell the model when it is not a call at all. */
import type { ModelCallMeta, ToolKind } from "../../protocol/tool-call.ts";
import type { ModelTool } from "../model.ts";
import type { Tool } from "../tool.ts";
import type { BookedTool, ToolBook } from "../tool-book.ts";
import { parseArguments, readInput } from "./tool-arguments.ts";

interface CallBase {
  readonly toolCallId: string;
  readonly call: ModelCallMeta;
  readonly title: string;
  readonly kind: ToolKind;
  /** The arguments as an object; undefined when they are not one. */
  readonly rawInput: unknown;
}

/** A call that can be planned: its tool is known and its input fits. */
export interface ReadyCall extends CallBase {
  readonly type: "ready";
  readonly tool: Tool;
  readonly input: unknown;
}

/** A call that cannot be made as it was written. */
export interface InvalidCall extends CallBase {
  readonly type: "invalid";
  /** For the model: what is wrong, and one next step. */
  readonly message: string;
}

export type PreparedCall = ReadyCall | InvalidCall;

/** Calls of one response that are made: the others are answered alone. */
export const mostCalls = 64;

const longestTitleCharacters = 200;
const longestNameCharacters = 100;

/** What calls are read by. */
export interface KnownTools {
  readonly tools: ToolBook;
  /** Of these, what the model could choose from. */
  readonly offered: readonly ModelTool[];
}

/** Never throws: what cannot be run comes back as an invalid call. */
export function prepareCall(known: KnownTools, call: ModelCallMeta, toolCallId: string): PreparedCall {
  const booked = known.tools.find(call.name);
  const parsed = parseArguments(call.arguments);
  const rawInput = parsed.type === "object" ? parsed.value : undefined;
  const base: CallBase = {
    toolCallId,
    call,
    title: call.name.slice(0, longestTitleCharacters),
    kind: booked?.tool.kind ?? "other",
    rawInput,
  };
  if (booked === undefined) return { ...base, type: "invalid", message: unknownTool(known, call.name) };
  if (parsed.type === "invalid")
    return { ...base, type: "invalid", message: withSignature(parsed.message, booked) };
  const read = readInput(booked, parsed.value);
  if (read.type === "invalid")
    return { ...base, type: "invalid", message: withSignature(read.message, booked) };
  const title = titleOf(booked.tool, read.input) ?? base.title;
  return { ...base, type: "ready", title, tool: booked.tool, input: read.input };
}

function unknownTool({ offered }: KnownTools, name: string): string {
  const none = `There is no tool named "${name.slice(0, longestNameCharacters)}"`;
  if (offered.length === 0) return `${none}, and no other one now. Say in words what is to be said.`;
  return `${none}. The tools are: ${offered.map((tool) => tool.name).join(", ")}. Call one of these.`;
}

function withSignature(message: string, booked: BookedTool): string {
  return `${message}. Signature: ${booked.signature}. Call it again with a JSON object of these arguments.`;
}

function titleOf(tool: Tool, input: unknown): string | null {
  try {
    return tool.title(input);
  } catch {
    // A title is only shown: the call goes on under the tool's name.
    return null;
  }
}
