/** Structured thoughts as they must be sent back: pieces of one block joined, everything else as it came. */
import { asArray, asNumber, asText, isObject, isShallow, type JsonObject } from "./json-value.ts";

const limits = { blocks: 2_000, characters: 2_000_000, depth: 32 } as const;
/** The fields of a block that arrive in pieces. */
const pieceFields = ["text", "summary"] as const;

/** The blocks of one response, in the making. Too much is dropped whole: a part of it would be refused. */
export class ReasoningDetails {
  readonly #blocks: Record<string, unknown>[] = [];
  #characters = 0;
  #isTooMuch = false;

  add(details: unknown): void {
    for (const detail of asArray(details)) if (isObject(detail)) this.#take(detail);
  }

  /** Empty when there are none. */
  finish(): readonly unknown[] {
    return this.#isTooMuch ? [] : this.#blocks;
  }

  #take(detail: JsonObject): void {
    if (this.#isTooMuch) return;
    const isKeepable = isShallow(detail, limits.depth);
    this.#characters += isKeepable ? JSON.stringify(detail).length : limits.characters;
    const last = this.#blocks.at(-1);
    if (isKeepable && last !== undefined && continues(last, detail)) extend(last, detail);
    else if (isKeepable) this.#blocks.push({ ...detail });
    if (this.#characters <= limits.characters && this.#blocks.length <= limits.blocks) return;
    this.#isTooMuch = true;
    this.#blocks.length = 0;
  }
}

/** A block is signed last: what comes after its signature is another one. */
function continues(last: JsonObject, detail: JsonObject): boolean {
  const isSame = last.type === detail.type && asNumber(last.index) === asNumber(detail.index);
  const isOther = asText(last.id) !== null && asText(detail.id) !== null && last.id !== detail.id;
  const isText = pieceFields.some((field) => typeof detail[field] === "string") || "signature" in detail;
  return isSame && !isOther && isText && asText(last.signature) === null && !("data" in detail);
}

function extend(last: Record<string, unknown>, detail: JsonObject): void {
  for (const [name, value] of Object.entries(detail)) {
    const isPiece = pieceFields.some((field) => field === name) && typeof value === "string";
    if (isPiece) last[name] = (asText(last[name]) ?? "") + value;
    else if (value !== null) last[name] = value;
  }
}
