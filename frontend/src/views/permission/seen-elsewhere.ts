/** What was read to its end on another screen than its card. */
import { signal } from "../../lib/signal.ts";

const digests = signal<ReadonlySet<string>>(new Set());

/** All of what bears this digest has been on the screen. */
export function markSeen(digest: string): void {
  if (!digests.peek().has(digest)) digests.value = new Set([...digests.peek(), digest]);
}

/** True from then on; a signal. */
export function isSeenElsewhere(digest: string): boolean {
  return digests.value.has(digest);
}
