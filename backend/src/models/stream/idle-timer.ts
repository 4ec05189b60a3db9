/** Notices that a stream has gone quiet. */

export interface IdleTimer {
  /** Something came: counting begins again, with the time allowed between events. */
  progress(): void;
  stop(): void;
  hasExpired(): boolean;
}

export interface IdleTimes {
  /** Until the first event: a local model reads a long prompt for minutes. */
  readonly firstMs: number;
  /** Between events. */
  readonly betweenMs: number;
}

/** Calls `onExpired` once, unless stopped before. */
export function startIdleTimer(times: IdleTimes, onExpired: () => void): IdleTimer {
  let hasExpired = false;
  let hasBegun = false;
  const expire = () => {
    hasExpired = true;
    onExpired();
  };
  let timer = setTimeout(expire, times.firstMs);
  return {
    progress() {
      if (hasExpired) return;
      if (hasBegun) {
        timer.refresh();
        return;
      }
      hasBegun = true;
      clearTimeout(timer);
      timer = setTimeout(expire, times.betweenMs);
    },
    stop: () => clearTimeout(timer),
    hasExpired: () => hasExpired,
  };
}
