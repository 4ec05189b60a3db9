/** What a copy of a session is made of: its conversation as it stands. What was rewound, and the rewinds, stay in the old log. Pure. */
import { isOut, type Rewound, rewoundBy } from "../../../../transcript/rewinds.ts";
import type { RewindMark } from "../../protocol/rewind.ts";
import type { SessionEvent } from "../../protocol/session-update.ts";

/** Shown every event once before it is asked: that a compaction was taken back, only its last update tells. */
export class StandingEvents {
  readonly #rewound: Rewound;
  readonly #undone = new Set<string>();

  /** The rewinds of the part of the log that is copied. */
  constructor(rewinds: readonly RewindMark[]) {
    this.#rewound = rewoundBy(rewinds);
  }

  /** Takes notice of an event. */
  note({ seq, update }: SessionEvent): void {
    if (update.sessionUpdate === "compaction_update" && this.#rewound.undone.has(seq))
      this.#undone.add(update.compactionId);
  }

  /** Whether the event comes along. */
  has({ seq, update }: SessionEvent): boolean {
    if (update.sessionUpdate === "rewind" || isOut(this.#rewound, seq)) return false;
    return update.sessionUpdate !== "compaction_update" || !this.#undone.has(update.compactionId);
  }
}
