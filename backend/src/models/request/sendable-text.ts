/** Text that any JSON reader takes: no lone surrogates and no NUL, in plain text and inside JSON alike. */
import { isObject, isShallow, type JsonObject, parseJson } from "../stream/json-value.ts";

const unsendable = /\p{Cs}|\0/gu;
const escapedUnsendable = /\\u(?:d[89a-f][0-9a-f]{2}|0000)/i;

/** What lies deeper was never meant as arguments. */
const deepestArguments = 100;

/** Removes halves of surrogate pairs and NUL characters. */
export function sendableText(text: string): string {
  return text.replace(unsendable, "");
}

/** The same value with all its names and texts sendable. */
export function sendableJson(value: unknown): unknown {
  if (typeof value === "string") return sendableText(value);
  if (Array.isArray(value)) return value.map(sendableJson);
  return isObject(value) ? sendableObject(value) : value;
}

/** The same for an object, which stays one. */
export function sendableObject(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object).map(([name, held]) => [sendableText(name), sendableJson(held)]),
  );
}

/** Arguments as they may be sent again: a JSON object, byte for byte as it came where that is one, else `{}`. */
export function sendableArguments(text: string): string {
  const json = objectIn(text);
  if (json === null) return "{}";
  if (!escapedUnsendable.test(text) && sendableText(text) === text) return text;
  return isShallow(json, deepestArguments) ? JSON.stringify(sendableObject(json)) : "{}";
}

function objectIn(text: string): JsonObject | null {
  const json = parseJson(text);
  return isObject(json) ? json : null;
}
