// @vitest-environment happy-dom
/** What is seen of the messages behind a turn while it ends. */
import { signal } from "@preact/signals-core";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import type { QueuedPrompt } from "../../src/api/types.ts";
import { owned } from "../../src/lib/signal.ts";
import { QueueDock } from "../../src/views/queue/queue-dock.ts";
import type { SessionContext } from "../../src/views/session/session-context.ts";

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

const prompt = (promptId: string): QueuedPrompt => ({
  promptId,
  content: [{ type: "text", text: promptId }],
  delivery: "queue",
});

function dock(state: "idle" | "running", queue: readonly QueuedPrompt[]) {
  const transcript = signal({ state, queue, questions: [] as readonly unknown[] });
  const prompts = signal(queue);
  const context = { session: { id: "s1", transcript }, queue: { prompts }, editedPrompt: signal(null) };
  const made = owned(() => QueueDock(context as unknown as SessionContext));
  onTestFinished(made.dispose);
  return {
    become: (next: "idle" | "running") => {
      transcript.value = { ...transcript.value, state: next };
    },
    ask: (...questions: readonly unknown[]) => {
      transcript.value = { ...transcript.value, questions };
    },
    expanded: () => made.value.querySelector(".queue-head")?.getAttribute("aria-expanded"),
    tap: () => made.value.querySelector<HTMLElement>(".queue-head")?.click(),
    wait: (next: readonly QueuedPrompt[]) => {
      prompts.value = next;
    },
    rows: () => [...made.value.querySelectorAll(".queue-words")].map((each) => each.textContent),
    head: () => made.value.querySelector(".queue-head .one-line")?.textContent,
  };
}

test("what waited behind a turn stays in sight when the turn is stopped, and a moment later says that it rests", () => {
  const { become, rows, head } = dock("running", [prompt("one"), prompt("two")]);
  expect([rows(), head()]).toEqual([["one", "two"], "2 queued messages"]);
  become("idle");
  expect([rows(), head()]).toEqual([["one", "two"], "2 queued messages"]);
  vi.advanceTimersByTime(1000);
  expect([rows(), head()]).toEqual([["one", "two"], "2 messages wait for you"]);
});

test("a message that begins a turn at once is never seen to wait", () => {
  const { become, wait, rows } = dock("idle", []);
  wait([prompt("one")]);
  expect(rows()).toEqual([]);
  wait([]);
  become("running");
  expect(rows()).toEqual([]);
});

test("a question folds the rows, who wants them opens them again, and after it they stand as before", () => {
  const { ask, expanded, tap } = dock("running", [prompt("one"), prompt("two")]);
  expect(expanded()).toBe("true");
  ask("Run this?");
  expect(expanded()).toBe("false");
  ask();
  expect(expanded()).toBe("true");
  ask("Run that?");
  tap();
  expect(expanded()).toBe("true");
  // One more joins behind: what was opened stays open.
  ask("Run that?", "Run this too?");
  expect(expanded()).toBe("true");
});
