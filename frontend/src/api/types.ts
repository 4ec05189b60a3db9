/** Short names for the wire types, and what becomes of a call. */
import type { components } from "../api.d.ts";

type Schemas = components["schemas"];

export type Actor = Schemas["Actor"];
export type AuditEntry = Schemas["AuditEntry"];
export type ChangedFile = Schemas["ChangedFile"];
export type ChangeSummary = Schemas["ChangeSummary"];
export type ConnectionReport = Schemas["ConnectionReport"];
export type ContentBlock = Schemas["ContentBlock"];
export type CreateSession = Schemas["CreateSession"];
export type Delivery = Schemas["Delivery"];
export type Device = Schemas["Device"];
export type DeviceFlowStart = Schemas["DeviceFlowStart"];
export type DeviceFlowState = Schemas["DeviceFlowState"];
export type DeviceRights = Schemas["DeviceRights"];
export type DiffContent = Schemas["DiffContent"];
export type DiffHunk = Schemas["DiffHunk"];
export type DiffLine = Schemas["DiffLine"];
export type Effort = Schemas["Effort"];
export type FileDiff = Schemas["FileDiff"];
export type GitHubUser = Schemas["GitHubUser"];
export type GrantScope = Schemas["GrantScope"];
/** How the machine is reached; `Reach` is how far a call does. */
export type MachineReach = Schemas["MachineReach"];
export type ModelEntry = Schemas["ModelEntry"];
export type ModelListing = Schemas["ModelListing"];
export type ModelPrice = Schemas["ModelPrice"];
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
export type ProviderEntry = Schemas["ProviderEntry"];
export type ProviderListing = Schemas["ProviderListing"];
export type ProviderPreset = Schemas["ProviderPreset"];
export type ProviderSettings = Schemas["ProviderSettings"];
export type PutProvider = Schemas["PutProvider"];
export type ShownField = Schemas["ShownField"];
export type BackgroundJob = Schemas["BackgroundJob"];
export type BackgroundJobOutput = Schemas["BackgroundJobOutput"];
export type QueuedPrompt = Schemas["QueuedPrompt"];
export type Reach = Schemas["Reach"];
export type RewindAnswer = Schemas["RewindAnswer"];
export type RewindFile = Schemas["RewindFile"];
export type RewindPreview = Schemas["RewindPreview"];
export type RewindScope = Schemas["RewindScope"];
export type SearchResults = Schemas["SearchResults"];
export type SessionEvent = Schemas["SessionEvent"];
export type SessionMode = Schemas["SessionMode"];
export type SessionState = Schemas["SessionState"];
export type SessionSummary = Schemas["SessionSummary"];
export type SessionUpdate = Schemas["SessionUpdate"];
export type SignInFailure = Schemas["SignInFailure"];
export type SignInWays = Schemas["SignInWays"];
/** What can be written after `/`. */
export type SlashCommand = Schemas["SlashCommand"];
/** What steps cost, added up by the machine. */
export type Spent = Schemas["Spent"];
export type StopReason = Schemas["StopReason"];
export type ThisDevice = Schemas["ThisDevice"];
export type ToolCallContent = Schemas["ToolCallContent"];
export type ToolCallLocation = Schemas["ToolCallLocation"];
export type ToolCallStatus = Schemas["ToolCallStatus"];
/** Why a call of VoxPilot's own tools failed. */
export type ToolFailure = Schemas["ToolFailure"];
export type ToolKind = Schemas["ToolKind"];
/** `rawOutput` of VoxPilot's own tools; other engines may put anything there. */
export type ToolOutput = Schemas["ToolOutput"];
export type TurnChanges = Schemas["TurnChanges"];
export type TurnProblem = Schemas["TurnProblem"];

/** The server's answer when it does not do what was asked. `code` has words in `text/`; `data` holds its facts. */
export interface Refusal {
  readonly status: number;
  /** `earlier_pairing` is this page's own: it was said before the browser was paired as who it is now. */
  readonly code: ProblemCode | "unknown" | "earlier_pairing";
  readonly detail: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** `unreachable`: there was no answer; whether the request arrived is not known. */
export type Failure = Refusal | "unreachable";

export type Outcome<T> =
  | { readonly ok: true; readonly data: T }
  | { readonly ok: false; readonly failure: Failure };
