/** What of a log is the conversation, said in the simplest way there is: to test what does it at once. */
import type { SessionEvent } from "../../src/protocol/session-update.ts";

/** The events that stand: a rewind leaves those through a place as they then stood, an undo all as if its target had never been. */
export function standingEvents(events: readonly SessionEvent[]): readonly SessionEvent[] {
  const index = events.findLastIndex(({ update }) => update.sessionUpdate === "rewind");
  const last = events[index];
  if (last?.update.sessionUpdate !== "rewind") return events;
  const { keepThrough, undoes } = last.update;
  const before = events.slice(0, index);
  const kept =
    undoes === undefined
      ? before.filter(({ seq }) => keepThrough === null || seq <= keepThrough)
      : before.filter(({ seq }) => seq !== undoes);
  return [...standingEvents(kept), ...events.slice(index)];
}

/** The same log, had nobody ever summed it up. */
export function withoutCompactions(events: readonly SessionEvent[]): readonly SessionEvent[] {
  return events.filter(({ update }) => update.sessionUpdate !== "compaction_update");
}
