/** What a person sees of a session: the shapes that `fold.ts` makes and the views draw. Pure data. */
import type { ContentBlock } from "../backend/src/protocol/content.ts";
import type { PermissionOutcome, PermissionRequest } from "../backend/src/protocol/permission.ts";
import type { RewindMark, RewindScope } from "../backend/src/protocol/rewind.ts";
import type {
  ChangeSummary,
  Effort,
  ForkOrigin,
  QueuedPrompt,
  SessionMode,
  SessionState,
  StopReason,
  TurnProblem,
} from "../backend/src/protocol/session.ts";
import type { Actor, SessionUpdate } from "../backend/src/protocol/session-update.ts";
import type {
  ToolCallContent,
  ToolCallLocation,
  ToolCallStatus,
  ToolKind,
} from "../backend/src/protocol/tool-call.ts";

/** `id` is stable over the entry's life; `seq` is where it began; `at` its time; `turnId` null outside turns. */
interface EntryBase {
  readonly id: string;
  readonly seq: number;
  readonly at: string;
  readonly turnId: string | null;
  /** The call whose subagent did this; absent: the turn itself. */
  readonly parentToolCallId?: string;
}

/** A picture that the wire left out of a message: where it stands in it, and the event that has it whole. */
export interface ElidedImage {
  readonly index: number;
  readonly seq: number;
}

/** A slash command or a mentioned file, whose text stands in the log. */
export type PromptSource = Extract<SessionUpdate, { sessionUpdate: "prompt_context" }>["source"];

export interface UserEntry extends EntryBase {
  readonly type: "user";
  readonly content: readonly ContentBlock[];
  readonly by: Actor | null;
  /** Absent: all of it is here. */
  readonly elided?: readonly ElidedImage[];
  /** What the model was told beside it; absent: nothing. */
  readonly told?: readonly PromptSource[];
}

export interface AgentEntry extends EntryBase {
  readonly type: "agent";
  readonly text: string;
  /** More may come. */
  readonly open: boolean;
}

export interface ThoughtEntry extends EntryBase {
  readonly type: "thought";
  readonly text: string;
  readonly open: boolean;
  readonly lastAt: string;
}

