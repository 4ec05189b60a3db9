/** Reads the shapes in which endpoints say what is wrong: a list, `error` as object or text, flat, `detail`, `errors`, MiniMax's own. */
import { asArray, asNumber, asObject, asText, isObject, type JsonObject } from "../stream/json-value.ts";

export interface ErrorBody {
  readonly error: JsonObject | null;
  /** What it says, on one line; null: nothing for people to read. */
  readonly message: string | null;
  /** The status that the body itself names; null: none. */
  readonly status: number | null;
  /** Codes, types and words in one lower-case text, to look for names in. */
  readonly words: string;
}

/** Of each of its names: what tells an error stands at its beginning. */
const longestWords = 2_000;

export function errorBody(value: unknown): ErrorBody {
  const outer = asObject(Array.isArray(value) ? value[0] : value);
  const inner = asObject(outer?.error) ?? asObject(asArray(outer?.errors)[0]) ?? outer;
  const base = asObject(outer?.base_resp);
  const message = messageOf(outer, inner);
  const code = inner?.code ?? base?.status_code ?? inner?.status ?? null;
  const names = [code, inner?.type, inner?.status, asObject(inner?.innererror)?.code];
  const known = vendorCodes.get(`${base === null ? "" : "minimax "}${String(code)}`);
  return {
    error: inner,
    message: message === null ? null : shortened(message),
    status: asStatus(code),
    words: [...names.filter((name) => typeof name === "string"), known, message]
      .map((part) => part?.slice(0, longestWords))
      .join(" ")
      .toLowerCase(),
  };
}

/** Numbers that say nothing by themselves, in the words that others use: MiniMax's and Z.ai's. */
const vendorCodes: ReadonlyMap<string, string> = new Map([
  ["minimax 1002", "rate_limit"],
  ["minimax 1004", "authentication"],
  ["minimax 1008", "insufficient_balance"],
  ["minimax 1026", "content_filter"],
  ["minimax 1027", "content_filter"],
  ["minimax 1039", "rate_limit"],
  ["minimax 2013", "invalid_request"],
  ["minimax 2049", "authentication"],
  ["1113", "insufficient_balance"],
  ["1261", "context_length_exceeded"],
  ["1301", "content_filter"],
  ["1302", "rate_limit"],
  ["1303", "rate_limit"],
  ["1305", "rate_limit"],
  ["1308", "insufficient_quota"],
]);

function messageOf(outer: JsonObject | null, inner: JsonObject | null): string | null {
  const said =
    asText(outer?.error) ??
    asText(inner?.message) ??
    asText(asObject(outer?.base_resp)?.status_msg) ??
    detailText(inner?.detail) ??
    asText(inner?.error_description);
  const raw = rawText(asObject(inner?.metadata)?.raw);
  const param = asText(inner?.param);
  const parts = [withParameter(said, param), raw !== null && said?.includes(raw) ? null : raw];
  return asText(parts.filter((part) => part !== null).join(": "));
}

function withParameter(said: string | null, param: string | null): string | null {
  return said === null || param === null || said.includes(param) ? said : `${said} (${param})`;
}

/** OpenRouter passes on what its provider said, as text or as JSON. */
function rawText(raw: unknown): string | null {
  return asText(raw) ?? (isObject(raw) ? messageOf(raw, asObject(raw.error) ?? raw) : null);
}

/** FastAPI says where in the body: without that, its words mean nothing. */
function detailText(detail: unknown): string | null {
  const list = asArray(detail).map((item) => {
    const object = asObject(item);
    const place = asArray(object?.loc).filter((name) => name !== "body");
    const said = asText(object?.msg);
    return said === null || place.length === 0 ? said : `${place.join(".")}: ${said}`;
  });
  return asText(detail) ?? asText(asObject(detail)?.message) ?? asText(list.filter(Boolean).join("; "));
}

function asStatus(code: unknown): number | null {
  const number = asNumber(code);
  return number !== null && Number.isInteger(number) && number >= 400 && number <= 599 ? number : null;
}

/** Words of a body that is no JSON; null when it is empty or a web page. */
export function plainText(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === "" || /^[<{[]/.test(trimmed) ? null : shortened(trimmed);
}

/** On one line, of a length that can be shown. */
export function shortened(text: string): string {
  const line = text.replace(/\p{Cc}+/gu, " ").trim();
  return line.length <= 600 ? line : `${line.slice(0, 599)}…`;
}
