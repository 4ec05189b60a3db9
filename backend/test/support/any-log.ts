/**
 * Logs as sessions write them, for property tests: prompts, edits of the queue, steered words, calls, questions, turns that
 * end, turns that a crash interrupts, compactions, rewinds of turns and undos of both, and places of lines that only a later version knows. Each word in them is said once.
 */
import fc from "fast-check";
import type { ContentBlock } from "../../src/protocol/content.ts";
import type { PermissionRequest } from "../../src/protocol/permission.ts";
import type { QueuedPrompt } from "../../src/protocol/session.ts";
import type { Actor, SessionEvent, SessionUpdate } from "../../src/protocol/session-update.ts";

const devices: readonly Actor[] = [
  { kind: "device", id: "d1", name: "Phone" },
  { kind: "device", id: "d2", name: "Desk" },
];
const deliveries = ["queue", "steer", "interrupt"] as const;

interface OpenCall {
  readonly toolCallId: string;
  isAsking: boolean;
}

interface Turn {
  readonly turnId: string;
  readonly promptId: string;
  step: number;
  message: number;
  /** The model has made its calls: what it says next belongs to the next step. */
  hasCalled: boolean;
  calls: OpenCall[];
}

/** One session's log in the making; each move adds what a session would write for it. */
class LogScript {
  readonly events: SessionEvent[] = [];
  #seq = 0;
  #count = 0;
  #turn: Turn | null = null;
  #queue: readonly QueuedPrompt[] = [];
  /** Turns that can be gone back to, by the seq right before them. */
  readonly #turns: { readonly turnId: string; readonly keepThrough: number }[] = [];
  /** What can be taken back. */
  readonly #undoable: number[] = [];

