/** The lines that a session writes for what it is asked and what befalls it. Pure. */
import type { PatchSession, SubmitPrompt } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import type { LogEntry } from "./log/event-log.ts";
import { modeEndOf } from "./mode-end.ts";
import type { WaitingPrompt } from "./prompt-queue.ts";
import { serverActor } from "./server-actor.ts";
import type { SessionState } from "./session-state.ts";
import { titleOf } from "./session-title.ts";

/** An accepted prompt; one that interrupts, or continues a stopped turn, goes before those that wait. */
export function queuedEntries(
  prompt: SubmitPrompt,
  by: Actor,
  waiting: readonly WaitingPrompt[],
): LogEntry[] {
  const { id: promptId, content, delivery } = prompt;
  const queued: LogEntry = { by, update: { sessionUpdate: "prompt_queued", promptId, content, delivery } };
  const isNext = delivery === "interrupt" || content.length === 0;
  if (!isNext || waiting.length === 0) return [queued];
  const promptIds = [promptId, ...waiting.map((other) => other.promptId)];
  return [queued, { by, update: { sessionUpdate: "queue_update", promptIds } }];
}

/** A prompt is taken up: the turn begins, the prompt enters the conversation, and the first one names the session. */
export function startEntries(turnId: string, prompt: WaitingPrompt, title: string | null): LogEntry[] {
  const { promptId, content } = prompt;
  const by = prompt.by === null ? {} : { by: prompt.by };
  const newTitle = title === null ? titleOf(content) : null;
  return [
    { turnId, ...by, update: { sessionUpdate: "state_update", state: "running", promptId } },
    ...content.map((block): LogEntry => {
      return {
        turnId,
        ...by,
        update: { sessionUpdate: "user_message_chunk", messageId: promptId, content: block },
      };
    }),
    ...(newTitle === null
      ? []
      : [
          {
            turnId,
            by: serverActor,
            update: { sessionUpdate: "session_info_update", title: newTitle },
          } as const,
        ]),
  ];
}

/** What a person changed about the session at `now`. Throws `invalid_request` for a mode that would end too late. */
export function patchEntries(change: PatchSession, by: Actor, now: Date): LogEntry[] {
  const entries: LogEntry[] = [];
  const { title, model, mode } = change;
  if (title !== undefined) entries.push({ by, update: { sessionUpdate: "session_info_update", title } });
  const endsAt = modeEndOf(change, now);
  if (mode !== undefined)
    entries.push({
      by,
      update: {
        sessionUpdate: "current_mode_update",
        currentModeId: mode,
        ...(endsAt === null ? {} : { _meta: { endsAt } }),
      },
    });
  if (model !== undefined) {
    const configOptions = [{ id: "model" as const, value: model }];
    entries.push({ by, update: { sessionUpdate: "config_option_update", configOptions } });
  }
  return entries;
}

/**
 * What a log lacks when its process ended in the middle: results of open calls, outcomes of open questions, the end of
 * the turn, and word of damage. Writing it twice is avoided by the log itself: what was written is open no more.
 */
export function recoveryEntries(state: SessionState, damagedCount: number): LogEntry[] {
  const data = { count: damagedCount };
  const damage: LogEntry[] =
    damagedCount === 0
      ? []
      : [{ by: serverActor, update: { sessionUpdate: "notice", code: "damaged_lines", data } }];
  const current = state.summary?.state;
  const wasRunning = current === "running" || current === "requires_action";
  if (!wasRunning) return [...damage, ...state.permissions.abandonedEntries()];
  const { promptId, turnId } = state.lastTurn;
  const place = turnId === undefined ? {} : { turnId };
  return [
    ...damage,
    ...state.calls.results(),
    ...state.permissions.abandonedEntries(),
    { ...place, by: serverActor, update: { sessionUpdate: "state_update", state: "interrupted", promptId } },
  ];
}
