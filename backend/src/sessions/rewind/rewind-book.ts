/** What a session's log tells of going back: its turns, the trees of its files in their order, and the rewinds. A fold. */
import { isAbsolute } from "node:path";
import { isOut, type Rewound, rewindMark, rewoundBy } from "../../../../transcript/rewinds.ts";
import type { RewindMark } from "../../protocol/rewind.ts";
import type { SessionEvent, SessionUpdate } from "../../protocol/session-update.ts";
import type { ToolKind } from "../../protocol/tool-call.ts";
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
  /** The files that its calls named, as far as each call named them; a command names none. */
  readonly named: Set<string>;
  /** A call has run that may have changed files which it did not name. */
  hasWorkedUnnamed: boolean;
  /** When it was over, with or without a checkpoint; null: it runs. */
  overAt: string | null;
}

/** What a turn that worked may have done to files, between its checkpoints. */
export interface Work {
  readonly turnId: string;
  readonly fromTree: string;
  /** Null: it is not over, or no tree was kept since. */
  readonly toTree: string | null;
  /** Null: it may have been any file. */
  readonly paths: ReadonlySet<string> | null;
}

/** The files at a known place of the log. */
type Moment =
  | {
      readonly type: "start";
      readonly turn: Turn;
      readonly tree: string;
      readonly omitted: readonly string[];
      readonly at: string;
    }
  | { readonly type: "end"; readonly turn: Turn; readonly tree: string; readonly at: string }
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
  readonly files: FilesThen | "unchanged" | "unknown";
}

/** The files as a checkpoint has them, and when it was taken. */
interface FilesThen {
  readonly tree: string;
  readonly omitted: readonly string[];
  readonly at: string;
}

interface Call {
  readonly kind: ToolKind;
  readonly paths: readonly string[];
}

/** Calls of these kinds change the files that they name, and no others. */
const namingKinds: ReadonlySet<ToolKind> = new Set(["edit", "delete", "move"]);

/** One for each session; knows only what is written. */
export class RewindBook {
  readonly #turns = new Map<string, Turn>();
  readonly #moments: Moment[] = [];
  readonly #lines: RewindLine[] = [];
  readonly #compactions: number[] = [];
  /** Of the turn that is told of now. */
  readonly #calls = new Map<string, Call>();
  readonly #marks: RewindMark[] = [];
  /** What they leave out, once that was asked for. */
  #rewound: Rewound | null = null;

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
        if (turn !== null && update.tree !== "") this.#addMoment(turn, event.at, update);
        return;
      case "tool_call":
      case "tool_call_update":
        if (turn !== null) this.#noteCall(turn, update);
        return;
      case "state_update":
        if (turn !== null && (update.state === "idle" || update.state === "interrupted"))
          turn.overAt = event.at;
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

  /** The tree that a rewind to before that turn, or of that rewind, goes back to, or has gone back to; null: it puts no file back. */
  treeOf({
    turnId,
    undoes,
  }: {
    readonly turnId: string | null;
    readonly undoes?: number | undefined;
  }): string | null {
    if (undoes !== undefined) return this.#lines.find(({ seq }) => seq === undoes)?.update.tree ?? null;
    const turn = turnId === null ? undefined : this.#turns.get(turnId);
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

  /** The turns that worked after that time, or may have: they began or ended then. */
  workSince(time: string): readonly Work[] {
    return this.#moments.flatMap((moment, index) => {
      if (moment.type !== "start" || !moment.turn.hasWorked) return [];
      const { turn, tree: fromTree } = moment;
      // Its end; where that was not seen, the next time that the files were.
      const next = this.#moments[index + 1];
      const overAt = next?.type === "end" ? next.at : turn.overAt;
      if (overAt !== null && overAt < time) return [];
      const paths = turn.hasWorkedUnnamed ? null : turn.named;
      return { turnId: turn.turnId, fromTree, toTree: next?.tree ?? null, paths };
    });
  }

  /** Whether the turn is one of this log. */
  has(turnId: string): boolean {
    return this.#turns.has(turnId);
  }

  /** The turn that began last, also where it has left the conversation; null: none has. */
  get lastTurnId(): string | null {
    return [...this.#turns.keys()].at(-1) ?? null;
  }

  /** The files that calls since that turn named as what they change. */
  namedSince(turnId: string): ReadonlySet<string> {
    const since = this.#turns.get(turnId)?.seq ?? 0;
    const turns = [...this.#turns.values()].filter(({ seq }) => seq >= since);
    return new Set(turns.flatMap(({ named }) => [...named]));
  }

  get #out(): Rewound {
    this.#rewound ??= rewoundBy(this.#marks);
    return this.#rewound;
  }

  #putBackAt(moment: Moment): Gap["putBack"] {
    if (moment.type !== "rewind") return null;
    const tree = this.treeOf(moment.line.update);
    return tree === null ? null : { paths: moment.line.update.files.done, tree };
  }

  #turnOf({ turnId, seq, at }: SessionEvent): Turn | null {
    if (turnId === undefined) return null;
    const known = this.#turns.get(turnId);
    if (known !== undefined) return known;
    const none = { hasWorked: false, named: new Set<string>(), hasWorkedUnnamed: false, overAt: null };
    const turn: Turn = { turnId, seq, at, ...none };
    this.#turns.set(turnId, turn);
    this.#calls.clear();
    return turn;
  }

  #addMoment(turn: Turn, at: string, { phase, tree, omitted }: Updated<"checkpoint">): void {
    this.#moments.push({ type: phase, turn, tree, omitted, at });
  }

  #noteCall(turn: Turn, update: Updated<"tool_call" | "tool_call_update">): void {
    const known = this.#calls.get(update.toolCallId);
    const kind = update.kind ?? known?.kind ?? "other";
    const paths = update.locations?.map(({ path }) => path) ?? known?.paths ?? [];
    this.#calls.set(update.toolCallId, { kind, paths });
    if (!mayChangeFiles(kind, update.status)) return;
    turn.hasWorked = true;
    const isNamed = namingKinds.has(kind) && paths.length > 0 && !paths.some(isAbsolute);
    if (!isNamed) turn.hasWorkedUnnamed = true;
    else for (const path of paths) turn.named.add(path);
  }

  #addLine(line: RewindLine, mark: RewindMark | null): void {
    this.#lines.push(line);
    if (mark !== null) this.#marks.push(mark);
    this.#rewound = null;
    const { tree } = line.update;
    if (tree !== undefined) this.#moments.push({ type: "rewind", tree, line });
  }

  /** A turn that changed nothing may have ended before its checkpoint: the next one's stands for it. */
  #filesBefore({ seq }: Turn): RewindPlace["files"] {
    const start = this.#moments.find((moment) => moment.type === "start" && moment.turn.seq >= seq);
    const until = start?.type === "start" ? start.turn.seq : Number.POSITIVE_INFINITY;
    const unseen = [...this.#turns.values()].filter((one) => one.seq >= seq && one.seq < until);
    if (unseen.some(({ hasWorked }) => hasWorked)) return "unknown";
    if (start?.type !== "start") return "unchanged";
    return { tree: start.tree, omitted: start.omitted, at: start.at };
  }
}
