/** Short names for the wire types, and what becomes of a call. */
import type { components } from "../api.d.ts";

type Schemas = components["schemas"];

export type Actor = Schemas["Actor"];
export type ChangedFile = Schemas["ChangedFile"];
export type ChangeSummary = Schemas["ChangeSummary"];
export type ContentBlock = Schemas["ContentBlock"];
export type CreateSession = Schemas["CreateSession"];
export type Delivery = Schemas["Delivery"];
export type Device = Schemas["Device"];
export type DeviceRights = Schemas["DeviceRights"];
export type DiffContent = Schemas["DiffContent"];
export type DiffHunk = Schemas["DiffHunk"];
export type DiffLine = Schemas["DiffLine"];
export type FileDiff = Schemas["FileDiff"];
export type GrantScope = Schemas["GrantScope"];
export type ModelEntry = Schemas["ModelEntry"];
export type ModelListing = Schemas["ModelListing"];
export type PairingCode = Schemas["PairingCode"];
export type PermissionDecision = Schemas["PermissionDecision"];
export type PermissionOption = Schemas["PermissionOption"];
export type PermissionOptionKind = Schemas["PermissionOptionKind"];
export type PermissionOutcome = Schemas["PermissionOutcome"];
export type PermissionRequest = Schemas["PermissionRequest"];
export type PermissionSubject = Schemas["PermissionSubject"];
export type Problem = Schemas["Problem"];
export type ProblemCode = Schemas["ProblemCode"];
export type Project = Schemas["Project"];
export type PromptReceipt = Schemas["PromptReceipt"];
export type ProviderListing = Schemas["ProviderListing"];
export type QueuedPrompt = Schemas["QueuedPrompt"];
export type Reach = Schemas["Reach"];
export type SessionEvent = Schemas["SessionEvent"];
export type SessionMode = Schemas["SessionMode"];
export type SessionState = Schemas["SessionState"];
export type SessionSummary = Schemas["SessionSummary"];
export type SessionUpdate = Schemas["SessionUpdate"];
export type StopReason = NonNullable<Schemas["StopReason"]>;
export type ThisDevice = Schemas["ThisDevice"];
export type ToolCallContent = Schemas["ToolCallContent"];
export type ToolCallLocation = Schemas["ToolCallLocation"];
export type ToolCallStatus = NonNullable<Schemas["ToolCallStatus"]>;
export type ToolKind = Schemas["ToolKind"];
export type TurnChanges = Schemas["TurnChanges"];
export type TurnProblem = NonNullable<Schemas["TurnProblem"]>;

/** `rawOutput` of VoxPilot's own tools, as `backend/src/protocol/tool-call.ts` has it. Other engines may put anything there. */
export type ToolOutput =
  | { readonly type: "lines"; readonly from: number; readonly to: number; readonly total: number }
  | { readonly type: "entries"; readonly count: number }
  | { readonly type: "matches"; readonly count: number; readonly files: number }
  | { readonly type: "edit"; readonly added: number; readonly removed: number; readonly created: boolean }
  | {
      readonly type: "execute";
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly durationMs: number;
      readonly cwd: string;
      readonly timedOut: boolean;
    };

/** Why a call failed, in a code that the page has words for. */
export interface ToolFailure {
  readonly type: "failure";
  readonly reason:
    | "error"
    | "denied"
    | "cancelled"
    | "invalid_input"
    | "not_started"
    | "unknown_outcome"
    | "mode";
}

/** The server's answer when it does not do what was asked. `code` has words in `text/`; `data` holds its facts. */
export interface Refusal {
  readonly status: number;
  readonly code: ProblemCode | "unknown";
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `unreachable`: there was no answer; whether the request arrived is not known. */
export type Failure = Refusal | "unreachable";

export type Outcome<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly failure: Failure };
