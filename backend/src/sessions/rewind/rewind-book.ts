/** What a session's log tells of going back: its turns, the trees of its files in their order, and the rewinds. A fold. */
import { isOut, type Rewound, rewindMark, rewoundBy } from "../../../../transcript/rewinds.ts";
import type { RewindMark } from "../../protocol/rewind.ts";
import type { SessionEvent, SessionUpdate } from "../../protocol/session-update.ts";
import { mayChangeFiles } from "../turn/open-calls.ts";

type Updated<Kind extends SessionUpdate["sessionUpdate"]> = Extract<SessionUpdate, { sessionUpdate: Kind }>;
export type RewindUpdate = Updated<"rewind">;

/** A rewind as it stands in the log. */
export interface RewindLine {
  readonly seq: number;
  readonly update: RewindUpdate;
}

interface Turn {
  readonly turnId: string;
  /** Of its first event, which leaves with it. */
  readonly seq: number;
  readonly at: string;
  /** A call that may change files has run in it. */
  hasWorked: boolean;
}

/** The files at a known place of the log. */
type Moment =
  | {
      readonly type: "start";
      readonly turn: Turn;
      readonly tree: string;
      readonly omitted: readonly string[];
    }
  | { readonly type: "end"; readonly turn: Turn; readonly tree: string }
  | { readonly type: "rewind"; readonly tree: string; readonly line: RewindLine };

/** Between these two nobody of this session was at work. `putBack`: what a rewind did right after `fromTree`. */
export interface Gap {
  readonly fromTree: string;
  readonly toTree: string;
  readonly putBack: { readonly paths: readonly string[]; readonly tree: string } | null;
}

/** A turn that can be gone back to. */
export interface RewindPlace {
  readonly turnId: string;
  readonly at: string;
  readonly keepThrough: number;
  /** That leave the conversation. */
  readonly turns: number;
  /** The files before it. unchanged: nothing that this session did since can have changed one. */
  readonly files: { readonly tree: string; readonly omitted: readonly string[] } | "unchanged" | "unknown";
}

/** One for each session; knows only what is written. */
export class RewindBook {
  readonly #turns = new Map<string, Turn>();
  readonly #moments: Moment[] = [];
  readonly #lines: RewindLine[] = [];
  readonly #compactions: number[] = [];
  readonly #kinds = new Map<string, Updated<"tool_call">["kind"]>();
  #marks: readonly RewindMark[] = [];

  apply(event: SessionEvent): void {
    const { update } = event;
    const turn = this.#turnOf(event);
    switch (update.sessionUpdate) {
      case "rewind":
        return this.#addLine({ seq: event.seq, update }, rewindMark(event));
      case "compaction_update":
        if (update.status === "completed") this.#compactions.push(event.seq);
        return;
      case "checkpoint":
        if (turn === null || update.tree === "") return;
        this.#moments.push({ type: update.phase, turn, tree: update.tree, omitted: update.omitted });
        return;
      case "tool_call":
      case "tool_call_update":
        if (turn !== null) this.#noteCall(turn, update);
        return;
      case "session_created":
      case "session_info_update":
      case "current_mode_update":
      case "config_option_update":
      case "available_commands_update":
      case "instructions_update":
      case "prompt_queued":
      case "prompt_context":
      case "queue_update":
      case "user_message_chunk":
      case "agent_message_chunk":
      case "agent_thought_chunk":
      case "tool_output_chunk":
      case "plan":
      case "usage_update":
      case "state_update":
      case "request_permission":
      case "permission_outcome":
      case "notice":
        return;
    }
    update satisfies never;
  }

  /** The rewind that was made under this id. */
  byId(rewindId: string): RewindLine | null {
    return this.#lines.find(({ update }) => update.rewindId === rewindId) ?? null;
  }

