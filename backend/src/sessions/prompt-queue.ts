/** The prompts of a session: a receipt for each that was ever accepted, and those that still wait, in order. */
import { createHash } from "node:crypto";
import type { ContentBlock } from "../protocol/content.ts";
import type { PromptReceipt, QueuedPrompt, SubmitPrompt } from "../protocol/session.ts";
import type { Actor, SessionEvent } from "../protocol/session-update.ts";
import { SessionConflict } from "./session-conflict.ts";

export interface WaitingPrompt extends QueuedPrompt {
  readonly by: Actor | null;
}

interface Accepted {
  readonly digest: string;
  readonly receipt: Promise<PromptReceipt>;
}

/** A fold over the events of a session, and the only place that knows what comes next. */
export class PromptQueue {
  readonly #accepted = new Map<string, Accepted>();
  #waiting: WaitingPrompt[] = [];
  /** After a restart nothing starts by itself. */
  isHeld = false;

  get waiting(): readonly WaitingPrompt[] {
    return this.#waiting;
  }

  /** The earlier answer to the same prompt; null: it is new. Throws `id_reused` for another body. */
  earlierReceipt(prompt: SubmitPrompt): Promise<PromptReceipt> | null {
    const known = this.#accepted.get(prompt.id);
    if (known === undefined) return null;
    if (known.digest !== digestOf(prompt.content, prompt.delivery)) {
      throw new SessionConflict("id_reused", "Another prompt was sent under this id.", { id: prompt.id });
    }
    return known.receipt;
  }

  /** Remembers that a prompt is being written; forgotten again when that fails. */
  expect(prompt: SubmitPrompt, receipt: Promise<PromptReceipt>): void {
    this.#accepted.set(prompt.id, { digest: digestOf(prompt.content, prompt.delivery), receipt });
    receipt.catch(() => this.#accepted.delete(prompt.id));
  }

  /** Takes in an event that is written. */
  apply(event: SessionEvent): void {
    const { update } = event;
    if (update.sessionUpdate === "prompt_queued") {
      const { promptId, content, delivery } = update;
      const receipt = Promise.resolve({ id: promptId, seq: event.seq });
      this.#accepted.set(promptId, { digest: digestOf(content, delivery), receipt });
      this.#waiting.push({ promptId, content, delivery, by: event.by ?? null });
    }
    if (update.sessionUpdate === "queue_update") this.#reorder(update.promptIds);
    if (update.sessionUpdate === "state_update" && update.promptId !== null) this.#drop(update.promptId);
  }

  /** The next prompt to run, which then no longer waits. */
  take(): WaitingPrompt | null {
    return this.#waiting.shift() ?? null;
  }

  /**
   * Takes a prompt out at once, so that it can no longer start; the function puts it back should that not be saved.
   * Throws `prompt_taken_up` when it has started or was removed before, `not_found` when there never was one.
   */
  remove(promptId: string): () => void {
    const place = this.#waiting.findIndex((prompt) => prompt.promptId === promptId);
    const prompt = this.#waiting[place];
    if (prompt === undefined) {
      if (!this.#accepted.has(promptId))
        throw new SessionConflict("not_found", "There is no prompt of that id.");
      throw new SessionConflict("prompt_taken_up", "This prompt no longer waits.", { id: promptId });
    }
    this.#drop(promptId);
    return () => this.#waiting.splice(place, 0, prompt);
  }

  #reorder(promptIds: readonly string[]): void {
    this.#waiting = promptIds.flatMap((promptId) =>
      this.#waiting.filter((prompt) => prompt.promptId === promptId),
    );
  }

  #drop(promptId: string): void {
    this.#waiting = this.#waiting.filter((prompt) => prompt.promptId !== promptId);
  }
}

function digestOf(content: readonly ContentBlock[], delivery: string): string {
  return createHash("sha256")
    .update(JSON.stringify([content.map(fieldsOf), delivery]))
    .digest("base64url");
}

/** In one order, whichever order they were sent in. */
function fieldsOf(block: ContentBlock): readonly string[] {
  switch (block.type) {
    case "text":
      return [block.type, block.text];
    case "resource_link":
      return [block.type, block.uri, block.name];
  }
}
