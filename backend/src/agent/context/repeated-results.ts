/** A result that an earlier one says already is told as a pointer to it, for as long as the model sees that one whole. */
import type { History, HistoryCall, HistoryItem } from "../../../../transcript/history.ts";
import { estimateText } from "../room/token-estimate.ts";
import type { EarlierResult } from "../tool.ts";

/** A shorter result is told again: a pointer would save nothing. */
const shortestRepeated = 400;

/** What the log holds in place of such a result, beside the id of the earlier call: numbers change when turns come and go. */
const storedPointer = "Unchanged since an earlier result of the same call.";
const lostPointer = "Unchanged since an earlier result of the same call, which is gone. Make the call again.";

/** What the model is told in its place. */
function pointerTo(number: number): string {
  return `Unchanged since result r${number}: it says the same, and you still see it.`;
}

/** Where an earlier result is looked for. */
export interface RepeatedCall {
  /** The call whose result this is. */
  readonly toolCallId: string;
  readonly text: string;
  /** Items from the first that the model no longer sees whole. */
  readonly shortened: number;
}

/** A pointer to a result of the very same call that says the same and that the model sees whole; null: there is none. */
export function pointerToSame(
  history: History,
  { toolCallId, text, shortened }: RepeatedCall,
): EarlierResult | null {
  if (text.length < shortestRepeated) return null;
  const all = numberedCalls(history);
  const own = all.find(({ call }) => call.toolCallId === toolCallId)?.call;
  if (own === undefined) return null;
  const isShown = ({ call, index }: NumberedCall) =>
    index >= shortened && call.result === text && isTarget(call, own.call);
  const found = all.findLast(isShown)?.call.toolCallId;
  return found === undefined ? null : { text: storedPointer, sameAs: found };
}

/** A step that points, without pointers and with them, and the first item that must be seen whole for it to point. */
export interface PointingStep {
  readonly plain: HistoryItem;
  readonly pointing: HistoryItem;
  readonly pointsTo: number;
}

/** The steps that point, by their place. A result that is cut because it is longer than `longestTokens` is not pointed at. */
export function pointingSteps(history: History, longestTokens: number): ReadonlyMap<number, PointingStep> {
  const steps = new Map<number, PointingStep>();
  let known: CallsById | null = null;
  for (const [index, item] of history.entries()) {
    if (item.type !== "step" || !item.calls.some((call) => wordsBehind(call) !== null)) continue;
    known ??= callsById(history);
    const { targets, plain, pointing } = writtenOut(item, known);
    const found = targets.filter((target) => target !== null);
    const isCut = found.some(({ call }) => resultTokens(call) > longestTokens);
    const pointsTo =
      isCut || found.length === 0
        ? Number.NEGATIVE_INFINITY
        : Math.min(...found.map((target) => target.index));
    steps.set(index, { plain, pointing, pointsTo });
  }
  return steps;
}

/** The result of the call of that number, from 1, with what it points at in place of a pointer; null: there is none. */
export function plainResult(history: History, number: number): string | null {
  const known = callsById(history);
  const call = [...known.values()][number - 1]?.call;
  return call === undefined ? null : plainCall(call, targetOf(call, known)).result;
}

/** What stands behind the pointer of a result that is one; null: it speaks for itself, whatever it looks like. */
function wordsBehind({ result, sameAs }: HistoryCall): string | null {
  if (sameAs === undefined || result === null || !result.startsWith(storedPointer)) return null;
  return result.slice(storedPointer.length);
}

interface NumberedCall {
  readonly call: HistoryCall;
  /** From 1, as results are named. */
  readonly number: number;
  /** Of its step. */
  readonly index: number;
}

/** In the order of the conversation. */
type CallsById = ReadonlyMap<string, NumberedCall>;

function numberedCalls(history: History): NumberedCall[] {
  const calls = history.flatMap((item, index) =>
    item.type === "step" ? item.calls.map((call) => ({ call, index })) : [],
  );
  return calls.map((call, before) => ({ ...call, number: before + 1 }));
}

function callsById(history: History): CallsById {
  return new Map(numberedCalls(history).map((numbered) => [numbered.call.toolCallId, numbered]));
}

/** Null: it is gone, or is none that may be pointed at from here. */
function targetOf(call: HistoryCall, known: CallsById): NumberedCall | null {
  const target = known.get(call.sameAs ?? "");
  const own = known.get(call.toolCallId);
  if (target === undefined || own === undefined || target.number >= own.number) return null;
  return isTarget(target.call, call.call) ? target : null;
}

/** Whether a call has a result of its own that one made with `own` may point at. */
function isTarget(
  { call, status, result, sameAs, images = [] }: HistoryCall,
  own: HistoryCall["call"],
): boolean {
  const isSame = call.name === own.name && call.arguments === own.arguments;
  return isSame && status === "completed" && result !== null && sameAs === undefined && images.length === 0;
}

type Targets = readonly (NumberedCall | null)[];

interface WrittenStep extends Pick<PointingStep, "plain" | "pointing"> {
  readonly targets: Targets;
}

/** Made once for each step as long as what it points at stays where it is, so that what is worked out for an item stays. */
const writtenSteps = new WeakMap<HistoryItem, WrittenStep>();

function writtenOut(item: HistoryItem & { type: "step" }, known: CallsById): WrittenStep {
  const targets = item.calls.map((call) => targetOf(call, known));
  const found = writtenSteps.get(item);
  if (found !== undefined && areSame(found.targets, targets)) return found;
  const callsBy = (write: typeof plainCall) =>
    item.calls.map((call, index) => write(call, targets[index] ?? null));
  const written = {
    targets,
    plain: { ...item, calls: callsBy(plainCall) },
    pointing: { ...item, calls: callsBy(pointingCall) },
  };
  writtenSteps.set(item, written);
  return written;
}

function areSame(before: Targets, now: Targets): boolean {
  return before.every((target, index) => {
    const other = now[index] ?? null;
    return target?.call === other?.call && target?.number === other?.number;
  });
}

function plainCall(call: HistoryCall, target: NumberedCall | null): HistoryCall {
  const behind = wordsBehind(call);
  return behind === null ? call : { ...call, result: (target?.call.result ?? lostPointer) + behind };
}

function pointingCall(call: HistoryCall, target: NumberedCall | null): HistoryCall {
  const behind = wordsBehind(call);
  if (behind === null) return call;
  return { ...call, result: (target === null ? lostPointer : pointerTo(target.number)) + behind };
}

const knownTokens = new WeakMap<HistoryCall, number>();

/** Worked out once for each call: a target is pointed at in every request from then on. */
function resultTokens(call: HistoryCall): number {
  const found = knownTokens.get(call);
  if (found !== undefined) return found;
  const tokens = estimateText(call.result ?? "");
  knownTokens.set(call, tokens);
  return tokens;
}
