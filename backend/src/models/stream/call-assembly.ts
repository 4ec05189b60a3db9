/**
 * Puts tool calls together from their fragments. Endpoints leave out, repeat or reuse indexes, ids and names, so the rules are:
 * a fragment continues the call that it can only belong to, and begins a new one when it shows a name and a fresh start.
 */
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import { asNumber, asObject, asText, isObject, parseJson } from "./json-value.ts";

/** Bounds on what one response may make us keep. */
const callLimits = { calls: 128, argumentCharacters: 1_000_000, idCharacters: 200 } as const;

/** Stands for arguments that were too long to keep: no JSON, so that the call is refused and the model is told. */
const droppedArguments = `(arguments of more than ${callLimits.argumentCharacters} characters were dropped)`;

interface OpenCall {
  readonly index: number | null;
  id: string | null;
  name: string;
  arguments: string;
  isTooLong: boolean;
}

interface Fragment {
  readonly index: number | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly text: string;
}

/** The calls of one response, in the making. */
export class CallAssembly {
  readonly #calls: OpenCall[] = [];

  get count(): number {
    return this.#calls.length;
  }

  /** Takes one element of `tool_calls` (or a `function_call`): a part of a call that is known, or the beginning of a new one. */
  add(value: unknown): void {
    const fragment = readFragment(value);
    if (fragment === null) return;
    const found = this.#ownerOf(fragment);
    if (found !== null) return extend(found, fragment);
    if (this.#calls.length >= callLimits.calls) return;
    const call: OpenCall = {
      index: fragment.index,
      id: fragment.id,
      name: "",
      arguments: "",
      isTooLong: false,
    };
    this.#calls.push(call);
    extend(call, fragment);
  }

  /** Complete calls in order, under the endpoint's own ids: "" where it gave none, twice where it gave one twice. */
  finish(): ModelCallMeta[] {
    return this.#ordered().map((call) => {
      const written = call.isTooLong ? droppedArguments : call.arguments;
      return { id: call.id ?? "", name: call.name, arguments: written };
    });
  }

  #ordered(): readonly OpenCall[] {
    const hasIndexes = this.#calls.every((call) => call.index !== null);
    return hasIndexes ? [...this.#calls].sort((a, b) => (a.index ?? 0) - (b.index ?? 0)) : this.#calls;
  }

  /** The call that a fragment continues, or null: it begins a new one. */
  #ownerOf(fragment: Fragment): OpenCall | null {
    const { id, index, name } = fragment;
    const byId = id === null ? undefined : this.#calls.findLast((call) => call.id === id);
    if (byId !== undefined) return this.#continuesById(byId, fragment) ? byId : null;
    const byIndex = index === null ? undefined : this.#calls.findLast((call) => call.index === index);
    if (byIndex !== undefined) return startsAnew(byIndex, fragment) ? null : byIndex;
    if (name !== null) return null;
    return index === null ? (this.#calls.at(-1) ?? null) : null;
  }

  #continuesById(call: OpenCall, { index, name, text }: Fragment): boolean {
    if (name === null) return true;
    if (index !== null && index !== call.index) return false;
    return !(isComplete(call.arguments) && text.trimStart().startsWith("{"));
  }
}

/** Under the index of a known call: a name with a fresh object is another call, anything else goes on. */
function startsAnew(call: OpenCall, { id, name, text }: Fragment): boolean {
  if (name === null) return false;
  if (call.arguments.trim() === "") return call.name !== "" && name !== call.name;
  const isFresh = text.trimStart().startsWith("{");
  if (isFresh && id !== null) return true;
  return (isFresh || text.trim() === "") && isComplete(call.arguments);
}

function isComplete(text: string): boolean {
  return text.trimEnd().endsWith("}") && isObject(parseJson(text));
}

function extend(call: OpenCall, fragment: Fragment): void {
  call.id ??= fragment.id;
  if (call.name === "" && fragment.name !== null) call.name = fragment.name;
  if (call.isTooLong) return;
  if (call.arguments.length + fragment.text.length > callLimits.argumentCharacters) {
    call.isTooLong = true;
    call.arguments = "";
    return;
  }
  call.arguments += fragment.text;
}

function readFragment(value: unknown): Fragment | null {
  const object = asObject(value);
  if (object === null) return null;
  const made = asObject(object.function) ?? object;
  const index = asNumber(object.index);
  const id = asText(object.id)?.trim().slice(0, callLimits.idCharacters) ?? "";
  const name = asText(made.name)?.trim().slice(0, callLimits.idCharacters) ?? "";
  return {
    index: index !== null && Number.isInteger(index) ? index : null,
    id: id === "" ? null : id,
    name: name === "" ? null : name,
    text: argumentText(made.arguments),
  };
}

function argumentText(value: unknown): string {
  if (typeof value === "string") return value;
  return value === null || value === undefined ? "" : JSON.stringify(value);
}
