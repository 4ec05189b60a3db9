/** All that a session keeps in memory of its log: folds, never the events themselves. */

import { applyToSummary, newSummary } from "../../../transcript/summary.ts";
import type { SessionSummary } from "../protocol/session.ts";
import type { Actor, SessionEvent, SessionUpdate } from "../protocol/session-update.ts";
import { quietKinds } from "./log/quiet-line.ts";
import { PermissionBook } from "./questions/permission-book.ts";
import { WaitingPrompts } from "./queue/waiting-prompts.ts";
import { RewindBook } from "./rewind/rewind-book.ts";
import { OpenCalls } from "./turn/open-calls.ts";

/** The first event of every log. */
export type SessionCreated = Extract<SessionUpdate, { sessionUpdate: "session_created" }>;

/** A turn's checkpoints, as git trees. */
export interface TurnTrees {
  readonly start: string;
  readonly end: string;
}

interface ModeChoice {
  readonly by: Actor | undefined;
  readonly at: string;
}

/** The state after every event that was applied, in order. `calls` runs ahead: the session applies to it what is only placed. */
export class SessionFolds {
  readonly prompts = new WaitingPrompts();
  readonly permissions = new PermissionBook();
  readonly rewinds = new RewindBook();
  readonly #trees = new Map<string, Partial<TurnTrees>>();
  /** Calls of events that have their place, also before they are written. */
  calls = new OpenCalls();
  /** Stands in for a first line that cannot be read. */
  readonly #copy: SessionCreated | null;
  #created: SessionCreated | null = null;
  #summary: SessionSummary | null = null;
  /** The last event that it lacks: of streamed text, which only moves its end, not every one is taken in. */
  #behind: SessionEvent | null = null;
  /** Who chose the mode that holds, and when. */
  #modeChoice: ModeChoice | null = null;
  /** The prompt and the turn that ran last. */
  #lastTurn: { promptId: string | null; turnId: string | undefined } = { promptId: null, turnId: undefined };

  constructor(copy: SessionCreated | null = null) {
    this.#copy = copy;
  }

  /** Null until the session is created. */
  get summary(): SessionSummary | null {
    if (this.#behind !== null && this.#summary !== null)
      this.#summary = applyToSummary(this.#summary, this.#behind);
    this.#behind = null;
    return this.#summary;
  }

  get modeChoice(): ModeChoice | null {
    return this.#modeChoice;
  }

  get created(): SessionCreated | null {
    return this.#created;
  }

  get lastTurn(): { readonly promptId: string | null; readonly turnId: string | undefined } {
    return this.#lastTurn;
  }

  /** A turn's two checkpoints; null when it has not both. */
  trees(turnId: string): TurnTrees | null {
    const { start, end } = this.#trees.get(turnId) ?? {};
    return start === undefined || end === undefined ? null : { start, end };
  }

  /** Takes in an event that is written. */
  apply(event: SessionEvent): void {
    const { update } = event;
    if (update.sessionUpdate === "session_created") this.#created ??= update;
    this.#applyToSummary(event);
    if (update.sessionUpdate === "session_created" || update.sessionUpdate === "current_mode_update")
      this.#modeChoice = { by: event.by, at: event.at };
    this.prompts.apply(event);
    this.permissions.apply(event);
    this.rewinds.apply(event);
    if (update.sessionUpdate === "state_update")
      this.#lastTurn = { promptId: update.promptId, turnId: event.turnId };
    if (update.sessionUpdate === "checkpoint" && event.turnId !== undefined) {
      this.#trees.set(event.turnId, { ...this.#trees.get(event.turnId), [update.phase]: update.tree });
    }
  }

  #applyToSummary(event: SessionEvent): void {
    const created = this.#created ?? this.#copy;
    this.#summary ??= created === null ? null : newSummary(created, event);
    const isNext = quietKinds.has(event.update.sessionUpdate) && event.at >= (this.#behind?.at ?? "");
    if (isNext) {
      this.#behind = event;
      return;
    }
    const { summary } = this;
    if (summary !== null) this.#summary = applyToSummary(summary, event);
  }
}
