/** The lines that a session writes for what it is asked and what befalls it. Pure. */

import { isRunning } from "../../../transcript/turn-state.ts";
import type { BackgroundJob } from "../protocol/job.ts";
import type { PatchSession, SubmitPrompt } from "../protocol/session.ts";
import type { Actor, SessionUpdate } from "../protocol/session-update.ts";
import type { Notice } from "../protocol/written-update.ts";
import type { LogEntry } from "./log/event-log.ts";
import { modeEndOf } from "./mode-end.ts";
import { orderWithNow } from "./queue/queue-order.ts";
import type { WaitingPrompt, WaitingPrompts } from "./queue/waiting-prompts.ts";
import { serverActor } from "./server-actor.ts";
import type { SessionFolds } from "./session-folds.ts";
import { titleOf } from "./session-title.ts";

/**
 * An accepted prompt; one that interrupts, is steered, or continues a stopped turn, goes before those that are queued,
 * and so does each that is said while they rest.
 */
export function queuedEntries(
  prompt: SubmitPrompt,
  by: Actor,
  { waiting, isHeld }: Pick<WaitingPrompts, "waiting" | "isHeld">,
): LogEntry[] {
  const { id: promptId, content, delivery } = prompt;
  const queued: LogEntry = { by, update: { sessionUpdate: "prompt_queued", promptId, content, delivery } };
  const now = content.length === 0 || (isHeld && delivery === "queue") ? "interrupt" : delivery;
  if (now === "queue") return [queued];
  const promptIds = orderWithNow(waiting, promptId, now);
  if (promptIds.at(-1) === promptId) return [queued];
  return [queued, { by, update: { sessionUpdate: "queue_update", promptIds } }];
}

/** A prompt's words enter the conversation, in the turn that runs. */
export function wordEntries(turnId: string | undefined, prompt: WaitingPrompt): LogEntry[] {
  const place = turnId === undefined ? {} : { turnId };
  const by = prompt.by === null ? {} : { by: prompt.by };
  return prompt.content.map((content) => {
    const update = { sessionUpdate: "user_message_chunk", messageId: prompt.promptId, content } as const;
    return { ...place, ...by, update };
  });
}

/** A prompt is taken up: the turn begins, the prompt enters the conversation, and the first one names the session. */
export function startEntries(turnId: string, prompt: WaitingPrompt, title: string | null): LogEntry[] {
  const { promptId, content } = prompt;
  const by = prompt.by === null ? {} : { by: prompt.by };
  const newTitle = title === null ? titleOf(content) : null;
  return [
    { turnId, ...by, update: { sessionUpdate: "state_update", state: "running", promptId } },
    ...wordEntries(turnId, prompt),
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
  const { title, pinned, archived, mode } = change;
  if (title !== undefined || pinned !== undefined || archived !== undefined)
    entries.push({ by, update: { sessionUpdate: "session_info_update", ...infoOf(change) } });
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
  const configOptions = optionsOf(change);
  if (configOptions.length > 0)
    entries.push({ by, update: { sessionUpdate: "config_option_update", configOptions } });
  return entries;
}

type ConfigOptions = Extract<SessionUpdate, { sessionUpdate: "config_option_update" }>["configOptions"];

function optionsOf({ model, effort }: PatchSession): ConfigOptions {
  return [
    ...(model === undefined ? [] : [{ id: "model" as const, value: model }]),
    ...(effort === undefined ? [] : [{ id: "thought_level" as const, value: effort ?? ("" as const) }]),
  ];
}

/** What the list shows of a session, as far as it is named. */
function infoOf({ title, pinned, archived }: PatchSession) {
  return {
    ...(title === undefined ? {} : { title }),
    ...(pinned === undefined ? {} : { pinned }),
    ...(archived === undefined ? {} : { archived }),
  };
}

const longestCommandCharacters = 200;

/** How a command in the background came to its end. Told as soon as it is so, whether a turn runs or not. */
export function jobEndEntry({ jobId, command, runningMs, end }: BackgroundJob): LogEntry {
  const update: Notice = {
    sessionUpdate: "notice",
    code: "job_ended",
    data: {
      jobId,
      command: command.slice(0, longestCommandCharacters),
      runningMs,
      ...(end === null || end.exitCode === null ? {} : { exitCode: end.exitCode }),
      ...((end?.stoppedBy ?? null) === null ? {} : { ending: "stopped" }),
    },
  };
  return { by: serverActor, update };
}

/**
 * What a log lacks when its process ended in the middle: the rest of a prompt, results of open calls, outcomes of open questions, the end of
 * the turn, and word of damage. Writing it twice is avoided by the log itself: what was written is open no more.
 */
export function recoveryEntries(folds: SessionFolds, damagedCount: number): LogEntry[] {
  const damage = damagedCount === 0 ? [] : [damageEntry(damagedCount)];
  const current = folds.summary?.state;
  if (current === undefined || !isRunning(current))
    return [...damage, ...folds.permissions.abandonedEntries()];
  const { promptId, turnId } = folds.lastTurn;
  const place = turnId === undefined ? {} : { turnId };
  const { missing } = folds.prompts;
  return [
    ...damage,
    ...(missing === null ? [] : wordEntries(missing.turnId, missing.prompt)),
    ...folds.calls.results(),
    ...folds.permissions.abandonedEntries(),
    { ...place, by: serverActor, update: { sessionUpdate: "state_update", state: "interrupted", promptId } },
  ];
}

function damageEntry(count: number): LogEntry {
  const notice: Notice = { sessionUpdate: "notice", code: "damaged_lines", data: { count } };
  return { by: serverActor, update: notice };
}
