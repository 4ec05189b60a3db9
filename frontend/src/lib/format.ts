/** Numbers, sizes, durations and times as people read them here. Pure; `now` and the locale are handed in where they matter. */

const minus = "\u2212";
const thousand = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });

/** `1,204`, from 10,000 on `12.4k`, from a million on `1.2M`. */
export function formatCount(count: number): string {
  if (Math.abs(count) < 10_000) return thousand.format(count);
  if (Math.abs(count) < 999_950) return `${oneDecimal(count / 1000)}k`;
  return `${oneDecimal(count / 1_000_000)}M`;
}

/** `+43`. */
export function formatAdded(count: number): string {
  return `+${formatCount(count)}`;
}

/** `−6`, with U+2212. */
export function formatRemoved(count: number): string {
  return `${minus}${formatCount(count)}`;
}

/** `+43 −6`. */
export function formatChanges(added: number, removed: number): string {
  return `${formatAdded(added)} ${formatRemoved(removed)}`;
}

/** `812 B`, `14 kB`, `1.2 MB`: powers of 1,000. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 999_500) return `${thousand.format(bytes / 1000)} kB`;
  if (bytes < 999_950_000) return `${oneDecimal(bytes / 1_000_000)} MB`;
  return `${oneDecimal(bytes / 1_000_000_000)} GB`;
}

/** `12 %` of a share between 0 and 1. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `$0.04`, `under $0.01`, `$0` of what is known to cost nothing. */
export function formatCost(dollars: number): string {
  if (dollars === 0) return "$0";
  if (dollars < 0.01) return "under $0.01";
  return `$${dollars.toFixed(2)}`;
}

/** A model's window: `128k`, `8k`, `1M`. */
export function formatWindow(tokens: number): string {
  if (tokens < 1000) return String(tokens);
  // 131,072 and 128,000 are both sold as 128k.
  const unit = tokens % 1000 !== 0 && tokens % 1024 === 0 ? 1024 : 1000;
  const thousands = Math.round(tokens / unit);
  return thousands < 1000 ? `${thousands}k` : `${oneDecimal(thousands / 1000)}M`;
}

/** `under 0.1 s`, `0.4 s`, `12 s`, `3 m 20 s`, `1 h 04 m`. */
export function formatDuration(milliseconds: number): string {
  if (milliseconds < 50) return "under 0.1 s";
  if (milliseconds < 950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${twoDigits(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
}

/** A running clock: whole seconds, never fractions. */
export function formatElapsed(milliseconds: number): string {
  return milliseconds < 1000 ? "0 s" : formatDuration(Math.floor(milliseconds / 1000) * 1000);
}

/** In lists: `now`, `3m`, the clock time today, `Tue` this week, `14 Nov`, `14 Nov 2025`. */
export function formatListTime(at: Date, now: Date, locale?: string): string {
  const age = now.getTime() - at.getTime();
  if (age < 60_000) return "now";
  if (age < 3_600_000) return `${Math.floor(age / 60_000)}m`;
  const days = daysBetween(at, now);
  if (days === 0) return formatClock(at, locale);
  if (days < 7) return new Intl.DateTimeFormat("en-GB", { weekday: "short" }).format(at);
  return formatDay(at, now);
}

/** `14:02`, or as the locale's clock has it. */
export function formatClock(at: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(at);
}

/** The exact time, for a tap or a hover. */
export function formatExact(at: Date, locale?: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" }).format(at);
}

/** `14 Nov`, and the year when it is another one. */
export function formatDay(at: Date, now: Date): string {
  const options: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };
  if (at.getFullYear() !== now.getFullYear()) options.year = "numeric";
  return new Intl.DateTimeFormat("en-GB", options).format(at).replace("Sept", "Sep");
}

/** Whole calendar days from `at` to `now`, in local time; never negative. */
export function daysBetween(at: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.max(0, Math.round((midnight(now) - midnight(at)) / 86_400_000));
}

function oneDecimal(value: number): string {
  return value.toFixed(1).replace(/\.0$/, "");
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
