/** How long an endpoint asks to wait, from wherever it says so. */
import { asArray, asNumber, asObject, asText, type JsonObject } from "../stream/json-value.ts";

export interface WaitSources {
  readonly headers: Headers | null;
  /** The error's JSON, when it is an object. */
  readonly body: JsonObject | null;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Milliseconds, or null when nothing is said. */
export function retryAfter(sources: WaitSources): number | null {
  const { headers } = sources;
  const found =
    number(headers?.get("retry-after-ms"), 1) ??
    number(headers?.get("x-ratelimit-timeremaining"), 1_000) ??
    number(headers?.get("retry-after"), 1_000) ??
    untilDate(headers?.get("retry-after"), sources.now) ??
    retryInfo(sources.body) ??
    inWords(sources.text);
  return found === null || found < 0 ? null : Math.ceil(found);
}

function number(value: string | null | undefined, unitMs: number): number | null {
  const amount = asNumber(value);
  return amount === null ? null : amount * unitMs;
}

function untilDate(value: string | null | undefined, now: number): number | null {
  const moment = Date.parse(value ?? "");
  return Number.isNaN(moment) ? null : Math.max(0, moment - now);
}

/** Google's `RetryInfo` in an error's details. */
function retryInfo(body: JsonObject | null): number | null {
  const delays = asArray(body?.details).map((detail) => asText(asObject(detail)?.retryDelay));
  return durationMs(delays.find((delay) => delay !== null) ?? "");
}

const duration = String.raw`((?:\d{1,9}(?:\.\d{1,20})?\s{0,3}(?:ms|milliseconds?|h|hours?|m|minutes?|s|seconds?)\s{0,3}){1,6})`;
const waitWords = new RegExp(String.raw`(?:try again in|retry (?:in|after)|wait)\s+${duration}`, "i");

function inWords(text: string): number | null {
  return durationMs(waitWords.exec(text)?.[1] ?? "");
}

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };

/** The words of an endpoint: no more of them is looked at than a duration takes. */
function durationMs(text: string): number | null {
  const parts = [...text.slice(0, 100).matchAll(/(\d{1,9}(?:\.\d{1,20})?)\s*(ms|milliseconds?|h|m|s)/gi)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, amount, unit = ""]) => sum + Number(amount) * unitMs(unit.toLowerCase()), 0);
}

function unitMs(unit: string): number {
  return unit.startsWith("ms") || unit.startsWith("milli") ? 1 : (unitsMs[unit.charAt(0)] ?? 0);
}
