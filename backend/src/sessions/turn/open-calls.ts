/** The calls of a turn that have no result yet, and the results for those that will get none from their engine. */
import { isTurnEnd } from "../../../../transcript/turn-state.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";
import type { ToolCallStatus, ToolFailure, ToolKind } from "../../protocol/tool-call.ts";
import type { LogEntry } from "../log/event-log.ts";
import { serverActor } from "../server-actor.ts";

interface OpenCall {
  readonly turnId: string | undefined;
  readonly stepId: string | undefined;
  readonly kind: ToolKind;
  /** Its `in_progress` line was written: it may have done something. */
  readonly hasStarted: boolean;
}

const harmlessKinds: ReadonlySet<ToolKind> = new Set(["read", "search", "think", "fetch", "switch_mode"]);

const unknownOutcome =
  "VoxPilot stopped while this was running, so its outcome is unknown: it may have happened wholly, partly or not at all. Look at what is there before doing it again.";
const notStarted = "This was not started: VoxPilot stopped first. Ask for it again if it is still needed.";

/** Whether a call of that kind, as far as it came, may have changed files. */
export function mayChangeFiles(kind: ToolKind, status: ToolCallStatus | null | undefined): boolean {
  return (status === "in_progress" || status === "completed") && !harmlessKinds.has(kind);
}

/** A fold over the events of a session; ask it while a turn runs, or after a log was loaded. */
export class OpenCalls {
  readonly #calls = new Map<string, OpenCall>();
  #hasChanged = false;

  /** A call that is not known to be harmless has run in this turn. */
  get mayHaveChangedFiles(): boolean {
    return this.#hasChanged;
  }

  apply(event: SessionEvent): void {
    const { update } = event;
    if (isTurnEnd(update)) return this.#endTurn();
    if (update.sessionUpdate !== "tool_call" && update.sessionUpdate !== "tool_call_update") return;
    const known = this.#calls.get(update.toolCallId);
    const kind = update.kind ?? known?.kind ?? "other";
    const isRunning = update.status === "in_progress";
    if (mayChangeFiles(kind, update.status)) this.#hasChanged = true;
    if (update.status === "completed" || update.status === "failed") {
      this.#calls.delete(update.toolCallId);
      return;
    }
    this.#calls.set(update.toolCallId, {
      turnId: event.turnId ?? known?.turnId,
      stepId: event.stepId ?? known?.stepId,
      kind,
      hasStarted: isRunning || (known?.hasStarted ?? false),
    });
  }

  /** A failed result for each open call, with words for the model. */
  results(): LogEntry[] {
    return [...this.#calls].map(([toolCallId, call]) => {
      const rawOutput: ToolFailure = {
        type: "failure",
        reason: call.hasStarted ? "unknown_outcome" : "not_started",
      };
      const text = call.hasStarted ? unknownOutcome : notStarted;
      return {
        ...(call.turnId === undefined ? {} : { turnId: call.turnId }),
        ...(call.stepId === undefined ? {} : { stepId: call.stepId }),
        by: serverActor,
        update: {
          sessionUpdate: "tool_call_update",
          toolCallId,
          status: "failed",
          content: [{ type: "content", content: { type: "text", text } }],
          rawOutput,
        },
      };
    });
  }

  #endTurn(): void {
    this.#calls.clear();
    this.#hasChanged = false;
  }
}
