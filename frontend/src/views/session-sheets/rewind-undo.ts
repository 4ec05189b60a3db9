/** Takes a rewind or a compaction back, and says what became of that. */
import type { RewindAnswer } from "../../api/types.ts";
import { announce } from "../../lib/live-region.ts";
import { device, machineName } from "../../state/access/device.ts";
import { isChanged, isRunningFailure, undoRewind } from "../../state/session/rewinding.ts";
import { text } from "../../text/en.ts";
import { rewind as words } from "../../text/en-rewind.ts";
import { hideBar, showBar } from "../frame/bars.ts";

/** Going back is for devices that may do everything. */
export function canRewind(): boolean {
  return device.value?.rights === "full";
}

/** Takes back what stands at that seq: the transcript shows it, a bar says what did not go as wanted. */
export async function takeBack(sessionId: string, seq: number): Promise<void> {
  // The bar offers the same, also where the line in the transcript was tapped.
  hideBar();
  const outcome = await undoRewind(sessionId, seq);
  if (outcome.ok) return tellUndone(outcome.data);
  const { failure } = outcome;
  if (isRunningFailure(failure)) return showBar({ sentence: words.running });
  if (isChanged(failure)) return showBar({ sentence: words.undoneBefore });
  showBar({ sentence: text.failure(failure, machineName()) });
}

function tellUndone({ skipped }: RewindAnswer): void {
  if (skipped.length === 0) announce(words.undone);
  else showBar({ sentence: words.undoneExcept(skipped.length) });
}