  constructor() {
    this.#add({
      sessionUpdate: "session_created",
      formatVersion: 1,
      sessionId: "session-1",
      project: { id: "p1", name: "app", path: "/app" },
      engine: "test",
      model: null,
      mode: "ask",
      title: null,
      requestDigest: "digest",
    });
  }

  /** Makes one of the moves that are possible now. */
  move(choice: number, pick: number): void {
    const group = [this.#ofTurn(pick), this.#ofTurn(pick), this.#ofQueue(pick), this.#always(pick)];
    const moves = group[choice % group.length] ?? [];
    const step = Math.floor(choice / group.length);
    (moves[step % Math.max(1, moves.length)] ?? (() => this.#start(pick)))();
  }

  #always(pick: number): (() => void)[] {
    return [
      () => this.#send(pick),
      () => this.#send(pick),
      () => {
        this.#seq += 1 + (pick % 2);
      },
      () => this.#add({ sessionUpdate: "session_info_update", title: this.#word("t") }),
      () =>
        this.#add({ sessionUpdate: "current_mode_update", currentModeId: pick % 2 === 0 ? "plan" : "edit" }),
      () => this.#add({ sessionUpdate: "notice", code: "model_retry", data: { attempt: pick % 5 } }),
      ...(this.#turn === null ? this.#betweenTurns(pick) : []),
    ];
  }

  #betweenTurns(pick: number): (() => void)[] {
    const turn = this.#turns[pick % Math.max(1, this.#turns.length)];
    const undoes = this.#undoable[pick % Math.max(1, this.#undoable.length)];
    return [
      () => this.#compact(),
      ...(turn === undefined ? [] : [() => this.#rewind(turn, pick), () => this.#rewind(turn, pick)]),
      ...(undoes === undefined ? [] : [() => this.#undo(undoes, pick), () => this.#undo(undoes, pick)]),
    ];
  }

  #compact(): void {
    const compactionId = this.#word("k");
    const compaction = { sessionUpdate: "compaction_update", compactionId, trigger: "manual" } as const;
    this.#add({ ...compaction, status: "in_progress" });
    this.#add({ ...compaction, status: "completed", summary: this.#word("s") });
    this.#undoable.push(this.#seq);
  }

  #rewind({ turnId, keepThrough }: { turnId: string; keepThrough: number }, pick: number): void {
    const scope = (["both", "conversation", "files"] as const)[pick % 3] ?? "both";
    this.#add({
      sessionUpdate: "rewind",
      rewindId: this.#word("w"),
      scope,
      turnId,
      keepThrough: scope === "files" ? null : keepThrough,
      files: { done: scope === "conversation" ? [] : ["a.ts"], skipped: [] },
    });
    this.#undoable.push(this.#seq);
  }

  #undo(undoes: number, pick: number): void {
    const files = { done: pick % 2 === 0 ? ["a.ts"] : [], skipped: [] };
    const rewindId = this.#word("w");
    const undo = { scope: "both", turnId: null, keepThrough: null, files, undoes } as const;
    this.#add({ sessionUpdate: "rewind", rewindId, ...undo });
    this.#undoable.push(this.#seq);
  }

  #ofQueue(pick: number): (() => void)[] {
    const prompt = this.#queue[pick % Math.max(1, this.#queue.length)];
    if (prompt === undefined) return [];
    const { promptId } = prompt;
    const others = this.#queue.filter((other) => other !== prompt);
    return [
      () => this.#requeue([...others, prompt]),
      () => this.#requeue(others),
      () => {
        const content = this.#content("u", pick);
        this.#requeue(
          this.#queue.map((other) => (other === prompt ? { ...other, content } : other)),
          {
            edited: { promptId, content },
          },
        );
      },
      () => {
        const delivery = pick % 2 === 0 ? "steer" : "interrupt";
        this.#requeue([{ ...prompt, delivery }, ...others], { now: { promptId, delivery } });
      },
    ];
  }

  #ofTurn(pick: number): (() => void)[] {
    const turn = this.#turn;
    if (turn === null) return [];
    const call = turn.calls[pick % Math.max(1, turn.calls.length)];
    const rest =
      call === undefined
        ? [
            () => this.#steer(turn),
            () => this.#steer(turn),
            ...(pick % 2 === 0 ? [() => this.#end(turn, pick)] : []),
          ]
        : this.#ofCall(turn, call, pick);
    return [
      ...rest,
      ...(call === undefined ? [() => this.#say(turn, pick), () => this.#say(turn, pick)] : []),
      () => this.#call(turn),
      ...(pick % 5 === 0 ? [() => this.#crash(turn)] : []),
      () =>
        this.#inTurn({ sessionUpdate: "usage_update", used: 1, size: 9, inputTokens: 2, outputTokens: 1 }),
      () =>
        this.#inTurn({
          sessionUpdate: "checkpoint",
          checkpointId: this.#word("k"),
          phase: pick % 2 === 0 ? "start" : "end",
          tree: "tree",
          omitted: [],
          ...(pick % 2 === 0 ? {} : { changes: { files: [], fileCount: 1, added: pick, removed: 0 } }),
        }),
    ];
  }

  #ofCall(turn: Turn, call: OpenCall, pick: number): (() => void)[] {
    const { toolCallId } = call;
    return [
      () => this.#inTurn({ sessionUpdate: "tool_call_update", toolCallId, status: "in_progress" }),
      () => this.#output(toolCallId, pick),
      () => this.#output(toolCallId, pick),
      () => (call.isAsking ? this.#answer(turn, call, pick) : this.#ask(turn, call)),
      () => this.#finish(turn, call, pick % 3 === 0 ? "failed" : "completed"),
      () => this.#finish(turn, call, "completed"),
    ];
  }

  #send(pick: number): void {
    const prompt = {
      promptId: `prompt-${++this.#count}`,
      content: pick % 11 === 0 ? [] : this.#content("u", pick),
      delivery: deliveries[pick % 3] ?? "queue",
    };
    this.#queue = [...this.#queue, prompt];
    this.#add({ sessionUpdate: "prompt_queued", ...prompt }, devices[pick % 2]);
    const others = this.#queue.slice(0, -1);
    if (prompt.delivery === "interrupt") this.#requeue([prompt, ...others]);
  }

  #requeue(
    queue: readonly QueuedPrompt[],
    change: Omit<
      Extract<SessionUpdate, { sessionUpdate: "queue_update" }>,
      "sessionUpdate" | "promptIds"
    > = {},
  ): void {
    this.#queue = queue;
    const promptIds = queue.map((prompt) => prompt.promptId);
    this.#add({ sessionUpdate: "queue_update", promptIds, ...change }, devices[1]);
  }

  /** When a turn runs, or there is no prompt, another one is sent. */
  #start(pick: number): void {
    const [prompt, ...others] = this.#queue;
    if (prompt === undefined || this.#turn !== null) return this.#send(pick);
    this.#queue = others;
    const { promptId } = prompt;
    this.#turn = {
      turnId: `turn-${++this.#count}`,
      promptId,
      step: 1,
      message: 0,
      hasCalled: false,
      calls: [],
    };
    this.#turns.push({ turnId: this.#turn.turnId, keepThrough: this.#seq });
    this.#inTurn({ sessionUpdate: "state_update", state: "running", promptId });
    this.#enter(prompt);
  }

  #steer(turn: Turn): void {
    const steered = this.#queue.filter(({ delivery, content }) => delivery === "steer" && content.length > 0);
    this.#queue = this.#queue.filter((prompt) => !steered.includes(prompt));
    for (const prompt of steered) this.#enter(prompt);
    this.#nextStep(turn);
  }

  #enter({ promptId, content }: QueuedPrompt): void {
    for (const block of content)
      this.#inTurn({ sessionUpdate: "user_message_chunk", messageId: promptId, content: block });
  }

  #say(turn: Turn, pick: number): void {
    if (turn.hasCalled) this.#nextStep(turn);
    if (pick % 4 === 0) turn.message += 1;
    const messageId = `${this.#stepId(turn)}-m${turn.message}`;
    const sessionUpdate = pick % 3 === 0 ? "agent_thought_chunk" : "agent_message_chunk";
    const content = text(this.#word(sessionUpdate === "agent_message_chunk" ? "a" : "h"));
    this.#inTurn({ sessionUpdate, messageId, content }, this.#stepId(turn));
  }

  #call(turn: Turn): void {
    if (turn.hasCalled && turn.calls.length === 0) this.#nextStep(turn);
    turn.hasCalled = true;
    const toolCallId = `call-${++this.#count}`;
    turn.calls.push({ toolCallId, isAsking: false });
    const model = { id: `v${this.#count % 3}`, name: "shell", arguments: '{"command":"x"}' };
    this.#inTurn(
      {
        sessionUpdate: "tool_call",
        toolCallId,
        title: "x",
        kind: "execute",
        status: "pending",
        _meta: { model },
      },
      this.#stepId(turn),
    );
  }

  #output(toolCallId: string, pick: number): void {
    const stream = pick % 2 === 0 ? "stdout" : "stderr";
    const skipped = pick % 5 === 0 ? { skippedBytes: pick } : {};
    this.#inTurn({
      sessionUpdate: "tool_output_chunk",
      toolCallId,
      stream,
      text: this.#word("o"),
      ...skipped,
    });
  }

  #ask(turn: Turn, call: OpenCall): void {
    call.isAsking = true;
    this.#inTurn({ sessionUpdate: "request_permission", ...question(call.toolCallId) });
    this.#inTurn({ sessionUpdate: "state_update", state: "requires_action", promptId: turn.promptId });
  }

  #answer(turn: Turn, call: OpenCall, pick: number): void {
    call.isAsking = false;
    const grant = pick % 3 === 0 ? { grant: { scope: "session" as const } } : {};
    const kind = pick % 3 === 0 ? "allow_always" : "allow_once";
    this.#inTurn({
      sessionUpdate: "permission_outcome",
      requestId: `question-${call.toolCallId}`,
      toolCallId: call.toolCallId,
      outcome: { outcome: "selected", optionId: "o", kind, ...grant },
    });
    if (!turn.calls.some(({ isAsking }) => isAsking))
      this.#inTurn({ sessionUpdate: "state_update", state: "running", promptId: turn.promptId });
  }

  #finish(turn: Turn, call: OpenCall, status: "completed" | "failed"): void {
    const { toolCallId } = call;
    if (call.isAsking) this.#cancel(call);
    turn.calls = turn.calls.filter((other) => other !== call);
    const content = [{ type: "content" as const, content: text(this.#word("r")) }];
    this.#inTurn({ sessionUpdate: "tool_call_update", toolCallId, status, content }, this.#stepId(turn));
  }

  #cancel(call: OpenCall): void {
    call.isAsking = false;
    this.#inTurn({
      sessionUpdate: "permission_outcome",
      requestId: `question-${call.toolCallId}`,
      toolCallId: call.toolCallId,
      outcome: { outcome: "cancelled", reason: "turn_ended" },
    });
  }

  #end(turn: Turn, pick: number): void {
    const stopReason = pick % 2 === 0 ? "end_turn" : "cancelled";
    this.#inTurn({ sessionUpdate: "state_update", state: "idle", promptId: turn.promptId, stopReason });
    this.#turn = null;
  }

  /** The process is gone; the next one closes what it finds open. */
  #crash(turn: Turn): void {
    for (const call of [...turn.calls]) this.#finish(turn, call, "failed");
    this.#inTurn({ sessionUpdate: "state_update", state: "interrupted", promptId: turn.promptId });
    this.#turn = null;
  }

  #nextStep(turn: Turn): void {
    turn.step += 1;
    turn.message = 0;
    turn.hasCalled = false;
  }

  #stepId(turn: Turn): string {
    return `${turn.turnId}-s${turn.step}`;
  }

  #content(kind: string, pick: number): ContentBlock[] {
    return Array.from({ length: 1 + (pick % 3) }, () => text(this.#word(kind)));
  }

  #word(kind: string): string {
    return `${kind}${++this.#count}. `;
  }

  #inTurn(update: SessionUpdate, stepId?: string): void {
    const turnId = this.#turn?.turnId;
    const place = {
      ...(turnId === undefined ? {} : { turnId }),
      ...(stepId === undefined ? {} : { stepId }),
    };
    this.#place(update, place);
  }

  #add(update: SessionUpdate, by: Actor | undefined = devices[0]): void {
    this.#place(update, by === undefined ? {} : { by });
  }

  #place(update: SessionUpdate, place: Partial<SessionEvent>): void {
    const seq = ++this.#seq;
    const at = new Date(Date.UTC(2026, 0, 5) + seq * 1_000).toISOString();
    this.events.push({ seq, at, ...place, update });
  }
}

function text(words: string): ContentBlock & { type: "text" } {
  return { type: "text", text: words };
}

function question(toolCallId: string): PermissionRequest {
  return {
    requestId: `question-${toolCallId}`,
    toolCallId,
    subject: { type: "command", command: "x", cwd: "." },
    content: [],
    reach: [],
    dangerous: false,
    options: [{ optionId: "o", kind: "allow_once", name: "Allow" }],
    digest: "d",
  };
}

/** A log that one session wrote. */
export const anySessionLog: fc.Arbitrary<SessionEvent[]> = fc
  .array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { maxLength: 90, size: "max" })
  .map((moves) => {
    const script = new LogScript();
    for (const [choice, pick] of moves) script.move(choice, pick);
    return script.events;
  });

/** Such a log of which any lines, but the first, can no longer be read. */
export const anyDamagedLog: fc.Arbitrary<SessionEvent[]> = fc
  .tuple(anySessionLog, fc.array(fc.nat(200), { maxLength: 12 }))
  .map(([events, lost]) => events.filter((_, index) => index === 0 || !lost.includes(index)));
