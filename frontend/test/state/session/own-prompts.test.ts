// @vitest-environment happy-dom
/** Where a message stands that the machine has not yet. */
import { expect, test } from "vitest";
import { emptyTranscript } from "../../../../transcript/fold.ts";
import type { Transcript } from "../../../../transcript/transcript.ts";
import type { Delivery } from "../../../src/api/types.ts";
import { signal } from "../../../src/lib/signal.ts";
import { dropFromOutbox, submitPrompt } from "../../../src/state/outbox/outbox.ts";
import { ownPrompts } from "../../../src/state/session/own-prompts.ts";

function say(id: string, delivery: Delivery, words = id): void {
  const content = words === "" ? [] : [{ type: "text" as const, text: words }];
  submitPrompt({ id, sessionId: "s1", content, delivery });
}

test("what is to wait for the turn's end stands in the queue while the turn runs, all else in the transcript", () => {
  const transcript = signal<Transcript>({ ...emptyTranscript, state: "running" });
  const own = ownPrompts({ id: "s1", transcript });
  say("queued", "queue");
  say("steered", "steer");
  say("goes-on", "queue", "");
  const ids = () => [own.said.value.map(({ id }) => id), own.queued.value.map(({ id }) => id)];
  const running = ids();
  transcript.value = { ...emptyTranscript, state: "requires_action" };
  const asking = ids();
  transcript.value = { ...emptyTranscript, state: "idle" };
  expect([running, asking, ids()]).toEqual([
    [["steered"], ["queued"]],
    [["steered"], ["queued"]],
    [["queued", "steered"], []],
  ]);
  dropFromOutbox(() => true);
});