export interface OutputPart {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface ToolEntry extends EntryBase {
  readonly type: "tool";
  readonly toolCallId: string;
  /** What the model called it by; absent: another agent's call. */
  readonly tool?: string;
  readonly title: string;
  readonly kind: ToolKind;
  readonly status: ToolCallStatus;
  readonly content: readonly ToolCallContent[];
  readonly locations: readonly ToolCallLocation[];
  readonly rawInput: unknown;
  readonly rawOutput: unknown;
  readonly output: readonly OutputPart[];
  readonly skippedBytes: number;
  /** When `in_progress` was logged, and when it came to an end. */
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** The question that was put about it, while it is open. */
  readonly asking: boolean;
  /** Its turn is over without a result. */
  readonly abandoned: boolean;
}

/** Who decided what, in one muted line. */
export interface DecisionEntry extends EntryBase {
  readonly type: "decision";
  readonly toolCallId: string;
  /** What it was about, in a few words; absent: the question is not known here. */
  readonly about?: Pick<ToolEntry, "kind" | "title">;
  readonly outcome: PermissionOutcome;
  readonly by: Actor | null;
  /** Present when nothing was allowed or denied, but answered: the words of the chosen answer; "" for own words. */
  readonly answered?: { readonly type: "question" | "plan"; readonly choice: string };
}

export interface NoticeEntry extends EntryBase {
  readonly type: "notice";
  readonly notice: Extract<
    SessionUpdate,
    { sessionUpdate: "notice" | "current_mode_update" | "config_option_update" | "instructions_update" }
  >;
  /** Who changed the mode or the model; null: nobody is named. */
  readonly by: Actor | null;
}

/** What came before was summed up for the model; the log keeps all of it. */
export interface CompactionEntry extends EntryBase {
  readonly type: "compaction";
  readonly status: CompactionUpdate["status"];
  readonly trigger: CompactionUpdate["trigger"];
  readonly summary: string | null;
  readonly beforeTokens: number | null;
  readonly afterTokens: number | null;
  /** no_gain: it failed, and nothing went wrong. */
  readonly reason: NonNullable<CompactionUpdate["reason"]> | null;
  readonly problem: TurnProblem | null;
  /** The event that completed it, by which it is taken back; absent: it has not been. */
  readonly completedSeq?: number;
  /** It was taken back: the model is told what came before again. */
  readonly isUndone?: true;
}

/** The session went back to before a turn; what came after that is not among the entries any more. */
export interface RewindEntry extends EntryBase {
  readonly type: "rewind";
  readonly scope: RewindScope;
  /** When that turn began; null: not known here. */
  readonly before: string | null;
  readonly fileCount: number;
  readonly skippedCount: number;
  /** It took an earlier one back: what had left stands among the entries again. */
  readonly isUndo: boolean;
  readonly by: Actor | null;
}

/** The end of a turn: its line, and the changes card when files changed. */
export interface TurnEndEntry extends EntryBase {
  readonly type: "turn_end";
  readonly state: "idle" | "interrupted";
  readonly stopReason: StopReason | null;
  readonly problem: TurnProblem | null;
  readonly durationMs: number | null;
  /** Tokens of all steps; null: unknown. */
  readonly tokens: number | null;
  /** US dollars of all steps; null: unknown. */
  readonly cost: number | null;
  readonly changes: ChangeSummary | null;
}

export type TranscriptEntry =
  | UserEntry
  | AgentEntry
  | ThoughtEntry
  | ToolEntry
  | DecisionEntry
  | NoticeEntry
  | CompactionEntry
  | RewindEntry
  | TurnEndEntry;

type CompactionUpdate = Extract<SessionUpdate, { sessionUpdate: "compaction_update" }>;
type UsageUpdate = Extract<SessionUpdate, { sessionUpdate: "usage_update" }>;
export type AvailableCommand = Extract<
  SessionUpdate,
  { sessionUpdate: "available_commands_update" }
>["availableCommands"][number];

/** What steps used: tokens, and US dollars; null: one of them did not tell. */
export interface StepsTotal {
  readonly steps: number;
  readonly tokens: number | null;
  readonly cost: number | null;
}

/** How full the model's window is, after the step that ended last; null: unknown. `parts` is an estimate. */
export interface ContextUsage {
  /** Of the update that told it. */
  readonly seq: number;
  readonly used: number | null;
  readonly size: number | null;
  readonly parts: NonNullable<UsageUpdate["parts"]>;
}

/** A question that waits for an answer, oldest first. */
export interface OpenQuestion {
  readonly seq: number;
  readonly at: string;
  readonly turnId: string | null;
  readonly request: PermissionRequest;
}

/** A permission that holds for a while: covers exactly the same thing again. */
export interface Grant {
  readonly requestId: string;
  readonly scope: "turn" | "session";
  readonly turnId: string | null;
  readonly request: PermissionRequest;
}

/** What a turn left behind, to go back to. */
export interface TurnStanding {
  readonly seq: number;
  readonly plan: Transcript["plan"];
  readonly usage: ContextUsage | null;
}

export interface Transcript {
  readonly entries: readonly TranscriptEntry[];
  /** Entries that have left the conversation, in order; an undo puts them back. */
  readonly rewound: readonly TranscriptEntry[];
  readonly rewinds: readonly RewindMark[];
  readonly standings: readonly TurnStanding[];
  /** The last seq folded in; 0: nothing yet. */
  readonly lastSeq: number;
  readonly title: string | null;
  /** Null: it was not forked. */
  readonly forkedFrom: ForkOrigin | null;
  /** Null: it was not imported. What it says happened elsewhere. */
  readonly importedAt: string | null;
  readonly project: { readonly id: string; readonly name: string; readonly path: string } | null;
  readonly engine: string | null;
  readonly model: string | null;
  /** Null: as the model does by itself. */
  readonly effort: Effort | null;
  readonly mode: SessionMode;
  readonly state: SessionState;
  readonly turnId: string | null;
  readonly turnStartedAt: string | null;
  /** Tokens of the steps of the running turn so far; null: unknown. */
  readonly turnTokens: number | null;
  /** What those steps cost in US dollars, and how many there were; null: unknown. */
  readonly turnCost: number | null;
  readonly turnSteps: number;
  /** Of all steps that are known here, those of subagents too. */
  readonly spent: StepsTotal;
  /** What the turn's end checkpoint told, until its end line takes it over. */
  readonly turnChanges: { readonly turnId: string; readonly changes: ChangeSummary } | null;
  readonly promptId: string | null;
  readonly stopReason: StopReason | null;
  readonly problem: TurnProblem | null;
  readonly questions: readonly OpenQuestion[];
  readonly grants: readonly Grant[];
  readonly queue: readonly QueuedPrompt[];
  readonly plan: Extract<SessionUpdate, { sessionUpdate: "plan" }>["entries"];
  readonly usage: ContextUsage | null;
  /** Of the update that last told of a command in the background, begun or over; 0: none has. */
  readonly jobsSeq: number;
  /** What can be written after `/`, as the engine told it. */
  readonly commands: readonly AvailableCommand[];
}
