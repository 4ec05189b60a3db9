/** The prompts of a session: a receipt for each that was ever accepted, and those that still wait, in order. */

import { createHash } from "node:crypto";
import { withPicturesOf } from "../../../../transcript/pictures.ts";
import {
  changedQueue,
  movedBefore,
  type QueueUpdate,
  queueWith,
  queueWithout,
} from "../../../../transcript/prompt-queue.ts";
import type { ContentBlock } from "../../protocol/content.ts";
import type { PatchPrompt, PromptReceipt, QueuedPrompt, SubmitPrompt } from "../../protocol/session.ts";
import type { Actor, SessionEvent } from "../../protocol/session-update.ts";
import { SessionConflict } from "../session-conflict.ts";
import { idsOf, isSteered, orderWithNow } from "./queue-order.ts";

export interface WaitingPrompt extends QueuedPrompt {
  readonly by: Actor | null;
}

interface Accepted {
  readonly digest: string;
  readonly receipt: Promise<PromptReceipt>;
}

/** The part of a prompt's content that its turn has not been told of. */
interface MissingWords {
  readonly prompt: WaitingPrompt;
  readonly turnId: string | undefined;
}

interface EnteringPrompt extends MissingWords {
  /** How many parts of its content are in the conversation. */
  entered: number;
}

/** A change that holds at once; `undo` takes it back should it not be saved, but for what was taken up meanwhile. */
export interface QueueChange {
  readonly update: QueueUpdate;
  undo(): void;
}

