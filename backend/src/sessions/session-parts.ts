/** What sessions are made of: everything outside them that they use. */
import type { Engine } from "../engines/engine.ts";
import type { SessionMode } from "../protocol/session.ts";
import type { Actor } from "../protocol/session-update.ts";
import type { DurableFiles } from "../workspace/durable-files.ts";
import type { Checkpoints } from "../workspace/git/checkpoints.ts";
import type { Projects } from "../workspace/projects.ts";
import type { Redaction } from "../workspace/redaction/redaction.ts";
import type { Work } from "./rewind/rewind-book.ts";
import type { SharedBeat } from "./turn/shared-beat.ts";

/** The mode that a person chose with a plan. */
export interface AcceptedPlan {
  readonly sessionId: string;
  readonly mode: SessionMode;
  readonly by: Actor;
}

export interface SessionStoreParts {
  /** The state folder (absolute); sessions lie in `sessions` in it. */
  readonly directory: string;
  readonly files: DurableFiles;
  /** By id; the first is the one that a new session gets. */
  readonly engines: ReadonlyMap<string, Engine>;
  readonly projects: Projects;
  readonly checkpoints: Checkpoints;
  /** `provider/model` for sessions that name none, or null: there is none to be had. */
  defaultModel(): Promise<string | null>;
  /** A mode that was given for a time came to its end: the session is in `ask` again. */
  readonly onModeEnded?: (sessionId: string) => void;
  /** Somebody accepted a plan, and with it chose the mode. */
  readonly onPlanAccepted?: (accepted: AcceptedPlan) => void;
  /** A permission was taken back because the device that gave it was signed out, or may less. */
  readonly onGrantEnded?: (sessionId: string, requestId: string) => void;
  /** Whether what a device allowed at that time still counts; default: always. */
  readonly stillCounts?: (deviceId: string, at: string) => boolean;
  /** Takes secrets out of what is written; default: knows the shapes of tokens alone. */
  readonly redaction?: Redaction;
  /** Whether there is room for another turn or session; default: always. */
  readonly hasRoom?: () => Promise<boolean>;
  readonly now?: () => Date;
  /** Unique and fit for a file name. */
  readonly newId?: () => string;
}

/** What one session gets of its store. */
export interface SessionParts extends Required<SessionStoreParts> {
  /** What all sessions stream by. */
  readonly beat: SharedBeat;
  /** What a device has read of a session. */
  seenSeq(sessionId: string, deviceId: string): number;
  /** Durable when it resolves. */
  markSeen(position: { sessionId: string; deviceId: string; seq: number }): Promise<void>;
  /** Another session that is at work in this folder, or null. */
  otherAtWork(sessionId: string, root: string): string | null;
  /** What the other sessions of this folder may have done to its files since a time. */
  othersWork(asked: { sessionId: string; root: string; since: string }): Promise<readonly Work[]>;
  /** A turn came to its end. */
  onTurnOver(sessionId: string): void;
  /** The session's summary is another one now. */
  onChanged(sessionId: string): void;
}