  /** Null: no such turn, or it has left the conversation. */
  place(turnId: string): RewindPlace | null {
    const turn = this.#turns.get(turnId);
    const out = this.#out;
    if (turn === undefined || isOut(out, turn.seq)) return null;
    const { seq, at } = turn;
    const leaving = [...this.#turns.values()].filter((one) => one.seq >= seq && !isOut(out, one.seq));
    return { turnId, at, keepThrough: seq - 1, turns: leaving.length, files: this.#filesBefore(turn) };
  }

  /** What can be taken back: a rewind or a completed compaction, in force. Null: nothing of that kind stands there. */
  target(seq: number): { readonly line: RewindLine | null; readonly isInForce: boolean } | null {
    const line = this.#lines.find((one) => one.seq === seq) ?? null;
    if (line === null && !this.#compactions.includes(seq)) return null;
    const out = this.#out;
    return { line, isInForce: !isOut(out, seq) && !out.undone.has(seq) };
  }

  /** Whether a summary was made after `seq` and still stands. */
  isSummedUpSince(seq: number): boolean {
    const out = this.#out;
    return this.#compactions.some((one) => one > seq && !isOut(out, one) && !out.undone.has(one));
  }

  /** The files that a rewind put back are now as in this tree; null: it put none back. */
  treeBehind({ update }: RewindLine): string | null {
    if (update.undoes !== undefined)
      return this.#lines.find(({ seq }) => seq === update.undoes)?.update.tree ?? null;
    const turn = update.turnId === null ? undefined : this.#turns.get(update.turnId);
    const files = turn === undefined ? "unknown" : this.#filesBefore(turn);
    return typeof files === "string" ? null : files.tree;
  }

  /** Since that turn, the times between the session's own work, up to the files as they are now. */
  gapsSince(turnId: string, nowTree: string): readonly Gap[] {
    const turn = this.#turns.get(turnId);
    const first = this.#moments.findIndex(
      (moment) => moment.type === "start" && moment.turn.seq >= (turn?.seq ?? 0),
    );
    const gaps: Gap[] = [];
    for (let index = first; index >= 0 && index < this.#moments.length; index += 1) {
      const before = this.#moments[index];
      const next = this.#moments[index + 1];
      if (before === undefined || next?.type === "end") continue;
      // A turn whose end was not seen may have worked right up to here.
      if (before.type === "start" && before.turn.hasWorked) continue;
      const toTree = next?.tree ?? nowTree;
      gaps.push({ fromTree: before.tree, toTree, putBack: this.#putBackAt(before) });
    }
    return gaps;
  }

  get #out(): Rewound {
    return rewoundBy(this.#marks);
  }

  #putBackAt(moment: Moment): Gap["putBack"] {
    if (moment.type !== "rewind") return null;
    const tree = this.treeBehind(moment.line);
    return tree === null ? null : { paths: moment.line.update.files.done, tree };
  }

  #turnOf({ turnId, seq, at }: SessionEvent): Turn | null {
    if (turnId === undefined) return null;
    const known = this.#turns.get(turnId);
    if (known !== undefined) return known;
    const turn = { turnId, seq, at, hasWorked: false };
    this.#turns.set(turnId, turn);
    this.#kinds.clear();
    return turn;
  }

  #noteCall(turn: Turn, update: Updated<"tool_call" | "tool_call_update">): void {
    const kind = update.kind ?? this.#kinds.get(update.toolCallId) ?? "other";
    this.#kinds.set(update.toolCallId, kind);
    if (mayChangeFiles(kind, update.status)) turn.hasWorked = true;
  }

  #addLine(line: RewindLine, mark: RewindMark | null): void {
    this.#lines.push(line);
    if (mark !== null) this.#marks = [...this.#marks, mark];
    const { tree } = line.update;
    if (tree !== undefined) this.#moments.push({ type: "rewind", tree, line });
  }

  /** A turn that changed nothing may have ended before its checkpoint: the next one's stands for it. */
  #filesBefore({ seq }: Turn): RewindPlace["files"] {
    const start = this.#moments.find((moment) => moment.type === "start" && moment.turn.seq >= seq);
    const until = start?.type === "start" ? start.turn.seq : Number.POSITIVE_INFINITY;
    const unseen = [...this.#turns.values()].filter((one) => one.seq >= seq && one.seq < until);
    if (unseen.some(({ hasWorked }) => hasWorked)) return "unknown";
    return start?.type === "start" ? { tree: start.tree, omitted: start.omitted } : "unchanged";
  }
}
