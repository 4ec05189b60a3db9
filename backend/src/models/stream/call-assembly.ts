/**
 * Puts tool calls together from their fragments. Endpoints leave out, repeat or reuse indexes, ids and names, so the rules are:
 * a fragment continues the call that it can only belong to, and begins a new one when it shows a name and a fresh start.
 */
import type { ModelCallMeta } from "../../protocol/tool-call.ts";
import { JsonScan } from "./json-scan.ts";
import { asNumber, asObject, asText, isObject, isShallow, type JsonObject } from "./json-value.ts";

/** Bounds on what one response may make us keep. */
const callLimits = {
  calls: 128,
  argumentCharacters: 1_000_000,
  /** Of all calls together. */
  totalCharacters: 4_000_000,
  idCharacters: 200,
  extraCharacters: 256_000,
  depth: 64,
} as const;

/** Stands for arguments that were too long or too deep to keep: no JSON, so that the call is refused and the model is told. */
const droppedArguments = `(arguments of more than ${callLimits.argumentCharacters} characters were dropped)`;

interface OpenCall {
  readonly index: number | null;
  id: string | null;
  name: string;
  arguments: string;
  readonly scan: JsonScan;
  isTooLong: boolean;
  extra: JsonObject | null;
}

interface Fragment {
  readonly index: number | null;
  readonly id: string | null;
  readonly name: string | null;
  readonly text: string;
  readonly extra: JsonObject | null;
}

/** The calls of one response, in the making. */
export class CallAssembly {
  readonly #calls: OpenCall[] = [];
  #characters = 0;

  get count(): number {
    return this.#calls.length;
  }

  /** Takes one element of `tool_calls` (or a `function_call`): a part of a call that is known, or the beginning of a new one. */
  add(value: unknown): void {
    const fragment = readFragment(value);
    if (fragment === null) return;
    const found = this.#ownerOf(fragment);
    if (found !== null) return this.#extend(found, fragment);
    if (this.#calls.length >= callLimits.calls) return;
    const call: OpenCall = {
      index: fragment.index,
      id: fragment.id,
      name: "",
      arguments: "",
      scan: new JsonScan(),
      isTooLong: false,
      extra: null,
    };
    this.#calls.push(call);
    this.#extend(call, fragment);
  }

  /** Complete calls in order, under the endpoint's own ids: "" where it gave none, twice where it gave one twice. */
  finish(): ModelCallMeta[] {
    return this.#ordered().map((call) => {
      const written = call.isTooLong ? droppedArguments : call.arguments;
      const made = { id: call.id ?? "", name: call.name, arguments: written };
      return call.extra === null ? made : { ...made, extra: { ...call.extra } };
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
    if (name !== null || index !== null) return null;
    const unfinished = this.#calls.filter((call) => !call.scan.isComplete);
    return (unfinished.length === 1 ? unfinished[0] : this.#calls.at(-1)) ?? null;
  }

  #continuesById(call: OpenCall, { index, name, text }: Fragment): boolean {
    if (name === null) return true;
    if (index !== null && index !== call.index) return false;
    return !(call.scan.isComplete && text.trimStart().startsWith("{"));
  }

  #extend(call: OpenCall, fragment: Fragment): void {
    call.id ??= fragment.id;
    call.extra = fragment.extra ?? call.extra;
    if (call.name === "" && fragment.name !== null) call.name = fragment.name;
    if (call.isTooLong) return;
    this.#characters += fragment.text.length;
    const isTooLong = call.arguments.length + fragment.text.length > callLimits.argumentCharacters;
    if (isTooLong || this.#characters > callLimits.totalCharacters) {
      call.isTooLong = true;
      call.arguments = "";
      return;
    }
    call.arguments += fragment.text;
    call.scan.take(fragment.text);
  }
}

/** Under the index of a known call: a name with a fresh object is another call, anything else goes on. */
function startsAnew(call: OpenCall, { id, name, text }: Fragment): boolean {
  if (name === null) return false;
  if (call.arguments.trim() === "") return call.name !== "" && name !== call.name;
  const isFresh = text.trimStart().startsWith("{");
  if (isFresh && id !== null) return true;
  return (isFresh || text.trim() === "") && call.scan.isComplete;
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
    extra: extraOf(object.extra_content),
  };
}

/** What stands beside a call and must be sent back with it: Gemini's thought signature. */
function extraOf(content: unknown): JsonObject | null {
  if (!isObject(content) || !isShallow(content, callLimits.depth)) return null;
  return JSON.stringify(content).length > callLimits.extraCharacters ? null : { extra_content: content };
}

function argumentText(value: unknown): string {
  if (typeof value === "string") return value;
  if (value === null || value === undefined) return "";
  return isShallow(value, callLimits.depth) ? JSON.stringify(value) : droppedArguments;
}
