/** What the loop needs from any tool, and what a tool gets to work with. */
import type * as z from "zod";
import type { ImageContent } from "../protocol/content.ts";
import type { PermissionSubject } from "../protocol/permission.ts";
import type { SessionMode } from "../protocol/session.ts";
import type { SessionUpdate } from "../protocol/session-update.ts";
import type { ToolCallContent, ToolCallLocation, ToolKind, ToolOutput } from "../protocol/tool-call.ts";
import type { EditFormat } from "./model.ts";
import type { SeenFiles } from "./seen-files.ts";

/** A failure that the model can act on: the message says what happened and ends with one next step. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

/** Pieces of results that notes and stubs find again in the conversation: whoever writes or reads them takes them from here. */
export const resultWords = {
  refusedSaying: "The user refused this call and says: ",
  planAccepted: "The user accepted the plan.",
  exitCode: "exit code ",
  endedBy: "ended by ",
} as const;

/** `+3 −1`, as the result of a change says it. */
export function changeCounts({
  added,
  removed,
}: {
  readonly added: number;
  readonly removed: number;
}): string {
  return `+${added} −${removed}`;
}

/** What `changeCounts` has put into a text; empty when nothing. */
export function changeCountsIn(text: string): string {
  return /\+\d+ −\d+/.exec(text)?.[0] ?? "";
}

export interface ToolContext {
  /** Absolute, resolved path of the project. */
  readonly root: string;
  readonly sessionId: string;
  readonly toolCallId: string;
  readonly signal: AbortSignal;
  /** Shared by the session's calls. */
  readonly seen: SeenFiles;
  /** How long a result may be: smaller where the model's window is. */
  readonly limits: ResultLimits;
  /** Whether the model takes pictures; where that is unknown, false. */
  readonly seesImages: boolean;
  /** Live output for whoever watches. */
  output(stream: "stdout" | "stderr", text: string): void;
  /** Shows the whole list of what is to be done. */
  showPlan(entries: readonly PlanEntry[]): void;
  /** Asks the person; resolves `cancelled` when the turn ends first. */
  ask(subject: QuestionSubject): Promise<PersonAnswer>;
  /** A whole result of this session by the id that its stub names; null: there is none. */
  recall(resultId: string): string | null;
  /** The result in place of this text, when an earlier one of this very call says it and the model still sees that whole; else null. */
  shownBefore(text: string): EarlierResult | null;
  /** Lets a subagent work on a task of its own; resolves with its report, also when it failed. */
  delegate(task: SubagentTask): Promise<SubagentReport>;
  /** The mode in force now. */
  mode(): SessionMode;
  /** Puts another mode in force: only what the person has just chosen who accepted a plan. */
  setMode(mode: "ask" | "edit"): void;
}

/** Bounds of results by profile (small, medium, standard). */
export interface ResultLimits {
  readonly profile: Profile;
  readonly readLines: number;
  readonly readBytes: number;
  readonly lineCharacters: number;
  readonly grepHits: number;
  readonly globPaths: number;
  readonly listEntries: number;
  readonly shellCharacters: number;
  readonly fetchBytes: number;
}

/** How much room the model has: up to 12,000 tokens, up to 48,000, more. */
export type Profile = "small" | "medium" | "standard";

export type PlanEntry = Extract<SessionUpdate, { sessionUpdate: "plan" }>["entries"][number];
export type QuestionSubject = Extract<PermissionSubject, { type: "question" | "plan" }>;

/** `choice` counts from 0: the option that was chosen; for a plan 0 is "start, ask me", 1 "start, edits allowed". */
export type PersonAnswer =
  | { readonly type: "chosen"; readonly choice: number; readonly text: string | null }
  | { readonly type: "said"; readonly text: string }
  | { readonly type: "refused"; readonly text: string | null }
  | { readonly type: "cancelled" };

export interface SubagentTask {
  readonly prompt: string;
  /** explore: reads and searches alone. general: whatever its parent may do, under the same questions. */
  readonly kind: "explore" | "general";
}

export interface SubagentReport {
  readonly text: string;
  readonly steps: number;
  readonly tokens: number | null;
  readonly failed: boolean;
}

/** What a call would touch, for the permission policy; computed without changing anything. */
export type ToolAccess =
  | { readonly type: "read"; readonly paths: readonly string[] }
  | { readonly type: "write"; readonly paths: readonly string[] }
  /** Nothing beyond the session itself. */
  | { readonly type: "none" }
  /** `isPrivate`: its address lies in this machine or its networks. */
  | { readonly type: "fetch"; readonly url: string; readonly isPrivate: boolean }
  /**
   * What the text of a command does not show, as far as that can be told. `leadsOutside`: a link among its paths leads out of the
   * project. `leadsTo`: where its other links lead, absolute. `isUnclear`: its paths could not be followed.
   */
  | {
      readonly type: "execute";
      readonly command: string;
      readonly cwd: string;
      readonly leadsOutside?: boolean;
      readonly leadsTo?: readonly string[];
      readonly isUnclear?: boolean;
    };

/** A result that an earlier one stands for: only its mark says so, never its words. */
export type EarlierResult = Required<Pick<ToolResult, "text" | "sameAs">>;

export interface ToolResult {
  /** Exactly what the model is told. */
  readonly text: string;
  /** Pictures for a model that takes them. */
  readonly images?: readonly ImageContent[];
  /** Diffs and the like, for the page alone. */
  readonly content?: readonly ToolCallContent[];
  readonly output?: ToolOutput;
  /** The tool ran, and says itself that it failed (a command with another exit code than 0 has not failed). */
  readonly failed?: boolean;
  /** The earlier call whose result this text stands for: what `shownBefore` gave. */
  readonly sameAs?: string;
}

/** A call worked out but not yet made: what is shown here is what `run` does, or `run` throws. */
export interface ToolPlan {
  readonly title: string;
  readonly locations: readonly ToolCallLocation[];
  readonly access: ToolAccess;
  readonly subject: PermissionSubject;
  /** Diffs to decide on. */
  readonly content: readonly ToolCallContent[];
  /** Everything that `run` depends on beside the arguments (a file's hash, a folder): part of the permission's digest. */
  readonly basis: string;
  run(context: ToolContext): Promise<ToolResult>;
}

/** Something the model may use. */
export interface Tool<Input = unknown> {
  readonly name: string;
  readonly kind: ToolKind;
  /** For the model: what it does and its limits, in under 400 characters. */
  readonly description: string;
  /** Flat object schema. Unknown keys are ignored; `synonyms` maps other dialects' names onto ours. */
  readonly input: z.ZodType<Input>;
  readonly synonyms: Readonly<Record<string, string>>;
  /** Read-only calls may run beside each other. */
  readonly readOnly: boolean;
  /** Offered only to models of this form; absent: to all. */
  readonly editFormat?: EditFormat;
  /**
   * Where it is offered; absent: always. `plan`: in plan mode alone. The others hold in the small profile: `later` from the fourth
   * step on, `named` once the user has spoken of it, `standard` not at all.
   */
  readonly offer?: "later" | "named" | "plan" | "standard";
  /** For the small profile, in place of `description`: under 120 characters. */
  readonly brief?: string;
  /** The object of the call for the row, from its input alone. */
  title(input: Input): string;
  /** Reads what it must, changes nothing; throws ToolError when the call cannot be made. */
  plan(input: Input, context: ToolContext): Promise<ToolPlan>;
}
