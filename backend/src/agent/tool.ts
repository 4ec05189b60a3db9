/** What the loop needs from any tool, and what a tool gets to work with. */
import type * as z from "zod";
import type { PermissionSubject } from "../protocol/permission.ts";
import type { ToolCallContent, ToolCallLocation, ToolKind, ToolOutput } from "../protocol/tool-call.ts";

/** A failure that the model can act on: the message says what happened and ends with one next step. */
export class ToolError extends Error {
  override readonly name = "ToolError";
}

export interface ToolContext {
  /** Absolute, resolved path of the project. */
  readonly root: string;
  readonly sessionId: string;
  readonly toolCallId: string;
  readonly signal: AbortSignal;
  /** SHA-256 (hex) of each file as the model last saw it, by absolute path; shared by the session's calls. */
  readonly seen: Map<string, string>;
  /** Live output for whoever watches. */
  output(stream: "stdout" | "stderr", text: string): void;
}

/** What a call would touch, for the permission policy; computed without changing anything. */
export type ToolAccess =
  | { readonly type: "read"; readonly paths: readonly string[] }
  | { readonly type: "write"; readonly paths: readonly string[] }
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

export interface ToolResult {
  /** Exactly what the model is told. */
  readonly text: string;
  /** Diffs and the like, for the page alone. */
  readonly content?: readonly ToolCallContent[];
  readonly output?: ToolOutput;
  /** The tool ran, and says itself that it failed (a command with another exit code than 0 has not failed). */
  readonly failed?: boolean;
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
  /** The object of the call for the row, from its input alone. */
  title(input: Input): string;
  /** Reads what it must, changes nothing; throws ToolError when the call cannot be made. */
  plan(input: Input, context: ToolContext): Promise<ToolPlan>;
}
