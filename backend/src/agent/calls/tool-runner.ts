/** Runs the calls of one model response: read-only ones beside each other, the others in order. Each gets exactly one result. */
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import type { AgentParts, AgentTurn } from "../agent-turn.ts";
import type { ModelTool } from "../model.ts";
import { mostCalls, type PreparedCall, prepareCall } from "./call-preparation.ts";
import { type CallResult, callFailure, callWords } from "./call-result.ts";
import { type CallEnd, runCall } from "./call-run.ts";
import type { CallServices } from "./call-services.ts";
import { type RepeatedCalls, repeatLimits, repeatReminder } from "./repeated-calls.ts";

/** The calls of one model response. */
export interface ResponseCalls {
  readonly calls: readonly ModelCallMeta[];
  readonly stepId: string;
  /** What stands before the number in the calls' own ids; absent: `c`. */
  readonly mark?: string;
  /** What the model could choose from; the others of the book run all the same. */
  readonly offered: readonly ModelTool[];
  readonly repeated: RepeatedCalls;
  readonly services: CallServices;
  /** False on the turn's last step: the calls are answered, not run. */
  readonly canRun: boolean;
}

/** continue: the model is to be told. refused: a person said no. stop: the model goes in circles. */
export type RunEnd = "continue" | "refused" | "stop" | "not_saving";

const parallelLimit = 8;
/** Fewer than other calls, since a person has to read them. */
const mostQuestions = 5;

/** Emits each call, then its result; resolves when all have one. Rejects only when emitting does. */
export async function runCalls(turn: AgentTurn, parts: AgentParts, response: ResponseCalls): Promise<RunEnd> {
  const known = { tools: parts.tools, offered: response.offered };
  const prepared = response.calls.map((call, index) =>
    prepareCall(known, call, `${response.stepId}-${response.mark ?? "c"}${index + 1}`),
  );
  for (const call of prepared) emitCall(turn, response.stepId, call);
  const run = new ResponseRun(turn, parts, { ...response, prepared, surplus: surplusOf(prepared) });
  for (const group of groups(prepared)) await inParallel(group, (call) => run.make(call));
  return run.finish();
}

interface PreparedResponse extends ResponseCalls {
  readonly prepared: readonly PreparedCall[];
  /** More than a response may make. */
  readonly surplus: ReadonlySet<PreparedCall>;
}

function surplusOf(prepared: readonly PreparedCall[]): ReadonlySet<PreparedCall> {
  const questions = prepared.filter((call) => call.type === "ready" && call.tool.name === "ask");
  return new Set([...prepared.slice(mostCalls), ...questions.slice(mostQuestions)]);
}

/** One response's calls on their way: each is answered once, and what one of them ends is ended for the rest. */
class ResponseRun {
  readonly #turn: AgentTurn;
  readonly #parts: AgentParts;
  readonly #response: PreparedResponse;
  #end: RunEnd = "continue";
  /** What the calls that are still to come are answered with; null: they are made. */
  #notRun: CallResult | null;

  constructor(turn: AgentTurn, parts: AgentParts, response: PreparedResponse) {
    this.#turn = turn;
    this.#parts = parts;
    this.#response = response;
    this.#notRun = response.canRun ? null : callFailure("not_started", callWords.lastStep);
  }

  async make(call: PreparedCall): Promise<void> {
    const hasStopped = this.#turn.signal.aborted || this.#notRun !== null || this.#response.surplus.has(call);
    const { result, next } = await this.#callEnd(call);
    if (next === "stop") this.#stop("refused", callWords.refusedEarlier);
    if (next === "not_saving") this.#stop("not_saving", callWords.notSaved);
    const counts = !hasStopped && next === "continue" && !this.#turn.signal.aborted;
    const told = counts ? this.#withRepeats(call, result) : result;
    emitResult(this.#turn, this.#response.stepId, { call, result: told });
  }

  /** Call once, when all are made. */
  finish(): RunEnd {
    const { repeated, prepared } = this.#response;
    const alternates = repeated.endStep();
    if (!alternates || this.#end !== "continue" || this.#turn.signal.aborted) return this.#end;
    this.#tellRepeats(prepared.at(-1)?.call.name ?? "", repeatLimits.stop);
    return "stop";
  }

  #stop(reason: RunEnd, rest: string): void {
    this.#end = reason;
    this.#notRun = callFailure("cancelled", rest);
  }

  async #callEnd(call: PreparedCall): Promise<CallEnd> {
    const { stepId, services } = this.#response;
    const result = this.#resultWithoutRun(call);
    if (result !== null) return { result, next: "continue" };
    if (call.type === "invalid")
      return { result: callFailure("invalid_input", call.message), next: "continue" };
    return runCall(this.#turn, this.#parts, { call, stepId, services });
  }

  #resultWithoutRun(call: PreparedCall): CallResult | null {
    if (this.#turn.signal.aborted) return callFailure("cancelled", callWords.turnStopped);
    if (this.#notRun !== null) return this.#notRun;
    return this.#response.surplus.has(call) ? callFailure("not_started", callWords.tooMany) : null;
  }

  #withRepeats({ call }: PreparedCall, result: CallResult): CallResult {
    const made = { name: call.name, arguments: call.arguments, result: result.text };
    const count = this.#response.repeated.count(made);
    if (count < repeatLimits.remind) return result;
    if (count >= repeatLimits.stop && this.#end === "continue") {
      this.#tellRepeats(call.name, count);
      this.#stop("stop", callWords.repeatedEarlier);
    }
    return { ...result, text: result.text + repeatReminder(count) };
  }

  #tellRepeats(tool: string, count: number): void {
    const { stepId } = this.#response;
    this.#turn.emit({ sessionUpdate: "notice", code: "repeated_call", data: { tool, count } }, { stepId });
  }
}

/** Neighbouring calls that may run beside each other; what cannot run at all is in nobody's way. */
function groups(calls: readonly PreparedCall[]): PreparedCall[][] {
  const result: PreparedCall[][] = [];
  for (const call of calls) {
    const last = result.at(-1);
    if (last?.every(isReadOnly) && isReadOnly(call)) last.push(call);
    else result.push([call]);
  }
  return result;
}

function isReadOnly(call: PreparedCall): boolean {
  return call.type === "invalid" || call.tool.readOnly;
}

async function inParallel<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const waiting = [...items];
  const work = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await run(item);
  };
  await Promise.all(Array.from({ length: Math.min(parallelLimit, items.length) }, work));
}

function emitCall(turn: AgentTurn, stepId: string, prepared: PreparedCall): void {
  const { toolCallId, title, kind, rawInput, call } = prepared;
  const input = rawInput === undefined ? {} : { rawInput };
  const facts = { toolCallId, title, kind, status: "pending", ...input, _meta: { model: call } } as const;
  turn.emit({ sessionUpdate: "tool_call", ...facts }, { stepId });
}

function emitResult(turn: AgentTurn, stepId: string, made: { call: PreparedCall; result: CallResult }): void {
  const { status, text, content, output, locations, images = [], sameAs } = made.result;
  const update = {
    toolCallId: made.call.toolCallId,
    status,
    content: [
      ...content,
      ...images.map((image) => ({ type: "content" as const, content: image })),
      { type: "content" as const, content: { type: "text" as const, text } },
    ],
    ...(locations === null ? {} : { locations: [...locations] }),
    ...(output === null ? {} : { rawOutput: output }),
    ...(sameAs === undefined ? {} : { _meta: { sameAs } }),
  };
  turn.emit({ sessionUpdate: "tool_call_update", ...update }, { stepId });
}
