/** How long the agent may act alone: the ends that a person chooses from, and what is left of one. Pure. */

export type AutoSpan = "minutes_20" | "hour" | "today";

export const autoSpans: readonly AutoSpan[] = ["minutes_20", "hour", "today"];

/** When a span that begins now is over; `today` is the coming midnight of this device, so never more than a day. */
export function endOfSpan(span: AutoSpan, now: Date): Date {
  if (span === "minutes_20") return new Date(now.getTime() + 20 * 60_000);
  if (span === "hour") return new Date(now.getTime() + 3_600_000);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
}

/** What a change of the mode sends along; nothing but for *Auto*. */
export function modeEnd(span: AutoSpan | null): { readonly modeEndsAt?: string } {
  return span === null ? {} : { modeEndsAt: endOfSpan(span, new Date()).toISOString() };
}

/** `18 m`, `3 h 20 m`; the last minute is `1 m`, and what is over is `0 m`. */
export function formatLeft(milliseconds: number): string {
  const minutes = Math.max(0, Math.ceil(milliseconds / 60_000));
  if (minutes < 60) return `${minutes} m`;
  const rest = minutes % 60;
  return rest === 0
    ? `${minutes / 60} h`
    : `${Math.floor(minutes / 60)} h ${String(rest).padStart(2, "0")} m`;
}
