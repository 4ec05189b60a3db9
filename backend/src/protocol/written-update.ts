/** Updates as this version writes them: narrower than what it reads, which may be of an earlier one. */
import type { TurnProblem } from "./session.ts";
import type { SessionUpdate } from "./session-update.ts";

interface NoticeData {
  /** `attempt` counts from 1; the others are of the problem that is waited out. */
  readonly model_retry: {
    readonly attempt: number;
    readonly attempts: number;
    readonly waitMs: number;
    readonly problem: TurnProblem["code"];
    readonly detail?: string;
    readonly provider?: string;
    readonly status?: number;
  };
  readonly damaged_lines: { readonly count: number };
  readonly repeated_call: { readonly tool: string; readonly count: number };
  readonly limit_learned: { readonly model: string; readonly limitTokens: number };
  /** No `exitCode`: a signal ended it; `ending`: because somebody stopped it. */
  readonly job_ended: {
    readonly jobId: string;
    readonly command: string;
    readonly runningMs: number;
    readonly exitCode?: number;
    readonly ending?: "stopped";
  };
}

type Coded<Code> = { readonly sessionUpdate: "notice"; readonly code: Code };

/** A notice with all that belongs to its code. */
export type Notice =
  | { [Code in keyof NoticeData]: Coded<Code> & { readonly data: NoticeData[Code] } }[keyof NoticeData]
  | Coded<"repeated_text" | "saving_again">;

/** Any update, with notices that are whole. */
export type WrittenUpdate = Exclude<SessionUpdate, { sessionUpdate: "notice" }> | Notice;

/** A piece of text that streams in, gathered with others before it is written. */
export type StreamedUpdate = Extract<
  SessionUpdate,
  { sessionUpdate: "agent_message_chunk" | "agent_thought_chunk" | "tool_output_chunk" }
>;

/** An update that is a line of its own at once. */
export type WholeUpdate = Exclude<WrittenUpdate, StreamedUpdate>;