/** A fold over the events of a session, and the only place that knows what comes next. */
export class WaitingPrompts {
  readonly #accepted = new Map<string, Accepted>();
  #waiting: readonly WaitingPrompt[] = [];
  /** Of those that no longer wait, the others were removed. */
  readonly #takenUp = new Set<string>();
  /** A prompt that was taken up and whose content is not yet wholly in the conversation. */
  #entering: EnteringPrompt | null = null;
  /** After a restart, a person's stop, and a turn that failed by itself, nothing starts by itself. */
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
    // What follows the words shows that they are all there.
    if (update.sessionUpdate !== "user_message_chunk") this.#entering = null;
    if (update.sessionUpdate === "prompt_queued") {
      const { promptId, content, delivery } = update;
      const receipt = Promise.resolve({ id: promptId, seq: event.seq });
      this.#accepted.set(promptId, { digest: digestOf(content, delivery), receipt });
      this.#waiting = queueWith(this.#waiting, { promptId, content, delivery, by: event.by ?? null });
    }
    if (update.sessionUpdate === "queue_update")
      this.#waiting = changedBy(this.#waiting, update, event.by ?? null);
    if (update.sessionUpdate === "state_update" && update.promptId !== null)
      this.#enter(event, update.promptId, 0);
    if (update.sessionUpdate === "user_message_chunk") this.#enter(event, update.messageId, 1);
  }

  /** What a log that broke off lacks of the prompt that was being taken up; null: nothing. */
  get missing(): MissingWords | null {
    if (this.#entering === null) return null;
    const { prompt, turnId, entered } = this.#entering;
    const content = prompt.content.slice(entered);
    return content.length === 0 ? null : { prompt: { ...prompt, content }, turnId };
  }

  /** The next prompt to run, which then no longer waits. */
  take(): WaitingPrompt | null {
    const [next = null, ...others] = this.#waiting;
    this.#waiting = others;
    if (next !== null) this.#takenUp.add(next.promptId);
    return next;
  }

  /** What is to go into the running turn, which then no longer waits; `undo` lets it wait again, before all others. */
  takeSteered(): { readonly prompts: readonly WaitingPrompt[]; undo(): void } {
    const prompts = this.#waiting.filter(isSteered);
    this.#waiting = this.#waiting.filter((prompt) => !isSteered(prompt));
    for (const { promptId } of prompts) this.#takenUp.add(promptId);
    return {
      prompts,
      undo: () => {
        for (const { promptId } of prompts) this.#takenUp.delete(promptId);
        this.#waiting = [...prompts, ...this.#waiting];
      },
    };
  }

  /** Takes a prompt out, so that it can no longer start; null: it was removed before. Throws `prompt_taken_up`, `not_found`. */
  remove(promptId: string): QueueChange | null {
    if (this.#wasRemoved(promptId)) return null;
    this.#assertWaits(promptId);
    return this.#changeTo(
      {
        sessionUpdate: "queue_update",
        promptIds: idsOf(queueWithout(this.#waiting, promptId)),
      },
      null,
    );
  }

  /** Edits a prompt, moves it, or has it go now. Throws `prompt_taken_up`, and `not_found` when it was removed or never was. */
  change(promptId: string, { content, before, now }: PatchPrompt, by: Actor): QueueChange {
    this.#assertWaits(promptId);
    if (before !== undefined && before !== null) this.#assertKnown(before);
    const moved = before === undefined ? this.#waiting : movedBefore(this.#waiting, promptId, before);
    return this.#changeTo(
      {
        sessionUpdate: "queue_update",
        promptIds: now === undefined ? idsOf(moved) : orderWithNow(moved, promptId, now),
        ...(content === undefined ? {} : { edited: { promptId, content: this.#whole(promptId, content) } }),
        ...(now === undefined ? {} : { now: { promptId, delivery: now } }),
      },
      by,
    );
  }

  /** Live, a prompt waits no longer when its words are written: only a log that is read can break off in between. */
  #enter({ turnId }: SessionEvent, promptId: string, words: number): void {
    const prompt = this.#waiting.find((waiting) => waiting.promptId === promptId);
    this.#waiting = queueWithout(this.#waiting, promptId);
    this.#takenUp.add(promptId);
    if (prompt !== undefined) this.#entering = { prompt, turnId, entered: words };
    else if (this.#entering?.prompt.promptId === promptId) this.#entering.entered += words;
  }

  #changeTo(update: QueueUpdate, by: Actor | null): QueueChange {
    const before = this.#waiting;
    const after = changedBy(before, update, by);
    this.#waiting = after;
    return {
      update,
      undo: () => {
        const waiting = new Set(idsOf(this.#waiting));
        const taken = new Set(idsOf(after).filter((id) => !waiting.has(id)));
        this.#waiting = before.filter((prompt) => !taken.has(prompt.promptId));
      },
    };
  }

  /** With the pictures that an edit leaves as they are. */
  #whole(promptId: string, content: readonly ContentBlock[]): ContentBlock[] {
    const before = this.#waiting.find((prompt) => prompt.promptId === promptId)?.content ?? [];
    return withPicturesOf(before, content);
  }

  #assertWaits(promptId: string): void {
    this.#assertKnown(promptId);
    if (this.#wasRemoved(promptId)) throw new SessionConflict("not_found", "This prompt was removed.");
    if (!this.#waits(promptId))
      throw new SessionConflict("prompt_taken_up", "This prompt no longer waits.", { id: promptId });
  }

  #assertKnown(promptId: string): void {
    if (!this.#accepted.has(promptId))
      throw new SessionConflict("not_found", "There is no prompt of that id.");
  }

  #wasRemoved(promptId: string): boolean {
    return this.#accepted.has(promptId) && !this.#waits(promptId) && !this.#takenUp.has(promptId);
  }

  #waits(promptId: string): boolean {
    return this.#waiting.some((prompt) => prompt.promptId === promptId);
  }
}

/** Whoever edits a prompt has said it. */
function changedBy(
  queue: readonly WaitingPrompt[],
  update: QueueUpdate,
  by: Actor | null,
): readonly WaitingPrompt[] {
  const editedId = update.edited?.promptId;
  return changedQueue(queue, update).map((prompt) =>
    prompt.promptId === editedId ? { ...prompt, by } : prompt,
  );
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
    case "image":
      return [block.type, block.mimeType, block.data];
  }
}
